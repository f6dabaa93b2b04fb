"""From configuration to models."""

from collections.abc import Mapping, Sequence

import pytest

from app.llm.interfaces import Caller, Deadlines, ErrorKind, ProviderError
from app.llm.registry import Models
from app.llm.usage import EmbeddingUsage
from app.llm.vendors import build, embedder
from tests.double.client import Double
from tests.double.openai import vector
from tests.guard import Forbidden, local_only
from tests.llm.conftest import a_request

KEYS = {"openai": "o", "anthropic": "a", "gemini": "g"}
ASKING = Caller("test", "acme", "olivia")


def models(specs: Sequence[str], keys: Mapping[str, str] = KEYS, urls: Mapping[str, str] | None = None) -> Models:
    return build(specs, keys, urls or {}, Deadlines(), lambda record: None)


def test_the_order_is_kept() -> None:
    specs = [
        "openai:gpt-4o",
        "anthropic:claude-sonnet-4-5",
        "gemini:gemini-2.5-pro",
        "ollama:llama3.2:3b",
        "offline:coach",
    ]
    assert [choice.spec for choice in models(specs).choices] == specs


def test_models_of_a_vendor_share_its_client() -> None:
    one, two = models(["openai:gpt-4o", "openai:gpt-4o-mini"]).choices
    assert one.provider is two.provider and one.breaker is not two.breaker


@pytest.mark.parametrize("spec", ["gpt-4o", "openai:", ":gpt-4o", "mystery:x", ""])
def test_nonsense_is_named(spec: str) -> None:
    with pytest.raises(ValueError, match=rf"Model '{spec}' must look like provider:model.*openai, anthropic, gemini"):
        models([spec])


def test_a_missing_key_is_named() -> None:
    with pytest.raises(ValueError, match="Model 'anthropic:claude' needs an API key for anthropic"):
        models(["anthropic:claude"], {"openai": "o"})


def test_a_base_url_is_used(double: Double) -> None:
    double.script({"text": "Hello"})
    assert models(["ollama:llama3.2:3b"], {}, {"ollama": double.url + "/v1"}).complete(a_request()).text == "Hello"
    body = double.requests()[-1]["body"]
    assert body["model"] == "llama3.2:3b" and "max_tokens" in body and "max_completion_tokens" not in body


@pytest.mark.parametrize("spec", ["openai:gpt-4o", "anthropic:claude-sonnet-4-5"])
def test_no_test_reaches_a_real_vendor(spec: str) -> None:
    with local_only(), pytest.raises((Forbidden, ProviderError)):
        models([spec]).complete(a_request())


def test_the_guard_stops_real_addresses(double: Double) -> None:
    with local_only(), pytest.raises(Forbidden):
        models(["ollama:x"], {}, {"ollama": "http://192.0.2.1/v1"}).complete(a_request())


def test_texts_become_vectors_in_their_order(double: Double) -> None:
    noted: list[EmbeddingUsage] = []
    found = embedder(
        "openai:small", KEYS, {"openai": double.url + "/v1"}, Deadlines(), lambda _, one: noted.append(one)
    )
    assert found.embed(["run", "rest"], ASKING) == [vector("run"), vector("rest")]
    assert found.embed([], ASKING) == []
    assert [(one.provider, one.model, one.input_tokens, one.outcome) for one in noted] == [("openai", "small", 2, "ok")]


def test_an_embedding_that_fails(double: Double) -> None:
    double.script({"status": 429, "retry_after": "3"})
    with pytest.raises(ProviderError) as raised:
        embedder("openai:small", KEYS, {"openai": double.url + "/v1"}, Deadlines()).embed(["run"], ASKING)
    assert (raised.value.kind, raised.value.retry_after) == (ErrorKind.RATE_LIMIT, 3)


def test_embeddings_need_a_vendor_that_has_them() -> None:
    with pytest.raises(ValueError, match="anthropic:x"):
        embedder("anthropic:x", KEYS, {}, Deadlines())
