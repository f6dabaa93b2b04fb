"""The country that somebody is in, by what is known of the place: the surest first."""

import re
from functools import cache
from importlib import resources

from app.core.places import Place

TABLE = "zone.tab"  # lines of: country, coordinates, name
REGION = re.compile(r"(?:^|,)\s*[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")


def country_of(place: Place, setting: str = "", own_zone: str = "") -> str | None:
    """``setting`` and ``own_zone`` are what the person has set. None when nothing tells."""
    found = place.country or setting or _of_zone(place.zone) or _of_zone(own_zone) or _of_languages(place.accepted)
    return found.upper() or None


@cache
def _zones() -> dict[str, str]:
    text = resources.files("tzdata.zoneinfo").joinpath(TABLE).read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}


def _of_zone(zone: str) -> str:
    return _zones().get(zone, "")


def _of_languages(accepted: str) -> str:
    """The region of the first language that names one: ``de-AT,de;q=0.9`` is Austria."""
    found = REGION.search(accepted)
    return found[1] if found else ""
