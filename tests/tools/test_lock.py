"""The lock files are those of the requirements, name no index, and each package's licence is known."""

import re
from pathlib import Path

import pytest

from tools.licences import PAGE
from tools.lock import EVERYTHING, PINNED, ROOT, SERVICE, packages

FILES = {SERVICE: ROOT / "requirements.txt", EVERYTHING: ROOT / "requirements-dev.txt"}


@pytest.mark.parametrize("lock", FILES, ids=lambda lock: lock.name)
def test_a_lock_has_what_is_required(lock: Path) -> None:
    locked = packages(lock)
    for name, versions in packages(FILES[lock]).items():
        assert versions == locked[name]


def test_checks_run_on_what_the_service_runs_on() -> None:
    everything = packages(EVERYTHING)
    assert {name: everything[name] for name in packages(SERVICE)} == packages(SERVICE)


@pytest.mark.parametrize("lock", FILES, ids=lambda lock: lock.name)
def test_every_package_is_held_by_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text())
    pinned = [entry for entry in entries if PINNED.match(entry)]
    assert pinned
    assert [entry for entry in pinned if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", FILES, ids=lambda lock: lock.name)
def test_a_lock_names_no_place_to_get_it_from(lock: Path) -> None:
    assert re.findall(r"-index|find-links|trusted-host|://| @ ", lock.read_text()) == []


def test_every_package_has_its_licence_listed() -> None:
    listed = dict(re.findall(r"^\| (\S+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE))
    assert listed.keys() - {"package"} == packages(EVERYTHING).keys()
