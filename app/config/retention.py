"""How long rows are kept, where no tenant has its own say."""

from app.config.environment import ConfigError, Reader
from app.core.retention import LONGEST, Aging

EVENTS_KEPT = 7
KEPT = {"", "off"}


def read_retention(read: Reader) -> dict[Aging, int | None]:
    return {kind: _read(read, f"RETENTION_{kind.name_of_days.upper()}", _default(kind)) for kind in Aging}


def _default(kind: Aging) -> str:
    return str(EVENTS_KEPT) if kind is Aging.EVENTS else ""


def _read(read: Reader, variable: str, default: str) -> int | None:
    text = read.text(variable, default)
    if text.lower() in KEPT:
        return None
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= LONGEST):
        raise ConfigError(f"{variable} must be a number of days from 1 to {LONGEST} or be 'off', not {text!r}.")
    return int(text)
