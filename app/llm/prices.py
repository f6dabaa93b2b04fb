"""What models cost: US dollars per million tokens, prompt and answer, as listed by their vendors."""

import re

FREE = ("ollama", "offline")

PRICES = {
    "openai:gpt-4.1": (2.00, 8.00),
    "openai:gpt-4.1-mini": (0.40, 1.60),
    "openai:gpt-4.1-nano": (0.10, 0.40),
    "openai:gpt-4o": (2.50, 10.00),
    "openai:gpt-4o-mini": (0.15, 0.60),
    "openai:gpt-5": (1.25, 10.00),
    "openai:gpt-5-mini": (0.25, 2.00),
    "openai:gpt-5-nano": (0.05, 0.40),
    "openai:o3": (2.00, 8.00),
    "openai:o4-mini": (1.10, 4.40),
    "anthropic:claude-3-5-haiku": (0.80, 4.00),
    "anthropic:claude-3-7-sonnet": (3.00, 15.00),
    "anthropic:claude-haiku-4-5": (1.00, 5.00),
    "anthropic:claude-opus-4-1": (15.00, 75.00),
    "anthropic:claude-opus-4-5": (5.00, 25.00),
    "anthropic:claude-sonnet-4": (3.00, 15.00),
    "anthropic:claude-sonnet-4-5": (3.00, 15.00),
    "gemini:gemini-2.0-flash": (0.10, 0.40),
    "gemini:gemini-2.5-flash": (0.30, 2.50),
    "gemini:gemini-2.5-flash-lite": (0.10, 0.40),
    "gemini:gemini-2.5-pro": (1.25, 10.00),
}

_VERSION = re.compile(r"-(latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{3})$")


def cost(provider: str, model: str, input_tokens: int, output_tokens: int) -> float | None:
    """None when the price is unknown. A dated version costs what its model costs."""
    if provider in FREE:
        return 0.0
    price = PRICES.get(f"{provider}:{_VERSION.sub('', model)}")
    if price is None:
        return None
    return round((input_tokens * price[0] + output_tokens * price[1]) / 1e6, 8)
