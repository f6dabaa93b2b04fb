"""Numbers, truths and days as models write them into texts. What could be read in two ways is not read."""

import re
from contextlib import suppress
from datetime import datetime

from app.llm.interfaces import JSONSchema

_DIGITS = r"[-+−]?(?:\d{1,3}(?:[,'’\u00a0\u202f ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)"
_NUMBER = re.compile(
    rf"(?:[a-z ]{{1,20}}:\s*)?(?:~|≈|about|around|approx\.?|approximately|roughly|circa|ca\.)?"
    rf"\s*[$€£¥]?\s*({_DIGITS})(?:(k)\b)?\s*"
    rf"(?:(%|percent|per cent)|(?:/|out of|of)\s*({_DIGITS}))?\s*([a-z]+)?\.?",
    re.IGNORECASE,
)
_GROUPED = re.compile(r"[-+−]?\d{1,3}(?:[,'’\u00a0\u202f ]\d{3})+(?:\.\d+)?")
_THOUSANDS_OR_DECIMALS = re.compile(r"[-+−]?\d{1,3}\.\d{3}")
_UNITS = ("points", "point", "pts", "usd", "eur")
_SCALES = (1, 5, 10, 100)  # ends of scales that a share can be a share of
_ISO_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_DAY_FORMATS = (
    "%Y-%m-%d",
    "%B %d, %Y",
    "%B %d %Y",
    "%d %B %Y",
    "%d. %B %Y",
    "%b %d, %Y",
    "%b %d %Y",
    "%d %b %Y",
    "%Y%m%d",
)
_TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "1", "on"), True),
    **dict.fromkeys(("false", "no", "n", "0", "off"), False),
}


def number_in(text: str, schema: JSONSchema) -> float | None:
    """``85%``, ``8/10``, ``1,200``, ``$1.2k``. Shares become points of the schema's scale.

    A unit behind the number has to be one that the schema's description names.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None or not _is_known_unit(found[5], schema):
        return None
    if schema.get("maximum") not in _SCALES and _THOUSANDS_OR_DECIMALS.fullmatch(found[1]):
        return None
    number = _digits(found[1]) * (1000 if found[2] else 1)
    if found[3]:
        return number if schema.get("maximum") in (None, 100) else _share(number / 100, schema)
    return _of_whole(number, _digits(found[4]), schema) if found[4] else number


def truth_in(value: object) -> bool | None:
    return _TRUTHS.get(str(value).strip().rstrip(".").lower()) if isinstance(value, str | int) else None


def day_in(text: str) -> str | None:
    """The day in ISO 8601, if it is written so that it can't be another, and the calendar has it."""
    text = re.sub(r"^[A-Za-z]+day,?\s+|(?<=\d)(?:st|nd|rd|th)\b|\s*\([^)]*\)$", "", text.strip())
    found = _ISO_DAY.fullmatch(text)
    if found:
        text = "{}-{}-{}".format(*found.groups())
    for form in _DAY_FORMATS:
        with suppress(ValueError):
            return datetime.strptime(text, form).date().isoformat()
    return None


def _digits(text: str) -> float:
    text = text.replace("−", "-")
    bare = re.sub(r"[,'’\u00a0\u202f ]", "", text) if _GROUPED.fullmatch(text) else text.replace(",", ".")
    return float(bare)


def _of_whole(part: float, whole: float, schema: JSONSchema) -> float | None:
    if whole == schema.get("maximum"):
        return part
    return _share(part / whole, schema) if whole in _SCALES else None


def _share(share: float, schema: JSONSchema) -> float | None:
    end = schema.get("maximum")
    return round(share * end, 6) if end in _SCALES and schema.get("minimum") == 0 else None


def _is_known_unit(unit: str | None, schema: JSONSchema) -> bool:
    described = re.findall(r"[a-z]+", str(schema.get("description", "")).lower())
    return unit is None or unit.lower() in _UNITS or unit.lower() in described
