"""The account of one call, kept while it runs: whatever becomes of it, it ends as exactly one ``UsageRecord``."""

import time
from dataclasses import replace

from app.llm.interfaces import (
    OF_THE_MODEL,
    Deadlines,
    Event,
    Finish,
    Provider,
    ProviderError,
    Request,
    TextDelta,
    Usage,
    unused,
)
from app.llm.prices import Prices
from app.llm.tokens import Meter, estimate_prompt
from app.llm.usage import Fault, UsageRecord


class CallUsage:
    def __init__(self, request: Request, deadlines: Deadlines, prices: Prices) -> None:
        self._request = request
        self._deadlines = deadlines
        self._prices = prices
        self._began = time.monotonic()
        self._answered: float | None = None
        self._text = Meter(request)
        self._usage: Usage | None = None
        self._spent: list[Usage] = []  # on answers without words
        self._faults: list[Fault] = []
        self._provider = ""
        self._model = ""
        self._asked = False  # a model is at it, which has not said anything
        self.attempts = 0
        self.error: ProviderError | None = None
        self._outcome = "cancelled"  # what a call is that neither finished nor failed

    def left(self) -> float:
        """Seconds until the deadline of the whole call."""
        return self._began + self._deadlines.total - time.monotonic()

    def deadlines(self) -> Deadlines:
        """What an attempt that starts now may still take."""
        left = max(0.0, self.left())
        connect, first = min(self._deadlines.connect, left), min(self._deadlines.first, left)
        return replace(self._deadlines, connect=connect, first=first, total=left)

    def attempt(self, provider: Provider, model: str) -> None:
        self._provider, self._model = provider.name, model
        self.attempts += 1
        self._asked = True

    def note(self, event: Event) -> None:
        if self._answered is None:
            self._answered = time.monotonic()
        match event:
            case TextDelta():
                self._text.add(event.text)
            case Usage():
                self._usage = event
            case Finish():
                self._outcome = "ok"

    def note_error(self, error: ProviderError) -> None:
        """Keeps what another try or another model may get over, and raises the rest."""
        self._asked = False
        self._faults.append(Fault(error.provider or self._provider, error.model or self._model, error.kind))
        if error.usage is not None:
            self._spent.append(error.usage)
        if not (error.retryable or error.kind in OF_THE_MODEL):
            raise error
        self.error = error

    def failed(self, error: ProviderError) -> None:
        self._outcome = error.kind

    def record(self) -> UsageRecord:
        usage = sum(self._spent, start=self._usage or self._estimated_usage())
        return UsageRecord(
            caller=self._request.caller,
            provider=self._provider,
            model=self._model,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            estimated=usage.estimated,
            cost=self._prices.cost(self._provider, self._model, usage.input_tokens, usage.output_tokens),
            latency_ms=round((time.monotonic() - self._began) * 1000),
            first_token_ms=None if self._answered is None else round((self._answered - self._began) * 1000),
            outcome=str(self._outcome),
            attempts=self.attempts,
            faults=tuple(self._faults),
            in_turn=self._request.used is not unused,
        )

    def _estimated_usage(self) -> Usage:
        """Of an answer whose vendor gave no count. The prompt of a call that was left before its first word is paid."""
        if self._answered is not None:
            return self._text.usage()
        return Usage(estimate_prompt(self._request) if self._asked else 0, 0, estimated=self._asked)
