"""The way of every turn, from a person's words to a stored answer:

    admission -> care -> context -> prompt -> generation -> check -> store -> push

A product admits a turn in its own terms (limits, idempotency, lease), and stores and pushes what comes of it (see
``app.streams.run``). What lies between is here, once for all: HTTP, sockets and jobs. ``Pipeline.run`` is the order.
In a crisis the way ends at care: the product tells a fixed text, and no model is asked.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Generic, NoReturn, TypeVar

from app.care.safety import InCrisis, Safety
from app.care.service import Care, Shown
from app.care.words import Words
from app.llm.interfaces import Request
from app.llm.registry import Models

C = TypeVar("C")
A = TypeVar("A")


def _refuse(safety: Safety) -> NoReturn:
    raise InCrisis(safety)


def _unshown(_: Safety) -> None: ...


@dataclass(frozen=True, slots=True)
class Stages(Generic[C, A]):
    """What a product supplies: one function for each stage. ``check`` raises for an answer that won't do.

    ``generate`` is the one place where a product's turn meets a model. ``told`` gives the fixed text of a crisis in the
    product's own form; ``heard`` gets what care found before a model is asked, and says what has to come first.
    ``shown`` is what the person sees of a concern. ``kept`` may give an answer that is there already, in place of what
    it is called with.
    """

    words: Words
    context: Callable[[], C]
    prompt: Callable[[C], Request]
    generate: Callable[[Models, Request, C], A]
    check: Callable[[A], None] = lambda _answer: None
    told: Callable[[Safety], A] = _refuse
    heard: Callable[[Safety], None] = _unshown
    shown: Shown = Shown.CHECK_IN
    kept: Callable[[Callable[[], A]], A] = lambda make: make()


class Pipeline:
    """One per process."""

    def __init__(self, models: Models, care: Care) -> None:
        self.models = models
        self.care = care

    def run(self, own: Stages[C, A]) -> A:
        """The checked answer. Raises ``AppError``; ``ProviderError`` when the model failed."""
        safety = self.care.judge(own.words, own.shown)
        if safety.is_crisis:
            return own.told(safety)
        own.heard(safety)
        return own.kept(partial(self._made, own, safety))

    def _made(self, own: Stages[C, A], safety: Safety) -> A:
        context = own.context()
        request = safety.guided(own.prompt(context))
        answer = own.generate(self.models, request, context)
        own.check(answer)
        return answer
