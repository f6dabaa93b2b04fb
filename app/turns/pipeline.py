"""The way of every turn, from a person's words to a stored answer:

    admission -> guard -> context -> prompt -> generation -> check -> store -> push

A product admits a turn in its own terms (limits, idempotency, lease), and stores and pushes what comes of it (see
``app.streams.run``). What lies between is here, once for all: HTTP, sockets and jobs. ``Pipeline.run`` is the order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

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


@dataclass(frozen=True, slots=True)
class Stages(Generic[C, A]):
    """What a product supplies: one function for each stage. ``check`` raises for an answer that won't do.

    ``generate`` is the one place where a product's turn meets a model.
    """

    words: Words
    context: Callable[[], C]
    prompt: Callable[[C], Request]
    generate: Callable[[Models, Request, C], A]
    check: Callable[[A], None] = lambda _answer: None


Guard = Callable[[Words], None]  # raises to end the turn before a model is asked


class Pipeline:
    """One per process."""

    def __init__(self, models: Models, guards: Sequence[Guard] = ()) -> None:
        self.models = models
        self.guards = tuple(guards)

    def run(self, own: Stages[C, A]) -> A:
        """The checked answer. Raises ``AppError``; ``ProviderError`` when the model failed."""
        for guard in self.guards:
            guard(own.words)
        context = own.context()
        request = own.prompt(context)
        answer = own.generate(self.models, request, context)
        own.check(answer)
        return answer
