"""``python -m bench.autobahn COMMAND``: Autobahn's fuzzing client against our sockets, on gunicorn as it is deployed.

The command starts its ``wstest``, which needs Python 2.7: ``pip install autobahntestsuite==25.10.1`` there.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import flask_migrate

from app import create_app
from app.config import settings as config
from app.local.services import temporary
from bench.stack import PROGRAMS, free_port, running, settings_of
from tests.double.client import Double

CHAPTERS = [f"{number}.*" for number in (1, 2, 3, 4, 5, 6, 7, 9, 10)]  # 12 and 13 are compression: we agree to none
PASSED = {"OK", "INFORMATIONAL"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services, Double() as double:
        environ = settings_of(services, double, folder)
        with create_app(config.load(environ)).app_context():
            flask_migrate.upgrade()
        port = free_port()
        command = [str(PROGRAMS / "gunicorn"), "tests.sockets.wsgi:app"]
        with running("sockets", command, environ | {"PORT": str(port)}, port, "/health"):
            cases = fuzz(sys.argv[1:] or ["wstest"], port, Path(folder))
    failed = [number for number, case in cases.items() if not {case["behavior"], case["behaviorClose"]} <= PASSED]
    print(f"{len(cases)} cases: {dict(Counter(case['behavior'] for case in cases.values()))}; failed: {failed}")
    sys.exit(bool(failed))


def fuzz(wstest: list[str], port: int, folder: Path) -> dict[str, Any]:
    """What the report says of each case."""
    server = {"agent": "coachhouse", "url": f"ws://127.0.0.1:{port}/test/mirror"}
    spec, report = folder / "spec.json", folder / "report"
    spec.write_text(json.dumps({"outdir": str(report), "servers": [server], "cases": CHAPTERS, "exclude-cases": []}))
    subprocess.run([*wstest, "-m", "fuzzingclient", "-s", str(spec)], check=True, stdout=subprocess.DEVNULL)
    cases: dict[str, Any] = json.loads((report / "index.json").read_text())["coachhouse"]
    return cases


if __name__ == "__main__":
    main()
