"""The models that are configured, in order of choice: retries and failover happen here and nowhere else.

Both only before the first event has left, so that nobody ever reads half of one answer and half of another.
"""

import contextlib
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from time import sleep as pause

from app.core.request_timing import waiting_for_a_model
from app.llm import prices as price_list
from app.llm.budget import COUNTED, UNLIMITED, Budget, Charge, Reservation
from app.llm.call_usage import CallUsage
from app.llm.choice import Attempts, Choice, Reasoning
from app.llm.interfaces import (
    Deadlines,
    ErrorKind,
    Event,
    Finish,
    ProviderError,
    Request,
    TextDelta,
    ToolCall,
    Usage,
)
from app.llm.prices import Prices
from app.llm.tokens import estimate_prompt
from app.llm.usage import Recorder, UsageRecord

Begun = tuple[Choice, list[Event], Generator[Event, None, None]]


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    tool_calls: tuple[ToolCall, ...]
    usage: Usage
    finish: Finish


class Models:
    """Raises ``ProviderError``, or what ``budget`` raises. ``record`` gets one row per call, whatever its outcome."""

    def __init__(
        self, choices: Sequence[Choice], deadlines: Deadlines, record: Recorder, reasoning: Reasoning | None = None,
        budget: Budget = UNLIMITED, prices: Prices | None = None,
    ) -> None:  # fmt: skip
        if not choices:
            raise ValueError("at least one model is needed")
        self.choices = tuple(choices)
        self._deadlines = deadlines
        self._record = record
        self._reasoning = reasoning or Reasoning()
        self._budget = budget
        self._prices = prices or price_list.load()

    @property
    def in_use(self) -> Choice:
        """The first model that can be used."""
        return next((choice for choice in self.choices if choice.fault is None), self.choices[0])

    def stream(self, request: Request) -> Generator[Event, None, None]:
        """Text and tool calls as they come, one ``Usage``, one ``Finish``. Closing it ends the upstream call.

        When it returns, the call is within its caller's budget; the model is asked when the first event is.
        """
        reserved = self._budget.reserve(request.caller, lambda: self._estimate(request))
        request.admitted()
        return self._asked(request, reserved)

    def _asked(self, request: Request, reserved: Reservation) -> Generator[Event, None, None]:
        call = CallUsage(request, self._deadlines, self._prices)
        try:
            with waiting_for_a_model():
                begun = self._answering(request, call)
                request.answering(begun[0].model)
                yield from relayed(*begun, call)
        except ProviderError as error:
            call.failed(error)
            raise
        finally:
            record = call.record()
            self._record(record)
            request.used(record)
            reserved.settle(self._charge(record))

    def _estimate(self, request: Request) -> Charge:
        """The prompt, and as long an answer as is allowed, of the model that is asked first."""
        choice = next((one for one in self.choices if one.spec == request.model), self.in_use)
        sent, most = estimate_prompt(request), choice.prepared(request, self._reasoning, empty_before=False).max_tokens
        return Charge(1, sent + most, self._prices.charge(choice.provider.name, choice.model, sent, most))

    def _charge(self, record: UsageRecord) -> Charge:
        sent, received = record.input_tokens, record.output_tokens
        money = self._prices.charge(record.provider, record.model, sent, received)
        return Charge(int(record.outcome in COUNTED), sent + received, money)

    def cost(self, finish: Finish, usage: Usage) -> float | None:
        """In US dollars, of an answer; None where the model that gave it has no price."""
        return self._prices.cost(finish.provider, finish.model, usage.input_tokens, usage.output_tokens)

    def complete(self, request: Request, listener: Callable[[str], None] | None = None) -> Completion:
        """The whole answer; ``listener`` hears its text as it comes."""
        events: list[Event] = []
        with contextlib.closing(self.stream(request)) as given:
            for event in given:
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


def relayed(
    choice: Choice, begun: list[Event], events: Generator[Event, None, None], call: CallUsage
) -> Iterator[Event]:
    note = call.note
    with choice.outcome(), contextlib.closing(events):
        for event in chain(begun, events):
            note(event)
            yield event
    choice.breaker.succeeded()
