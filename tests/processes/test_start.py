"""A setting that makes no sense ends the start with one sentence, and is not tried again."""

import json
import subprocess
import sys
from pathlib import Path

from tests.gunicorn import ROOT, Web

SHORT = {"APP_ENV": "production", "AUTH_JWT_SECRET": "short"}


def test_a_web_service_with_a_short_secret_ends(environ: dict[str, str]) -> None:
    web = Web(environ | SHORT, alone=True)
    web.await_end()
    assert web.process.returncode == 4
    assert web.said().count("AUTH_JWT_SECRET is too short") == 1


def test_a_web_service_with_a_broken_price_list_ends(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text('as_of = 2026-11-01\n[openai]\n"gpt-5-mini" = "cheap"\n')
    web = Web(environ | {"PRICES_FILE": str(tmp_path / "prices.toml")})
    web.await_end()
    assert web.process.returncode == 4
    assert web.said().count("PRICES_FILE: ") == web.said().count("no price in US dollars: 'cheap'") == 1


def test_so_does_a_worker(environ: dict[str, str]) -> None:
    command = [sys.executable, "worker.py"]
    ended = subprocess.run(command, cwd=ROOT, env=environ | SHORT, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert ended.stderr == "AUTH_JWT_SECRET is too short: set it to at least 32 random characters.\n"


def known_to(composition: str) -> dict[str, list[str]]:
    """What a fresh process knows that has loaded no more than this."""
    code = (
        f"import json, sys; from app.composition import {composition}; from app.db.session import Base;"
        "print(json.dumps({'tables': sorted(Base.metadata.tables), 'modules': sorted(sys.modules)}))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True).stdout
    found: dict[str, list[str]] = json.loads(told)
    return found


def test_a_worker_knows_every_table_and_loads_no_view() -> None:
    web, worker = known_to("application"), known_to("background")
    assert worker["tables"] == web["tables"]
    assert not [name for name in worker["modules"] if name.startswith("app.") and name.endswith((".views", "_views"))]
    assert not {"alembic", "rq_dashboard"} & {*worker["modules"]}
