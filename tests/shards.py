"""``python -m tests.shards``: the whole suite in two processes side by side, each with its own services.

Most tests wait for something, so that two halves take little more than half the time. Coverage is put together.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

TESTS = Path(__file__).parent
PLACES = [path for path in sorted(TESTS.iterdir()) if (path / "__init__.py").exists() or path.match("test_*.py")]
# The others take as long.
HALF = (
    "local",
    "pages",
    "processes",
    "realtime",
    "sockets",
    "speech",
    "web",
    "website",
    "workspace",
)  # as long as the rest
PYTEST = [sys.executable, "-m", "pytest", "-q", "--cov", "--cov-report="]
COVERAGE = [sys.executable, "-m", "coverage"]


def main() -> int:
    first = [path for path in PLACES if path.name not in HALF and path.name != "double"]
    second = [path for path in PLACES if path.name in HALF]
    with tempfile.TemporaryFile("w+") as said:
        running = [started("first", first, None), started("second", second, said)]
        codes = [process.wait() for process in running]
        said.seek(0)
        print("\nThe other half:\n", said.read(), flush=True)
    subprocess.run([*COVERAGE, "combine", "-q"], check=True)
    subprocess.run([*COVERAGE, "report", "--skip-covered"], check=True)
    return max(codes)


def started(name: str, paths: list[Path], output: IO[str] | None) -> "subprocess.Popen[bytes]":
    environ = os.environ | {"COVERAGE_FILE": f".coverage.{name}"}
    return subprocess.Popen([*PYTEST, *map(str, paths)], env=environ, stdout=output, cwd=TESTS.parent)


if __name__ == "__main__":
    sys.exit(main())
