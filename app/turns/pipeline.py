"""The way of every turn, from a person's words to a stored answer:

    admission -> care -> context -> prompt -> generation -> check -> store -> push

A product admits a turn in its own terms (limits, idempotency, lease), and stores and pushes what comes of it (see
``app.streams.run``). What lies between is here, once for all: HTTP, sockets and jobs. ``Pipeline.run`` is the order.
In a crisis the way ends at care: the product tells a fixed text, and no model is asked. What a model says is watched on
its way through generation (see ``app.care.output``), and cut where it must not leave; a claim to have done something
that was not done is put right, and what it says of the person is held against what they wrote (``app.receipts``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, NoReturn, TypeVar

from app.care.output_phrases import ALL, NOTHING, Kind
from app.care.safety import Cut, CutShort, InCrisis, Safety
from app.care.service import Care, Shown
from app.care.words import Words
from app.llm.interfaces import Request
from app.llm.registry import Models
from app.receipts.proof import Proof
from app.turns.trace import CRISIS, CUT, NOWHERE, Answer, Trace, TraceRecorder, recorded, unrecorded
from app.turns.watched_models import Unsaid, WatchedModels

C = TypeVar("C")
A = TypeVar("A")


def _refuse(safety: Safety) -> NoReturn:
    raise InCrisis(safety)


def cut_short(cut: Cut) -> NoReturn:
    raise CutShort(cut.safety)


def _unshown(_: Safety) -> None: ...
def _undone(_: object) -> frozenset[Kind]:
    return NOTHING


def _unproved(_: object) -> None: ...


@dataclass(frozen=True, slots=True)
class Stages(Generic[C, A]):
    """What a product supplies: one function for each stage. ``check`` raises for an answer that won't do.

    ``generate`` is the one place where a product's turn meets a model. ``told`` gives the fixed text of a crisis in the
    product's own form; ``heard`` gets what care found before a model is asked, and says what has to come first.
    ``shown`` is what the person sees of a concern. ``kept`` may give an answer that is there already, in place of what
    it is called with. ``cut`` gives what becomes of an answer whose model said what is ``watched`` for. ``done``
    are the claims that are true. ``proof`` holds what streamed text says of the person against what they wrote.
    ``answer`` says what its trace is found by.
    """

    words: Words
    context: Callable[[], C]
    prompt: Callable[[C], Request]
    generate: Callable[[WatchedModels, Request, C], A]
    check: Callable[[A], None] = lambda _answer: None
    told: Callable[[Safety], A] = _refuse
    heard: Callable[[Safety], None] = _unshown
    shown: Shown = Shown.CHECK_IN
    kept: Callable[[Callable[[], A]], A] = lambda make: make()
    cut: Callable[[Cut], A] = cut_short
    watched: frozenset[Kind] = ALL
    done: Callable[[C], frozenset[Kind]] = _undone
    proof: Callable[[C], Proof | None] = _unproved
    answer: Answer = NOWHERE


class Pipeline:
    """One per process. ``record`` gets the trace of each turn."""

    def __init__(self, models: Models, care: Care, record: TraceRecorder = unrecorded) -> None:
        self.models = models
        self.care = care
        self._record = record

    def run(self, own: Stages[C, A]) -> A:
        """The checked answer. Raises ``AppError``; ``ProviderError`` when the model failed."""
        trace = Trace(own.words, own.answer)
        with recorded(trace, self._record):
            return self._run(own, trace)

    def _run(self, own: Stages[C, A], trace: Trace) -> A:
        with trace.stage("care"):
            safety = self.care.judge(own.words, own.shown)
        if safety.is_crisis:
            trace.end(CRISIS)
            return own.told(safety)
        own.heard(safety)
        try:
            return own.kept(partial(self._made, own, safety, trace))
        except Unsaid as unsaid:
            trace.end(CUT)
            found = self.care.cut(own.words, safety, unsaid.kind, unsaid.language)
            return own.cut(Cut(found, unsaid.passed, unsaid.model))

    def _made(self, own: Stages[C, A], safety: Safety, trace: Trace) -> A:
        with trace.stage("context"):
            context = own.context()
        with trace.stage("prompt"):
            request = safety.guided(own.prompt(context))
        trace.prompted(request.grounding)
        models = WatchedModels(self.models, own.watched - own.done(context), trace.called, own.proof(context))
        with trace.stage("generation"):
            answer = own.generate(models, request, context)
        with trace.stage("check"):
            own.check(answer)
        return answer
