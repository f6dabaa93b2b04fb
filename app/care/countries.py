"""The country that somebody is in, by what is known of the place: the surest first."""

import re
from functools import cache
from importlib import resources

from app.core.places import Place

ZONES = "zone.tab"  # lines of: country, coordinates, name
COUNTRIES = "iso3166.tab"  # lines of: code, name
REGION = re.compile(r"(?:^|,)\s*[A-Za-z]{2,3}(?:-[A-Za-z]{4})?-([A-Za-z]{2})\b")


def country_of(place: Place, setting: str = "", own_zone: str = "") -> str | None:
    """``setting`` and ``own_zone`` are what the person has set. None when nothing tells."""
    told = (place.country, setting, _of_zone(place.zone), _of_zone(own_zone), _of_languages(place.accepted))
    return next((code.upper() for code in told if exists(code)), None)


def exists(code: str) -> bool:
    return code.upper() in names()


@cache
def names() -> dict[str, str]:
    """Of the countries of ISO 3166-1, by their codes."""
    return {row[0]: row[1] for row in _rows(COUNTRIES)}


@cache
def _zones() -> dict[str, str]:
    return {row[2]: row[0] for row in _rows(ZONES)}


def _rows(table: str) -> list[list[str]]:
    text = resources.files("tzdata.zoneinfo").joinpath(table).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


def _of_zone(zone: str) -> str:
    return _zones().get(zone, "")


def _of_languages(accepted: str) -> str:
    """The region of the first language that names one: ``de-AT,de;q=0.9`` is Austria."""
    found = REGION.search(accepted)
    return found[1] if found else ""
