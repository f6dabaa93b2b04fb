"""One configured model: what was learned of it, and how often it is asked again in one call."""

import random
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from types import TracebackType

import structlog

from app.llm import capabilities
from app.llm.breaker import Breaker, State
from app.llm.capabilities import ALL, Capabilities
from app.llm.interfaces import (
    BROKEN,
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    FinishReason,
    Provider,
    ProviderError,
    Request,
    TextDelta,
    ToolCall,
    Usage,
)
from app.llm.visible_text import VisibleText

PAUSES = (0.2, 0.4)  # seconds before the second and the third try of a model
LONGEST_RETRY_AFTER = 10.0
MOST_LESSONS = 10  # parameters that one call may find refused

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Reasoning:
    """How much models may think beside what they say: tokens, and the effort (empty: the vendor's own)."""

    tokens: int = 4096
    effort: str = ""


@dataclass(slots=True)
class Choice:
    """``fault`` is why the model can't be used at all. ``thinks``: its thoughts count as tokens of the answer."""

    provider: Provider
    model: str
    breaker: Breaker = field(default_factory=Breaker)
    capabilities: Capabilities = ALL
    thinks: bool = False
    opens_in_thought: bool = False
    fault: ErrorKind | None = None

    @property
    def spec(self) -> str:
        return f"{self.provider.name}:{self.model}"

    def prepared(self, request: Request, reasoning: Reasoning, empty_before: bool) -> Request:
        """What this model is sent. After an answer without words: more room, less effort."""
        room = reasoning.tokens * (self.thinks + empty_before)
        tokens = min(request.max_tokens + room, self.capabilities.most_tokens or request.max_tokens + room)
        effort = "low" if empty_before else request.effort or reasoning.effort
        return replace(request, max_tokens=tokens, effort=effort, capabilities=self.capabilities)

    def learns(self, error: ProviderError, sent: Capabilities) -> bool:
        """Whether the refusal of a parameter teaches what to leave out next time."""
        if error.refusal is None:
            return False
        known = capabilities.lowered(self.capabilities, sent, error.refusal)
        if known is None:
            return False
        self.capabilities = known
        log.info("model_parameter_refused", model=self.spec, parameter=error.refusal.parameter)
        return True

    def begun(self, request: Request, deadlines: Deadlines) -> tuple[list[Event], Generator[Event, None, None]]:
        """One attempt: its events up to the first word, and those that follow."""
        events = self._visible(self.provider.stream(self.model, request, deadlines))
        with self.outcome():
            held = list(_until_word(events, request))
            if not held or isinstance(held[-1], Finish):
                raise self._without_words(held)
        self.breaker.answered()
        self.fault = None
        return held, events

    def outcome(self) -> "_Outcome":
        return _Outcome(self)

    def _visible(self, events: Iterator[Event]) -> Generator[Event, None, None]:
        text, usage = VisibleText(self.opens_in_thought), list[Usage]()
        for event in events:
            if type(event) is not TextDelta:
                yield from self._beside_text(event, text, usage)
                continue
            shown = text.take(event.text)
            if shown:
                yield event if shown == event.text else TextDelta(shown)

    def _beside_text(self, event: Event, text: VisibleText, usage: list[Usage]) -> Iterator[Event]:
        """The usage waits for the end, since the end may bring text that was held back."""
        if isinstance(event, Usage):
            usage.append(event)
            return
        if isinstance(event, Finish):
            rest = text.end(event.reason is FinishReason.LENGTH)
            self.opens_in_thought = text.ends_only
            self.thinks = self.thinks or text.thought or any(one.thought for one in usage)
            yield from (*((TextDelta(rest),) if rest else ()), *usage)
        yield event

    def _without_words(self, held: list[Event]) -> ProviderError:
        usage = next((event for event in held if isinstance(event, Usage)), None)
        if not held:
            return ProviderError(ErrorKind.CUT, self.provider.name, self.model, detail="no events")
        return ProviderError(ErrorKind.EMPTY, self.provider.name, self.model, detail="no words", usage=usage)


class Attempts:
    """The tries of one model in one call. ``is_last``: there is no other model to turn to."""

    def __init__(self, choice: Choice, request: Request, reasoning: Reasoning, is_last: bool) -> None:
        self.choice = choice
        self._request = request
        self._reasoning = reasoning
        self._is_last = is_last
        self._pauses = iter(PAUSES)
        self._lessons = 0
        self._empty = False
        self._sent = request

    def begin(self, deadlines: Deadlines) -> tuple[list[Event], Generator[Event, None, None]]:
        self._sent = self.choice.prepared(self._request, self._reasoning, self._empty)
        return self.choice.begun(self._sent, deadlines)

    def wait(self, error: ProviderError) -> float | None:
        """Seconds until another try is worth it, None if it is not."""
        if error.kind is ErrorKind.PARAMETER:
            self._lessons += 1
            return 0.0 if self._lessons <= MOST_LESSONS and self.choice.learns(error, self._sent.capabilities) else None
        if error.kind is ErrorKind.EMPTY:
            again, self._empty = not self._empty, True
            return 0.0 if again else None
        return self._pause(error)

    def _pause(self, error: ProviderError) -> float | None:
        if not error.retryable or self.choice.breaker.state is not State.CLOSED:
            return None
        if error.kind is ErrorKind.TIMEOUT and not self._is_last:
            return None  # a second wait of that length is better spent on the next model
        pause = next(self._pauses, None)
        if pause is None or error.retry_after is None:
            return pause and pause * random.uniform(0.5, 1.5)  # noqa: S311
        return error.retry_after if error.retry_after <= LONGEST_RETRY_AFTER else None


def _until_word(events: Iterator[Event], request: Request) -> Iterator[Event]:
    """White space is no word, and neither is the call of a tool that nobody offered."""
    for event in events:
        yield event
        if (isinstance(event, TextDelta) and event.text.strip()) or (isinstance(event, ToolCall) and request.tools):
            return


class _Outcome:
    """Tells the breaker how an attempt went."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, ProviderError) and error.kind in BROKEN:
            self._choice.fault = error.kind
            return self._choice.breaker.failed(for_good=True)
        if isinstance(error, ProviderError) and error.retryable:
            return self._choice.breaker.failed()
        return None if error is None else self._choice.breaker.abandoned()
