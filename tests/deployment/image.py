"""The Dockerfile and .dockerignore as they are read: what is copied, what is left out, what runs."""

import json
import re
from fnmatch import fnmatch
from pathlib import Path

from tests.gunicorn import ROOT


def instructions() -> list[tuple[str, str]]:
    """Of the Dockerfile, in their order: the word and what it says."""
    text = (ROOT / "Dockerfile").read_text()
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line.strip()]
    return [(word.upper(), rest.strip()) for word, rest in lines]


def last_stage() -> list[tuple[str, str]]:
    every = instructions()
    return every[max(n for n, (word, _) in enumerate(every) if word == "FROM") :]


def command() -> list[str]:
    """What a container runs when it is told nothing else; no shell stands between it and a signal."""
    return [json.loads(rest) for word, rest in last_stage() if word == "CMD"][-1]


def health_check() -> list[str]:
    rest = next(rest for word, rest in last_stage() if word == "HEALTHCHECK")
    found: list[str] = json.loads(rest[rest.index("CMD") + 3 :])
    return found


def copied() -> list[str]:
    """What is taken from this folder."""
    lines = [rest.split() for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    return [source for line in lines for source in line[:-1]]


def is_ignored(path: Path) -> bool:
    """The last pattern counts that fits the path or a folder that it is in."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#") and _fits(path, line.lstrip("!")):
            ignored = not line.startswith("!")
    return ignored


def _fits(path: Path, pattern: str) -> bool:
    places = [path, *path.parents][:-1]
    if pattern.startswith("**/"):
        return any(fnmatch(place.name, pattern[3:]) for place in places)
    return any(fnmatch(str(place), pattern) and str(place).count("/") == pattern.count("/") for place in places)
