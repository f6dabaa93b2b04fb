"""What only the messages wire wants."""

import pytest

from app.llm.interfaces import Message, Tool, ToolCall
from tests.double.client import Double
from tests.llm.conftest import Vendor

NOTE = Tool("note", "Writes a note.", {"type": "object"})


def sent(double: Double) -> list[dict[str, object]]:
    messages: list[dict[str, object]] = double.requests()[-1]["body"]["messages"]
    return messages


def test_results_of_tools_go_back_together(anthropic: Vendor, double: Double) -> None:
    calls = ToolCall("a", "note", {}), ToolCall("b", "note", {})
    results = Message("tool", "one", (), "a"), Message("tool", "two", (), "b")
    anthropic.answer(messages=(Message("user", "Hi"), Message("assistant", "", calls), *results), tools=(NOTE,))
    assert [message["role"] for message in sent(double)] == ["user", "assistant", "user"]
    assert [len(message["content"]) for message in sent(double)[1:]] == [2, 2]  # type: ignore[arg-type]


@pytest.mark.parametrize("turns", [(), (Message("assistant", "Welcome!"), Message("user", "Hi"))])
def test_a_user_speaks_first(anthropic: Vendor, double: Double, turns: tuple[Message, ...]) -> None:
    anthropic.answer(messages=turns, system="Greet the client.")
    assert sent(double)[0]["role"] == "user"


def test_empty_turns_are_left_out(anthropic: Vendor, double: Double) -> None:
    anthropic.answer(messages=(Message("user", "Hi"), Message("assistant", ""), Message("user", "Still there?")))
    assert [message["content"] for message in sent(double)] == ["Hi", "Still there?"]


def test_a_schema_beside_tools_leaves_the_choice(anthropic: Vendor, double: Double) -> None:
    anthropic.answer(tools=(NOTE,), schema={"type": "object", "properties": {}})
    body = double.requests()[-1]["body"]
    assert body["tool_choice"] == {"type": "any"}
    assert [tool["name"] for tool in body["tools"]] == ["note", "answer"]
