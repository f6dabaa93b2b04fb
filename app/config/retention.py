"""How long rows are kept, where no tenant has its own say."""

from app.config.environment import ConfigError, Reader
from app.core.retention import LONGEST, Aging

USUAL = {Aging.EVENTS: "7", Aging.TRACES: "30"}  # days; the others are kept
KEPT = {"", "off"}


def read_retention(read: Reader) -> dict[Aging, int | None]:
    return {kind: _read(read, f"RETENTION_{kind.name_of_days.upper()}", USUAL.get(kind, "")) for kind in Aging}


def _read(read: Reader, variable: str, default: str) -> int | None:
    text = read.text(variable, default)
    if text.lower() in KEPT:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LONGEST):
        raise ConfigError(f"{variable} must be a number of days from 1 to {LONGEST} or be 'off', not {text!r}.")
    return int(text)
