"""The way of every turn, from a person's words to a stored answer:

    admission -> guard -> context -> prompt -> generation -> check -> store -> push

A product admits a turn in its own terms (limits, idempotency, lease), and stores and pushes what comes of it (see
``app.streams.run``). What lies between is here, once for all: HTTP, sockets and jobs. ``STAGES`` is the order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from app.llm.interfaces import Caller, Request
from app.llm.registry import Models

C = TypeVar("C")
A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class Words:
    """What a person said, and where: all that a guard may look at. ``before`` is what they said last, oldest first."""

    tenant_id: str
    user_id: str
    feature: str
    text: str = ""
    before: tuple[str, ...] = ()

    @classmethod
    def of(cls, caller: Caller, text: str = "", before: tuple[str, ...] = ()) -> Self:
        return cls(caller.tenant_id, caller.user_id, caller.feature, text, before)


def accept(_answer: Any) -> None:
    """The check of a product that takes every answer."""


@dataclass(frozen=True, slots=True)
class Stages(Generic[C, A]):
    """What a product supplies: one function for each stage. ``check`` raises for an answer that won't do.

    ``generate`` is the one place where a product's turn meets a model.
    """

    words: Words
    context: Callable[[], C]
    prompt: Callable[[C], Request]
    generate: Callable[[Models, Request, C], A]
    check: Callable[[A], None] = accept


@dataclass(slots=True)
class State:
    """A turn on its way. What stages hand on is as the product's own functions type it."""

    pipeline: "Pipeline"
    own: Stages[Any, Any]
    context: Any = None
    request: Any = None
    answer: Any = None


Guard = Callable[[Words], None]  # raises to end the turn before a model is asked


class Pipeline:
    """One per process."""

    def __init__(self, models: Models, guards: Sequence[Guard] = ()) -> None:
        self.models = models
        self.guards = tuple(guards)

    def run(self, own: Stages[C, A]) -> A:
        """The checked answer. Raises ``AppError``; ``ProviderError`` when the model failed."""
        state = State(self, own)
        for stage in STAGES:
            stage(state)
        answer: A = state.answer
        return answer


def guard(state: State) -> None:
    for look in state.pipeline.guards:
        look(state.own.words)


def gather_context(state: State) -> None:
    state.context = state.own.context()


def make_prompt(state: State) -> None:
    state.request = state.own.prompt(state.context)


def generate(state: State) -> None:
    state.answer = state.own.generate(state.pipeline.models, state.request, state.context)


def check(state: State) -> None:
    state.own.check(state.answer)


STAGES: tuple[Callable[[State], None], ...] = (guard, gather_context, make_prompt, generate, check)
