"""A Markdown page with YAML in front of it."""

import re
from collections.abc import Mapping

import yaml

from app.imports.readers.fields import lowered

FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S)
LONGEST = 64 * 1024  # characters


class BadFront(ValueError):
    """YAML that is none."""


def split(text: str) -> tuple[Mapping[str, object], str]:
    """What stands in front, all of it as text, by names in lower case; and the page. Raises ``BadFront``."""
    found = FRONT.match(text)
    if not found:
        return {}, text
    if len(found[1]) > LONGEST:
        raise BadFront("its front matter is larger than 64 KiB")
    try:
        # BaseLoader makes nothing but texts, lists and objects: a date stays as it was written
        front = yaml.load(found[1], Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError, ValueError):
        raise BadFront("its front matter is not YAML") from None
    return lowered(front) if isinstance(front, dict) else {}, text[found.end() :]
