"""What differs between OpenAI and those that speak its wire."""

from app.llm.openai import OFFICIAL, OpenAIProvider, _body
from tests.llm.conftest import a_request


def body(model: str, official: bool) -> dict[str, object]:
    request = a_request(max_tokens=50, temperature=0.7)
    return _body(model, request, official)


def test_the_limit_goes_by_the_name_the_server_knows() -> None:
    assert body("gpt-4o", official=True)["max_completion_tokens"] == 50
    assert body("llama3", official=False)["max_tokens"] == 50


def test_reasoning_models_take_no_temperature() -> None:
    assert "temperature" not in body("o3", official=True)
    assert body("gpt-4o", official=True)["temperature"] == body("o3", official=False)["temperature"] == 0.7


def test_only_its_own_address_is_official() -> None:
    assert OpenAIProvider("key", OFFICIAL + "/")._official
    assert not OpenAIProvider("key", "http://localhost:8000/v1")._official
