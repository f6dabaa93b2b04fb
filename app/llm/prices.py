"""What models cost, out of a dated file that an operator can replace. A model without a price is not free."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

FREE = ("ollama", "offline")  # providers that nobody is paid for
BUILT_IN = Path(__file__).with_suffix(".toml")
MILLION = 1_000_000
DIGITS = 8  # of a US dollar, as the ledger keeps them
_VERSION = re.compile(r"-(latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{3})$")


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens of prompt and of answer."""

    input: float
    output: float

    def of(self, input_tokens: int, output_tokens: int) -> float:
        return round((input_tokens * self.input + output_tokens * self.output) / MILLION, DIGITS)


NOTHING = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Prices:
    """``dearest`` is at least every price of the list: what budgets take an unpriced model for."""

    listed: Mapping[tuple[str, str], Price]
    dearest: Price
    as_of: date

    def cost(self, provider: str, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """None when the price is unknown. A dated version costs what its model costs."""
        price = self.of(provider, model)
        return None if price is None else price.of(input_tokens, output_tokens)

    def of(self, provider: str, model: str) -> Price | None:
        """What nobody is paid for costs nothing."""
        if provider in FREE:
            return NOTHING
        return self.listed.get((provider, model)) or self.listed.get((provider, _VERSION.sub("", model)))

    def charge(self, provider: str, model: str, input_tokens: int, output_tokens: int) -> float:
        """What a budget is charged: the cost, or that of the dearest model."""
        cost = self.cost(provider, model, input_tokens, output_tokens)
        return self.dearest.of(input_tokens, output_tokens) if cost is None else cost


def load(path: Path | None = None) -> Prices:
    """Raises ``ValueError`` for a file that is no price list."""
    path = path or BUILT_IN
    try:
        read = tomllib.loads(path.read_text())
        listed = {
            (provider, model): Price(float(row[0]), float(row[1]))
            for provider, models in read.items()
            if isinstance(models, dict) and provider != "sources"
            for model, row in models.items()
        }
        dearest = Price(max(one.input for one in listed.values()), max(one.output for one in listed.values()))
        return Prices(listed, dearest, date.fromisoformat(str(read["as_of"])))
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise ValueError(f"{path} is no list of prices ({error}); compare it with {BUILT_IN}.") from None
