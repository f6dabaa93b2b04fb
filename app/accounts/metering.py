"""Calls of models that embed, speak or listen: in the ledger, and counted in budgets once it is known what they used.

None is refused: when a budget is used up there is no answer that could be spoken.
"""

from dataclasses import dataclass

from app.llm.budget import Budget, Charge
from app.llm.interfaces import Caller
from app.llm.prices import Prices
from app.llm.usage import EmbeddingUsage, Recorder, UsageRecord
from app.speech.usage import SpeechUsage


@dataclass(frozen=True, slots=True)
class Metering:
    """One per process."""

    record: Recorder
    budget: Budget
    prices: Prices

    def embedded(self, caller: Caller, usage: EmbeddingUsage) -> None:
        cost = self.prices.cost(usage.provider, usage.model, usage.input_tokens, 0)
        self._note(
            UsageRecord(
                caller, usage.provider, usage.model, usage.input_tokens, 0, usage.estimated, cost, usage.ms, None,
                usage.outcome, 1, operation="embeddings",
            )
        )  # fmt: skip

    def spoken(self, caller: Caller, usage: SpeechUsage) -> None:
        """Or listened to."""
        self._note(
            UsageRecord(
                caller, usage.provider, usage.model, usage.input_tokens, usage.output_tokens, False,
                self._cost(usage), usage.ms, None, usage.outcome, 1, operation=usage.operation,
                quantity=usage.quantity,
            )
        )  # fmt: skip

    def _cost(self, usage: SpeechUsage) -> float | None:
        if usage.input_tokens or usage.output_tokens:
            return self.prices.cost(usage.provider, usage.model, usage.input_tokens, usage.output_tokens)
        return self.prices.of_speech(usage.operation, usage.provider, usage.model, usage.quantity)

    def _note(self, record: UsageRecord) -> None:
        self.record(record)
        self.budget.spend(record.caller, Charge(0, record.input_tokens + record.output_tokens, record.cost or 0.0))
