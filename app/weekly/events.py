"""The weekly streams' vocabulary: one start, any number of chunks, one done or error."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from app.auth.principals import Principal
from app.core.clock import iso
from app.core.json import JSONObject
from app.core.weeks import Week
from app.provenance.service import Kept
from app.streams import sse
from app.turns.failures import CODE, failure_of
from app.weekly.models import WeeklyInsight

EMBEDDED_LIMIT = 12 * 1024  # bytes; a longer insight travels without its text inside the last event
PIECE = 240  # characters in a chunk of an insight that is stored already


@dataclass(frozen=True, slots=True)
class Start:
    weekStart: str
    weekEnd: str
    entryCount: int
    usageInfo: Mapping[str, object]
    isExisting: bool = False
    insightId: str | None = None
    type: Literal["start"] = "start"


@dataclass(frozen=True, slots=True)
class Done:
    """``insight`` has no id when there was nothing to write about: clients read ``insight.id`` without a look."""

    insight: Mapping[str, object]
    type: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Error:
    message: str
    retryable: bool = True
    code: str = CODE
    type: Literal["error"] = "error"


def failure(text: str | None) -> Error:
    """The last event of a stream that failed, by the text that is stored of it."""
    known = failure_of(text)
    return Error(known.text, retryable=known.retryable, code=known.code)


def done(kept: Kept[WeeklyInsight]) -> Done:
    """The last event of an insight that is there, live and on replay: as much of it as there is room for."""
    row = kept.subject
    shown: JSONObject = {
        "id": row.id, "user_id": row.user_id, "week_start": iso(row.week_start), "week_end": iso(row.week_end),
        "content": row.shown, "entry_count": row.entry_count, "entries_analyzed": row.entries_analyzed,
        "created_at": iso(row.created_at), "updated_at": iso(row.updated_at), "stale": kept.stale,
    }  # fmt: skip
    whole: JSONObject = {**shown, "sources": list(kept.sources), "receipts": row.shown_receipts}
    without = {name: value for name, value in shown.items() if name != "content"}
    fitting = (one for one in (whole, shown) if len(sse.encode(one)) < EMBEDDED_LIMIT)
    return Done(next(fitting, without))


def nothing(principal: Principal, week: Week, text: str) -> Done:
    """The last event for a week without entries; ``text`` says so."""
    return Done({
        "id": None, "user_id": principal.user_id, "week_start": iso(week.start), "week_end": iso(week.end),
        "content": text, "entry_count": 0, "entries_analyzed": 0, "created_at": None, "updated_at": None,
    })  # fmt: skip


def chunk(cursor: str, text: str) -> bytes:
    return sse.event(cursor, b'{"type":"chunk","content":%b}' % sse.encode(text))


def pieces(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
