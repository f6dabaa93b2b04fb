"""From ``provider:model`` entries, keys and base URLs to models that can be called."""

from collections.abc import Callable, Mapping, Sequence

from app.llm.budget import UNLIMITED, Budget
from app.llm.choice import Choice, Reasoning
from app.llm.interfaces import Caller, Deadlines, Embedder, Provider
from app.llm.prices import Prices
from app.llm.registry import Models
from app.llm.usage import EmbeddingUsage, Recorder

BASE_URLS = {
    "openai": "https://api.openai.com/v1",
    "anthropic": "https://api.anthropic.com",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/openai/",
    "ollama": "http://localhost:11434/v1",
}
KEYLESS = ("ollama", "offline")
VENDORS = (*BASE_URLS, "offline")
EMBEDDING_VENDORS = ("openai", "gemini", "ollama")


def build(
    specs: Sequence[str], keys: Mapping[str, str], base_urls: Mapping[str, str], deadlines: Deadlines, record: Recorder,
    reasoning: Reasoning | None = None, budget: Budget = UNLIMITED, prices: Prices | None = None,
) -> Models:  # fmt: skip
    """The first entry is used, the others take over when it fails. ``ValueError`` names an entry that can't work."""
    providers: dict[str, Provider] = {}
    choices = []
    for spec in specs:
        vendor, model = _parsed(spec, VENDORS, keys)
        if vendor not in providers:
            providers[vendor] = _provider(vendor, keys.get(vendor, ""), base_urls.get(vendor, ""))
        choices.append(Choice(providers[vendor], model))
    return Models(choices, deadlines, record, reasoning, budget, prices)


def embedder(
    spec: str, keys: Mapping[str, str], base_urls: Mapping[str, str], deadlines: Deadlines,
    used: Callable[[Caller, EmbeddingUsage], object] | None = None,
) -> Embedder:  # fmt: skip
    """``used`` gets what each call has used."""
    from app.llm.openai import Client
    from app.llm.openai_vectors import OpenAIEmbedder, unused

    vendor, model = _parsed(spec, EMBEDDING_VENDORS, keys)
    client = Client(keys.get(vendor) or "none", base_urls.get(vendor) or BASE_URLS[vendor])
    return OpenAIEmbedder(model, client, deadlines, vendor, used or unused)


def _provider(vendor: str, key: str, base_url: str) -> Provider:
    """An SDK is loaded for whom it is needed only: it costs every process up to a second and 40 MB."""
    if vendor == "offline":
        from app.llm.offline import OfflineProvider

        return OfflineProvider()
    if vendor == "anthropic":
        from app.llm.anthropic import AnthropicProvider

        return AnthropicProvider(key, base_url or BASE_URLS[vendor])
    from app.llm.openai import OpenAIProvider

    return OpenAIProvider(key or "none", base_url or BASE_URLS[vendor], vendor)


def _parsed(spec: str, vendors: Sequence[str], keys: Mapping[str, str]) -> tuple[str, str]:
    """A model's name may hold colons of its own (``ollama:llama3.2:3b``)."""
    vendor, _, model = spec.partition(":")
    if vendor not in vendors or not model:
        raise ValueError(f"Model {spec!r} must look like provider:model, with one of {', '.join(vendors)} as provider.")
    if vendor not in KEYLESS and not keys.get(vendor):
        raise ValueError(
            f"Model {spec!r} needs an API key for {vendor}; without one use another of {', '.join(vendors)}."
        )
    return vendor, model
