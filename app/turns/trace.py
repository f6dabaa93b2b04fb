"""How one turn went, in ids and figures and without a word of it: kept while it runs, handed over once at its end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from gevent import GreenletExit

from app.care.words import Words
from app.core import request_timing
from app.core.clock import now
from app.core.errors import AppError
from app.core.ids import new_id
from app.llm.interfaces import Grounding
from app.llm.usage import UsageRecord
from app.retrieval.search import Hit

COMPLETED, CANCELLED, FAILED = "completed", "cancelled", "failed"
CRISIS, CUT = "crisis", "cut"  # what care made of it
FACT = "fact"  # a source that is known by its name only


@dataclass(frozen=True, slots=True)
class Answer:
    """What a turn makes, where it is stored, and the conversation that it stands in; empty where there is none."""

    id: str = ""
    conversation_id: str = ""


NOWHERE = Answer()


@dataclass(frozen=True, slots=True)
class Stage:
    """``at_ms`` is when it began, from the turn's beginning: admission came before."""

    name: str
    at_ms: float
    ms: float


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a model, and when it was made."""

    usage: UsageRecord
    at_ms: float


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What the prompt was made from. Without a score it was not searched for."""

    kind: str
    id: str
    score: float | None = None
    matched: bool | None = None


class Trace:
    """``outcome`` is how it ended: one of the words above, or the code of an error."""

    def __init__(self, words: Words, answer: Answer = NOWHERE) -> None:
        self.id = new_id("trace")
        self.tenant_id, self.user_id, self.feature = words.tenant_id, words.user_id, words.feature
        self.answer = answer
        self.outcome = FAILED
        self.created_at: datetime = now()
        self.ms = 0.0
        self.stages: list[Stage] = []
        self.retrieved: list[Retrieved] = []
        self.calls: list[Call] = []
        self.request_id = self.parent = ""
        self._began = time.perf_counter()
        self._belongs_to(request_timing.current())

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        at = _ms(self._began)
        try:
            yield
        finally:
            self.stages.append(Stage(name, at, round(_ms(self._began) - at, 1)))

    def called(self, usage: UsageRecord) -> None:
        self.calls.append(Call(usage, round(_ms(self._began) - usage.latency_ms, 1)))

    def prompted(self, grounding: Grounding | None) -> None:
        if grounding is not None:
            self.retrieved = list(_retrieved(grounding))

    def end(self, outcome: str) -> None:
        """The first to say how it ended is right."""
        self.ms = _ms(self._began)
        if self.outcome == FAILED:
            self.outcome = outcome

    def _belongs_to(self, request: request_timing.RequestTiming | None) -> None:
        """What went before the turn was admission."""
        if request is not None:
            request.trace_id, self.request_id, self.parent = self.id, request.request_id, request.parent
            ms = _ms(request.began)
            self.stages.append(Stage("admission", -ms, ms))


TraceRecorder = Callable[[Trace], object]  # quick, and does not raise


def unrecorded(_: Trace) -> None: ...


@contextmanager
def recorded(trace: Trace, record: TraceRecorder) -> Iterator[None]:
    """Whatever becomes of the turn, ``record`` gets its trace."""
    outcome = FAILED
    try:
        yield
        outcome = COMPLETED
    except AppError as error:
        outcome = error.code
        raise
    except GreenletExit:
        outcome = CANCELLED
        raise
    finally:
        trace.end(outcome)
        record(trace)


def _retrieved(grounding: Grounding) -> Iterator[Retrieved]:
    for document in grounding.documents:
        found = (document.score, document.matched) if isinstance(document, Hit) else (None, None)
        yield Retrieved(document.kind, document.source_id, *found)
    yield from (Retrieved(FACT, name) for name in grounding.facts)


def _ms(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
