"""Render, Heroku, Docker and compose are told the same, in words that they understand."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from flask import Flask
from honcho.environ import parse_procfile

from app.config import settings as config
from tests.deployment import image
from tests.deployment.schemas import HEROKU, RENDER
from tests.gunicorn import ROOT

PROCFILE: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
RENDERED = yaml.safe_load((ROOT / "render.yaml").read_text())
COMPOSED = yaml.safe_load((ROOT / "compose.yaml").read_text())
APP = json.loads((ROOT / "app.json").read_text())
OF_RENDER = {"RENDER_EXTERNAL_URL"}  # what it sets itself in a web service
OURS = {"migrate": "release", "web": "web", "worker": "worker"}  # services of compose, processes of the Procfile


def rendered(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in RENDERED["services"] if one["type"] == kind)
    return found


def given(service: dict[str, Any], of: dict[str, str] | None = None) -> dict[str, str]:
    """What a service is started with; ``of`` is what the one was that it takes from."""
    secret, found = "made by Render, and longer than thirty-two bytes", dict[str, str]()
    for one in service["envVars"]:
        key = one.get("fromService", {}).get("envVarKey", "")
        found[one["key"]] = (of or {}).get(key, secret if "generateValue" in one else str(one.get("value", "")))
    return found


def variables() -> set[str]:
    tables = (ROOT / "docs/configuration.md").read_text()
    return set(re.findall(r"`([A-Z][A-Z_]+)`", tables))


def test_render_is_told_what_it_understands() -> None:
    jsonschema.Draft202012Validator(RENDER).validate(RENDERED)


@pytest.mark.parametrize(
    "change", [{"healthCheckInterval": 5}, {"maxShutdownDelaySeconds": 301}, {"runtime": None}, {"type": "job"}]
)
def test_and_a_word_of_no_meaning_would_be_found(change: dict[str, Any]) -> None:
    services = [RENDERED["services"][0] | change, *RENDERED["services"][1:]]
    assert not jsonschema.Draft202012Validator(RENDER).is_valid(RENDERED | {"services": services})


def test_what_render_takes_from_elsewhere_is_there() -> None:
    places = {one["name"]: one for one in (*RENDERED["services"], *RENDERED["databases"])}
    for one in (rendered("web"), rendered("worker")):
        for variable in one["envVars"]:
            taken = variable.get("fromService") or variable.get("fromDatabase") or {"name": one["name"]}
            assert taken.get("type") in {None, places[taken["name"]].get("type")}
            there = {other["key"] for other in places[taken["name"]].get("envVars", ())}
            assert taken.get("envVarKey") in {None, *there, *OF_RENDER}


def test_on_render_people_have_accounts_and_mails_lead_to_the_web_service() -> None:
    address, database = "https://coach.onrender.com", "postgresql://coach@database/coach"
    web = given(rendered("web")) | {"RENDER_EXTERNAL_URL": address, "DATABASE_URL": database}
    worker = given(rendered("worker"), of=web) | {"DATABASE_URL": database}
    for environ in (web, worker):
        accounts = config.load(environ | {"RENDER": "true", "REDIS_URL": "redis://queue:6379"}).accounts
        assert (accounts.is_on, accounts.public_url) == (True, address)


def test_heroku_is_told_what_it_understands() -> None:
    jsonschema.Draft202012Validator(HEROKU).validate(APP)
    assert set(APP["formation"]) == set(PROCFILE) - {"release"}


def test_heroku_installs_what_the_lock_file_has_the_hashes_of(tmp_path: Path) -> None:
    for name in ("requirements.txt", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run([ROOT / "bin/pre_compile"], cwd=tmp_path, check=True)
    installed = (tmp_path / "requirements.txt").read_text()
    assert installed == (ROOT / "requirements.lock").read_text() and "--hash=sha256:" in installed


def test_everybody_runs_the_procfile() -> None:
    release, web, worker = (PROCFILE[name] for name in ("release", "web", "worker"))
    assert (rendered("web")["preDeployCommand"], rendered("web")["startCommand"]) == (release, web)
    assert rendered("worker")["startCommand"] == worker
    assert image.command() == web.split()
    assert {name: " ".join(COMPOSED["services"][name]["command"]) for name in OURS} == {
        name: PROCFILE[process] for name, process in OURS.items()
    }


def test_who_is_ready_is_asked_where_it_is_answered(app: Flask) -> None:
    paths = {rule.rule for rule in app.url_map.iter_rules()}
    asked = rendered("web")["healthCheckPath"], re.search(r"/health/\w+", " ".join(image.health_check()))
    assert asked[1] and {asked[0], asked[1][0]} == {"/health/ready"} <= paths


def test_nothing_is_set_that_nobody_reads() -> None:
    given = {variable["key"] for kind in ("web", "worker") for variable in rendered(kind)["envVars"]}
    given |= set(APP["env"]) | {key for name in OURS for key in COMPOSED["services"][name]["environment"]}
    given |= {name for word, rest in image.last_stage() if word == "ENV" for name in re.findall(r"([A-Z_]+)=", rest)}
    assert given - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"} <= variables()


def test_web_and_worker_share_what_they_must() -> None:
    web, worker = ({variable["key"] for variable in rendered(kind)["envVars"]} for kind in ("web", "worker"))
    assert {"AUTH_JWT_SECRET", "DATABASE_URL", "REDIS_URL", "DATABASE_POOL"} <= web & worker
    shared = [{**COMPOSED["services"][name]["environment"], "WORKER_PORT": ""} for name in OURS]
    assert all(one == shared[0] for one in shared)


def test_each_waits_for_what_it_needs_and_may_finish_what_it_does() -> None:
    services = COMPOSED["services"]
    for name, one in services.items():
        for other, how in one.get("depends_on", {}).items():
            healthy = how["condition"] == "service_healthy"
            assert "test" in services[other]["healthcheck"] if healthy else other == "migrate", name
    for name in ("web", "worker"):
        grace = int(services[name]["stop_grace_period"].rstrip("s"))
        assert grace == rendered(name)["maxShutdownDelaySeconds"] > 28  # as long as gunicorn takes


def test_volumes_that_are_used_are_named() -> None:
    used = {volume.split(":")[0] for one in COMPOSED["services"].values() for volume in one.get("volumes", ())}
    assert used == set(COMPOSED["volumes"])


def test_the_image_gets_what_it_copies_and_nothing_else() -> None:
    sources = image.copied()
    assert all((ROOT / source).exists() for source in sources)
    inside = [path.relative_to(ROOT) for source in sources for path in (ROOT / source).rglob("*")]
    needed = [path for path in (*map(Path, sources), *inside) if "__pycache__" not in path.parts]
    assert not [name for name in needed if image.is_ignored(name)]
    others = [
        ".env",
        ".git/config",
        ".data/jwt_secret",
        "tests/conftest.py",
        "app/core/__pycache__/ids.cpython-312.pyc",
    ]
    assert all(image.is_ignored(Path(name)) for name in others)


def test_the_image_runs_as_nobody_and_builds_nothing() -> None:
    stage = image.last_stage()
    assert [rest for word, rest in stage if word == "USER"] == ["coachhouse"]
    assert not [rest for word, rest in stage if word == "RUN" and re.search(r"\b(apt-get|apt|install)\b", rest)]
    installs = [rest for word, rest in image.instructions() if "pip install" in rest]
    assert len(installs) == 1 and {"--require-hashes", "requirements.lock"} <= set(installs[0].split())
