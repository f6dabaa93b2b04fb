"""What models cost: US dollars per million tokens, prompt and answer, as listed by their vendors."""

import re
import tomllib
from pathlib import Path

FREE = ("ollama", "offline")

PRICES: dict[str, dict[str, list[float]]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
_VERSION = re.compile(r"-(latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{3})$")


def cost(provider: str, model: str, input_tokens: int, output_tokens: int) -> float | None:
    """None when the price is unknown. A dated version costs what its model costs."""
    if provider in FREE:
        return 0.0
    price = PRICES.get(provider, {}).get(_VERSION.sub("", model))
    if price is None:
        return None
    return round((input_tokens * price[0] + output_tokens * price[1]) / 1e6, 8)
