"""The models that are configured, in order of choice: retries and failover happen here and nowhere else.

Both only before the first event has left, so that nobody ever reads half of one answer and half of another.
"""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from time import sleep as pause

from app.llm.call_usage import CallUsage
from app.llm.choice import Attempts, Choice, Reasoning
from app.llm.interfaces import (
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    ProviderError,
    Recorder,
    Request,
    TextDelta,
    ToolCall,
    Usage,
)

Begun = tuple[Choice, list[Event], Generator[Event, None, None]]


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    finish: Finish


class Models:
    """Raises ``ProviderError`` only. ``record`` gets one row per call, whatever its outcome."""

    def __init__(
        self, choices: Sequence[Choice], deadlines: Deadlines, record: Recorder, reasoning: Reasoning | None = None
    ) -> None:
        if not choices:
            raise ValueError("at least one model is needed")
        self.choices = tuple(choices)
        self._deadlines = deadlines
        self._record = record
        self._reasoning = reasoning or Reasoning()

    @property
    def in_use(self) -> Choice:
        """The first model that can be used."""
        return next((choice for choice in self.choices if choice.fault is None), self.choices[0])

    def stream(self, request: Request) -> Iterator[Event]:
        """Text and tool calls as they come, one ``Usage``, one ``Finish``. Closing it ends the upstream call."""
        call = CallUsage(request, self._deadlines)
        try:
            yield from _relayed(*self._answering(request, call), call)
        except ProviderError as error:
            call.failed(error)
            raise
        finally:
            self._record(call.record())

    def complete(self, request: Request, listener: Callable[[str], None] | None = None) -> Completion:
        """The whole answer; ``listener`` hears its text as it comes."""
        events: list[Event] = []
        for event in self.stream(request):
            events.append(event)
            if listener and isinstance(event, TextDelta):
                listener(event.text)
        return fold(events)

    def _answering(self, request: Request, call: CallUsage) -> Begun:
        """The first model that begins to answer, its events up to the first word, and those that follow."""
        for attempts in self._tries(request, call):
            choice = attempts.choice
            call.attempt(choice.provider, choice.model)
            try:
                return choice, *attempts.begin(call.deadlines())
            except ProviderError as error:
                call.note_error(error)
        raise call.error or ProviderError(ErrorKind.TIMEOUT, detail="deadline")

    def _tries(self, request: Request, call: CallUsage) -> Iterator[Attempts]:
        """The same attempts again and again while that is worth it, then those of the next model."""
        for choice in self._available(request.model):
            if call.left() <= 0:
                return
            attempts = Attempts(choice, request, self._reasoning, choice is self.choices[-1])
            yield attempts
            while call.error is not None and (wait := attempts.wait(call.error)) is not None and wait < call.left():
                pause(wait)
                yield attempts

    def _available(self, wanted: str) -> Iterator[Choice]:
        """The ones whose breaker admits a call, the wanted one first; if none does, the one open for longest."""
        none = True
        for choice in sorted(self.choices, key=lambda choice: choice.spec != wanted) if wanted else self.choices:
            if choice.breaker.admits():
                none = False
                yield choice
        if none:
            yield min(self.choices, key=lambda choice: (choice.fault is not None, choice.breaker.opened_at))


def fold(events: Iterable[Event]) -> Completion:
    """The whole answer that a stream gives."""
    given = list(events)
    finish = next((event for event in given if isinstance(event, Finish)), None)
    if finish is None:
        raise ProviderError(ErrorKind.CUT, detail="no finish")
    text = "".join(event.text for event in given if isinstance(event, TextDelta))
    calls = tuple(event for event in given if isinstance(event, ToolCall))
    usage = next((event for event in given if isinstance(event, Usage)), Usage(0, 0, estimated=True))
    return Completion(text, calls, usage, finish)


def _relayed(
    choice: Choice, begun: list[Event], events: Generator[Event, None, None], call: CallUsage
) -> Iterator[Event]:
    note = call.note
    with choice.outcome(), contextlib.closing(events):
        for event in chain(begun, events):
            note(event)
            yield event
    choice.breaker.succeeded()
