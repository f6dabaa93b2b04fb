"""A setting that makes no sense ends the start with one sentence, and is not tried again."""

import subprocess
import sys

import pytest

from tests.gunicorn import ROOT, Web


@pytest.mark.parametrize("name", ["AUTH_JWT_SECRET", "AUTH_JWT_SECRET_PREVIOUS"])
def test_a_web_service_with_a_short_secret_ends(environ: dict[str, str], name: str) -> None:
    web = Web(environ | {"APP_ENV": "production", name: "short"})
    web.await_end()
    assert web.process.returncode == 4
    assert web.said().count(f"{name} is too short") == 1


@pytest.mark.parametrize("command", [["worker.py"], ["-m", "flask", "--app", "wsgi", "db", "current"]])
def test_so_do_a_worker_and_a_command(environ: dict[str, str], command: list[str]) -> None:
    wrong = environ | {"APP_ENV": "production", "AUTH_JWT_SECRET": "short"}
    ended = subprocess.run([sys.executable, *command], cwd=ROOT, env=wrong, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert ended.stderr == "AUTH_JWT_SECRET is too short: set it to at least 32 random characters.\n"
