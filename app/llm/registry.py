"""The models that are configured, in order of choice: retries and failover happen here and nowhere else.

Both only before the first event has left, so that nobody ever reads half of one answer and half of another.
"""

import contextlib
import random
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from time import sleep as pause

from app.llm.breaker import Breaker, State
from app.llm.call_usage import CallUsage
from app.llm.interfaces import (
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    Provider,
    ProviderError,
    Recorder,
    Request,
    TextDelta,
    ToolCall,
    Usage,
)

PAUSES = (0.2, 0.4)  # seconds before the second and the third try of a model
LONGEST_RETRY_AFTER = 10.0


@dataclass(frozen=True, slots=True)
class Choice:
    provider: Provider
    model: str
    breaker: Breaker = field(default_factory=Breaker)

    @property
    def spec(self) -> str:
        return f"{self.provider.name}:{self.model}"


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    finish: Finish


class Models:
    """Raises ``ProviderError`` only. ``record`` gets one row per call, whatever its outcome."""

    def __init__(self, choices: Sequence[Choice], deadlines: Deadlines, record: Recorder) -> None:
        if not choices:
            raise ValueError("at least one model is needed")
        self.choices = tuple(choices)
        self._deadlines = deadlines
        self._record = record

    def stream(self, request: Request) -> Iterator[Event]:
        """Text and tool calls as they come, one ``Usage``, one ``Finish``. Closing it ends the upstream call."""
        call = CallUsage(request, self._deadlines)
        try:
            choice, events = self._answering(request, call)
            yield from _relayed(choice, events, call)
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

    def _answering(self, request: Request, call: CallUsage) -> tuple[Choice, Generator[Event, None, None]]:
        """The first model that begins to answer, and its events from the first on."""
        for choice in self._tries(call, request.model):
            try:
                return choice, _begun(choice, request, call)
            except ProviderError as error:
                call.note_error(error)
        raise call.error or ProviderError(ErrorKind.TIMEOUT, detail="deadline")

    def _tries(self, call: CallUsage, wanted: str) -> Iterator[Choice]:
        for choice in self._available(wanted):
            if call.left() <= 0:
                return
            yield choice
            yield from self._again(choice, call)

    def _available(self, wanted: str) -> Iterator[Choice]:
        """The ones whose breaker admits a call, the wanted one first; if none does, the one open for longest."""
        none = True
        for choice in sorted(self.choices, key=lambda choice: choice.spec != wanted) if wanted else self.choices:
            if choice.breaker.admits():
                none = False
                yield choice
        if none:
            yield min(self.choices, key=lambda choice: choice.breaker.opened_at)

    def _again(self, choice: Choice, call: CallUsage) -> Iterator[Choice]:
        for seconds in PAUSES:
            wait = self._wait(choice, call, seconds)
            if wait is None:
                return
            pause(wait)
            yield choice

    def _wait(self, choice: Choice, call: CallUsage, seconds: float) -> float | None:
        """Seconds until the same model is worth another try, None if it is not."""
        error = call.error
        if error is None or choice.breaker.state is not State.CLOSED:
            return None
        if error.kind is ErrorKind.TIMEOUT and choice is not self.choices[-1]:
            return None  # a second wait of that length is better spent on the next model
        if error.retry_after is None:
            wait = seconds * random.uniform(0.5, 1.5)  # noqa: S311
        elif error.retry_after <= LONGEST_RETRY_AFTER:
            wait = error.retry_after
        else:
            return None
        return wait if wait < call.left() else None


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


def _begun(choice: Choice, request: Request, call: CallUsage) -> Generator[Event, None, None]:
    """One attempt, up to its first event."""
    call.attempt(choice.provider, choice.model)
    events = choice.provider.stream(choice.model, request, call.deadlines())
    with _Outcome(choice.breaker):
        first = next(events, None)
        if first is None:
            raise ProviderError(ErrorKind.CUT, choice.provider.name, choice.model, detail="no events")
    choice.breaker.answered()
    return _chained(first, events)


def _chained(first: Event, rest: Iterator[Event]) -> Generator[Event, None, None]:
    yield first
    yield from rest


def _relayed(choice: Choice, events: Generator[Event, None, None], call: CallUsage) -> Iterator[Event]:
    note = call.note
    with _Outcome(choice.breaker), contextlib.closing(events):
        for event in events:
            note(event)
            yield event
    choice.breaker.succeeded()


class _Outcome:
    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ProviderError) and error.retryable:
            self._breaker.failed()
        elif error is not None:
            self._breaker.abandoned()
