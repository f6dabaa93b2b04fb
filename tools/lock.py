"""What the lock files name."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVICE, EVERYTHING = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*])?==([^\s;\\]+)", re.MULTILINE)


def packages(file: Path) -> dict[str, set[str]]:
    """Normalised names and their versions, of which some packages have one for each kind of platform."""
    found: dict[str, set[str]] = {}
    for name, version in PINNED.findall(file.read_text()):
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), set()).add(version)
    return found
