"""One short answer of the cheapest model that is configured: asked once, there in time or not at all, on no budget."""

from collections.abc import Sequence
from dataclasses import replace

from app.core.request_timing import waiting_for_a_model
from app.llm.breaker import FAILURES, Breaker
from app.llm.call_usage import CallUsage
from app.llm.choice import MOST_LESSONS, Choice, Reasoning
from app.llm.interfaces import Deadlines, ErrorKind, ProviderError, Request
from app.llm.prices import Prices
from app.llm.registry import Completion, fold, relayed
from app.llm.usage import Recorder

OFFLINE = "offline"
REST = 60.0  # seconds that a model is left alone after so many failures on end
TYPICAL = (1000, 50)  # tokens of a prompt and an answer that prices are compared by
THOUGHT = Reasoning(tokens=512, effort="low")


class QuickModel:
    """``record`` gets one row per call. Its failures are its own: the model goes on to answer others meanwhile."""

    def __init__(self, choice: Choice, seconds: float, record: Recorder, prices: Prices) -> None:
        self._choice = replace(choice, breaker=Breaker(FAILURES, REST))
        self._deadlines = Deadlines(connect=seconds, first=seconds, between=seconds, total=seconds)
        self._record = record
        self._prices = prices

    def complete(self, request: Request) -> Completion:
        """Raises ``ProviderError``, at once while the model is left alone."""
        choice = self._choice
        if not choice.breaker.admits():
            raise ProviderError(ErrorKind.TIMEOUT, choice.provider.name, choice.model, detail="left alone")
        call = CallUsage(request, self._deadlines, self._prices)
        try:
            with waiting_for_a_model():
                return self._asked(request, call)
        except ProviderError as error:
            call.failed(error)
            raise
        finally:
            self._record(call.record())

    def _asked(self, request: Request, call: CallUsage) -> Completion:
        """A parameter that the model does not take is left out, which is no second try: it was refused unread."""
        choice = self._choice
        for _ in range(MOST_LESSONS):
            sent = choice.prepared(request, THOUGHT, empty_before=False)
            call.attempt(choice.provider, choice.model)
            try:
                return fold(relayed(choice, *choice.begun(sent, call.deadlines()), call))
            except ProviderError as error:
                if error.kind is not ErrorKind.PARAMETER or not choice.learns(error, sent.capabilities):
                    raise
        raise ProviderError(ErrorKind.PARAMETER, choice.provider.name, choice.model)


def cheapest(choices: Sequence[Choice], prices: Prices) -> Choice | None:
    """By the price list; the last one where no price is known, None where no real model is configured."""
    real = [choice for choice in choices if choice.provider.name != OFFLINE]
    costs = [(prices.cost(choice.provider.name, choice.model, *TYPICAL), choice) for choice in real]
    priced = [(cost, choice) for cost, choice in costs if cost is not None]
    if priced:
        return min(priced, key=lambda pair: pair[0])[1]
    return real[-1] if real else None
