"""The offline coach in a coaching session: the topic's questions, the person's words, and no result but theirs."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.coaching.coach import turn_schema
from app.llm.interfaces import Grounding, Message, Task
from app.topics.catalog import TOPICS
from tests.llm.offline import a_request, data, events, text_of

TOLD = (
    "My most important value is honesty. When we told the client the truth we lost the deal.",
    "Growth matters. Last year I paid for a training although cash was short.",
)


def grounding(topic_id: str, said: Sequence[str], task: Task = Task.REPLY, turn: int | None = None) -> Grounding:
    turn = len(said) if turn is None else turn
    facts = {"context": {"business_name": "Acme Corp"}}
    return Grounding(task, facts=facts, subject=topic_id.replace("_", " "), said=tuple(said), turn=turn, turns=10)


def greeted(topic_id: str, said: Sequence[str], task: Task) -> str:
    return text_of(events(a_request([Message("user", "Begin.")], grounding(topic_id, said, task))))


def turn(topic_id: str, said: Sequence[str], number: int | None = None) -> Any:
    schema = turn_schema(TOPICS[topic_id].output_schema.schema)
    return data(schema, grounding(topic_id, said, turn=number))


def extracted(topic_id: str, said: Sequence[str]) -> Any:
    output = TOPICS[topic_id].output_schema
    found = data(output.schema, grounding(topic_id, said))
    output.validator.validate(found)
    return found


@pytest.mark.parametrize("topic_id", ["core_values", "purpose", "vision"])
def test_a_greeting_names_the_matter_and_the_business(topic_id: str) -> None:
    text = greeted(topic_id, [], Task.GREET)
    assert text.startswith("Welcome!") and topic_id.replace("_", " ") in text and "Acme Corp" in text
    assert text.splitlines()[-1].count("?") == 1


def test_who_comes_back_hears_where_it_stood() -> None:
    text = greeted("core_values", TOLD, Task.RESUME)
    assert text.startswith("Welcome back!") and "cash was short" in text
    assert text.count("?") == 1


def test_each_answer_gives_back_and_asks_one_question() -> None:
    answers = [turn("core_values", TOLD[:count]) for count in (1, 2)]
    assert all((answer["is_final"], answer.get("result")) == (False, None) for answer in answers)
    assert "“When we told the client the truth we lost the deal”" in answers[0]["message"]
    assert answers[0]["message"].splitlines()[-1] != answers[1]["message"].splitlines()[-1]


def test_now_and_then_it_sums_up() -> None:
    message = turn("core_values", [*TOLD, "I would do it again at any time of the year."])["message"]
    assert "This has become clear:" in message and "cash was short" in message
    assert message.endswith("Is that right so far?")


def test_whoever_is_done_gets_the_result() -> None:
    answer = turn("core_values", [*TOLD, "That's all, let's finish."])
    assert answer["is_final"] and answer["result"]["values"][0]["name"] == "Honesty"
    TOPICS["core_values"].output_schema.validator.validate(answer["result"])


@pytest.mark.parametrize("text", ["I would like to end hunger in this valley.", "That's all about money to them."])
def test_whoever_goes_on_is_not_stopped(text: str) -> None:
    assert turn("purpose", [*TOLD, text])["is_final"] is False


def test_after_the_last_message_it_asks_nothing() -> None:
    answer = turn("vision", TOLD * 5, number=10)
    assert "?" not in answer["message"] and answer["is_final"] is True


def test_values_are_the_persons() -> None:
    found = extracted("core_values", TOLD)
    assert "Honesty" in [value["name"] for value in found["values"]]
    said = " ".join(TOLD)
    assert all(value["description"].rstrip(".") in said for value in found["values"])


def test_a_purpose_is_in_the_persons_words() -> None:
    why = "My mother waited five months because nobody came."
    purpose = "We exist so that nobody in the valley goes without medicine."
    found = extracted("purpose", ["We drive through snow to deliver one box.", why, purpose])
    assert found["purpose_statement"] == purpose
    assert why in found["why_it_matters"]


def test_a_vision_has_the_horizon_that_was_named() -> None:
    found = extracted("vision", ["In five years I want to see us in three towns.", "We will have a school."])
    assert found["time_horizon"] == "five years"
    assert "We will have a school." in found["key_aspirations"]


@pytest.mark.parametrize("topic_id", ["core_values", "purpose", "vision"])
@pytest.mark.parametrize(
    "told", [[], ["ok"], ["?"], ["🙂"], ["Ja, das ist mir wichtig."], ["x" * 4000], ["word " * 790], ["Why? Who?"]]
)
def test_whatever_was_said_the_result_fits(topic_id: str, told: list[str]) -> None:
    assert extracted(topic_id, told)
    assert turn(topic_id, [*told, "Hello"])["message"]
