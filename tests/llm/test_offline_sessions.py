"""The offline coach in a coaching session: the topic's questions, the person's words, and no result but theirs."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.coaching.coach import NUDGES, turn_schema
from app.llm.interfaces import Caller, Deadlines, Message, Request, TextDelta
from app.llm.offline import OfflineProvider
from app.topics.catalog import TOPICS

FACTS = '<data name="company_name"></data>\n<data name="context">\n{"business_name": "Acme Corp"}\n</data>'
TOLD = (
    "My most important value is honesty. When we told the client the truth we lost the deal.",
    "Growth matters. Last year I paid for a training although cash was short.",
)


def heard(topic_id: str, said: Sequence[str], system: str = "You are a coach.", **asked: Any) -> str:
    messages = [Message("user", FACTS)]
    for text in said:
        messages += [Message("assistant", "Tell me more."), Message("user", text)]
    request = Request(Caller(f"coaching.{topic_id}"), tuple(messages), system=system, **asked)
    events = OfflineProvider(sleep=lambda _: None).stream("offline-coach", request, Deadlines())
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def turn(topic_id: str, said: Sequence[str], **more: Any) -> Any:
    schema = turn_schema(TOPICS[topic_id].output_schema.schema)
    return json.loads(heard(topic_id, said, schema=schema, schema_name="coach_message", **more))


def extracted(topic_id: str, said: Sequence[str]) -> Any:
    form = TOPICS[topic_id].output_schema
    name = TOPICS[topic_id].schema_ref
    found = json.loads(heard(topic_id, [*said, NUDGES["extraction"]], schema=form.schema, schema_name=name))
    form.validator.validate(found)
    return found


@pytest.mark.parametrize(
    ("topic_id", "matter"), [("core_values", "core values"), ("purpose", "purpose"), ("vision", "vision")]
)
def test_a_greeting_names_the_matter_and_the_business(topic_id: str, matter: str) -> None:
    text = heard(topic_id, [NUDGES["initiation"].format(topic=TOPICS[topic_id].name)])
    assert text.startswith("Welcome!") and matter in text and "Acme Corp" in text
    assert text.count("?") == 1


def test_who_comes_back_hears_where_it_stood() -> None:
    text = heard("core_values", [*TOLD, NUDGES["resume"]])
    assert text.startswith("Welcome back!") and "cash was short" in text
    assert text.count("?") == 1


def test_each_answer_gives_back_and_asks_one_question() -> None:
    answers = [turn("core_values", TOLD[:count]) for count in (1, 2)]
    assert all((answer["is_final"], answer["result"]) == (False, None) for answer in answers)
    assert "your most important value is honesty" in answers[0]["message"]
    assert [answer["message"].count("?") for answer in answers] == [1, 1]
    assert answers[0]["message"].splitlines()[-1] != answers[1]["message"].splitlines()[-1]


def test_now_and_then_it_sums_up() -> None:
    message = turn("core_values", [*TOLD, "I would do it again at any time."])["message"]
    assert "So far this has become clear: Honesty and Growth." in message


def test_whoever_is_done_gets_the_result() -> None:
    answer = turn("core_values", [*TOLD, "That's all, let's finish."])
    assert answer["is_final"] and [value["name"] for value in answer["result"]["values"]] == ["Honesty", "Growth"]
    TOPICS["core_values"].output_schema.validator.validate(answer["result"])


@pytest.mark.parametrize("text", ["I would like to end hunger in this valley.", "That's all about money to them."])
def test_whoever_goes_on_is_not_stopped(text: str) -> None:
    assert turn("purpose", [*TOLD, text])["is_final"] is False


def test_after_the_last_message_it_asks_nothing() -> None:
    message = turn("vision", TOLD, system="This was the last message that the person can send: close it.")["message"]
    assert "?" not in message and "Complete it" in message


def test_danger_is_met_with_help() -> None:
    assert "emergency" in turn("purpose", ["I want to kill myself."])["message"]


def test_values_are_the_persons() -> None:
    found = extracted("core_values", TOLD)
    assert [value["name"] for value in found["values"]] == ["Honesty", "Growth"]
    assert "told the client the truth" in found["values"][0]["description"]
    assert "a training although cash was short" in found["values"][1]["description"]


def test_a_purpose_is_in_the_persons_words() -> None:
    why = "My mother waited five months when I was a child."
    purpose = "We exist so that nobody in the valley goes without medicine."
    found = extracted("purpose", ["We drive through snow to deliver one box.", why, purpose])
    assert found["purpose_statement"] == purpose and why in found["why_it_matters"]


def test_a_vision_has_the_horizon_that_was_named() -> None:
    found = extracted("vision", ["In five years I want to see us in three towns.", "We will have a school."])
    assert (found["time_horizon"], found["key_aspirations"]) == ("five years", ["We will have a school."])


@pytest.mark.parametrize("topic_id", ["core_values", "purpose", "vision"])
@pytest.mark.parametrize(
    "told", [[], ["ok"], ["?"], ["🙂"], ["Ja, das ist mir wichtig."], ["x" * 4000], ["word " * 790], ["Why? Who?"]]
)
def test_whatever_was_said_the_result_fits(topic_id: str, told: list[str]) -> None:
    assert extracted(topic_id, told)
    assert turn(topic_id, [*told, "Hello"])["message"]
