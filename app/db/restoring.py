"""What an import of our own export does with a table's rows, as said beside it (``restored`` of its ``privacy``)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.core.clock import iso
from app.core.json import JSONObject, JSONValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """They are put back as they were, under ids of their own.

    Columns whose name ends with ``_id``, those in ``names``, and what is JSON, may name other rows: by ids that begin
    with ``prefix``.
    ``mended`` makes of a row of the file the one that may be put back, and raises ``ValueError`` when there is none:
    what a client may not write, no file may. ``most`` is how many rows a person may have.
    """

    prefix: str = ""
    names: tuple[str, ...] = ()
    mended: Callable[[JSONObject], JSONObject] | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """They come with entries and goals, as from any journal. Those with a ``prefix`` get ids as restored rows do."""

    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Stays:
    """They stay in the account that they are from."""

    why: str


def moment_of(value: object) -> datetime:
    """Times of an export have a zone. Raises ``ValueError``."""
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment


def is_there(value: JSONValue) -> bool:
    return value is not None


def no_later(value: JSONValue, latest: datetime) -> JSONValue:
    return value if moment_of(value) <= latest else iso(latest)


Restoring = Restored | Brought | Stays
OF_TEAM = Stays("It is the team's, whose data nobody takes along")
