"""What models cost, out of a dated file that an operator can replace. A model without a price is not free."""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

FREE = ("ollama", "offline")  # providers that nobody is paid for
BUILT_IN = Path(__file__).with_suffix(".toml")
MILLION, MINUTE = 1_000_000, 60
OTHERS = ("sources", "speech", "transcription")  # tables of other things than models with tokens
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
    """``dearest`` is at least every price of the list: what budgets take an unpriced model for.

    ``speech`` is sold by the million characters, ``transcription`` by the minute.
    """

    listed: Mapping[tuple[str, str], Price]
    dearest: Price
    as_of: date
    speech: Mapping[tuple[str, str], float] = field(default_factory=dict)
    transcription: Mapping[tuple[str, str], float] = field(default_factory=dict)

    def cost(self, provider: str, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """None when the price is unknown. A dated version costs what its model costs."""
        price = self.of(provider, model)
        return None if price is None else price.of(input_tokens, output_tokens)

    def of_speech(self, operation: str, provider: str, model: str, quantity: float | None) -> float | None:
        """Of so many characters that were spoken, or seconds that were listened to."""
        listed, by = (self.speech, MILLION) if operation == "speech" else (self.transcription, MINUTE)
        price = listed.get((provider, model))
        return None if price is None or quantity is None else round(price * quantity / by, DIGITS)

    def of(self, provider: str, model: str) -> Price | None:
        """What nobody is paid for costs nothing."""
        if provider in FREE:
            return NOTHING
        return self.listed.get((provider, model)) or self.listed.get((provider, _VERSION.sub("", model)))

    def charge(self, provider: str, model: str, input_tokens: int, output_tokens: int) -> float:
        """What a budget is charged: the cost, or that of the dearest model."""
        cost = self.cost(provider, model, input_tokens, output_tokens)
        return self.dearest.of(input_tokens, output_tokens) if cost is None else cost


def _of_speech(models: object) -> dict[tuple[str, str], float]:
    """From ``provider:model``."""
    rows = models.items() if isinstance(models, dict) else ()
    return {(name.partition(":")[0], name.partition(":")[2]): _dollars(row, 0) for name, row in rows}


def _dollars(row: object, place: int) -> float:
    """Raises ``ValueError`` for what is no price: one that is negative or no number would lift every budget."""
    price = row[place] if isinstance(row, list) and len(row) > place else None
    if isinstance(price, bool) or not isinstance(price, int | float) or not 0 <= price < math.inf:
        raise ValueError(f"no price in US dollars: {row!r}")
    return float(price)


def _day(written: object) -> date:
    try:
        return date.fromisoformat(str(written))
    except ValueError:
        raise ValueError("as_of must say of which day the prices are, such as 2026-11-01") from None


def load(path: Path | None = None) -> Prices:
    """Raises ``ValueError`` for a file that is no price list."""
    path = path or BUILT_IN
    try:
        read = tomllib.loads(path.read_text())
        listed = {
            (provider, model): Price(_dollars(row, 0), _dollars(row, 1))
            for provider, models in read.items()
            if isinstance(models, dict) and provider not in OTHERS
            for model, row in models.items()
        }
        if not listed:
            raise ValueError("no model is in it")
        dearest = Price(max(one.input for one in listed.values()), max(one.output for one in listed.values()))
        spoken, heard = (_of_speech(read.get(name)) for name in OTHERS[1:])
        return Prices(listed, dearest, _day(read.get("as_of")), spoken, heard)
    except (OSError, ValueError, TypeError, LookupError) as error:
        raise ValueError(f"{path} is no list of prices ({error}); compare it with {BUILT_IN}.") from None
