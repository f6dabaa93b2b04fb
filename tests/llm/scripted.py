"""Models that say what they are told to, without a wire, and what ``structured`` makes of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.llm.interfaces import (
    Deadlines,
    Event,
    Finish,
    FinishReason,
    ProviderError,
    Request,
    TextDelta,
    Usage,
)
from app.llm.registry import Choice, Models
from app.llm.structured import OutputSchema, structured
from tests.llm.conftest import a_request

NO_ANSWER: Any = object()


@dataclass
class ScriptedProvider:
    """Says one text, whatever it is asked."""

    text: str
    reason: FinishReason = FinishReason.STOP
    name: str = "scripted"
    calls: int = 0

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]:
        self.calls += 1
        yield TextDelta(self.text)
        yield Usage(1, 1)
        yield Finish(self.reason, self.name, model)


def read(text: str, output: OutputSchema, reason: FinishReason = FinishReason.STOP, **asked: Any) -> tuple[Any, int]:
    """What comes of an answer, ``NO_ANSWER`` if nothing does, and the number of calls that it took."""
    provider = ScriptedProvider(text, reason)
    models = Models([Choice(provider, "m")], Deadlines(), lambda record: None)
    try:
        return structured(models, a_request(**asked), output).value, provider.calls
    except ProviderError:
        return NO_ANSWER, provider.calls
