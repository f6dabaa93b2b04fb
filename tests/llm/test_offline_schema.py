"""The offline coach's answers in JSON: valid for the schemas that are asked for, made of what was given; tool calls."""

import json
import random
from typing import Any

import jsonschema
import pytest

from app.llm.interfaces import Event, Finish, FinishReason, Grounding, Message, Tool, ToolCall
from tests.llm.offline import a_request, data, events, text_of

FACTS: dict[str, Any] = {
    "goals": [
        {
            "id": "goal_9", "title": "Increase retention", "progress": 35, "status": "in_progress",
            "target_date": "2026-12-31",
        }
    ],
    "actions": [
        {"id": "act_1", "title": "Draft retention rules", "priority": "high", "goalId": "goal_9"},
        {"id": "act_2", "title": "Buy new chairs", "priority": "low"},
    ],
    "foundation": {"vision": "A world where small shops thrive online.", "coreValues": ["Honesty first"]},
}  # fmt: skip
DATA = Grounding(facts=FACTS, said=())
TALK = Grounding(said=("I'm always tired, 我很累",))
NOTHING = Grounding(said=())
TEXT = {"type": "string"}
SCORE = {"type": "integer", "minimum": 0, "maximum": 100}
NODE = {
    "type": "object",
    "properties": {"title": TEXT, "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}}},
    "required": ["title", "children"],
    "additionalProperties": False,
}
LINK = {
    "type": "object",
    "properties": {"value": SCORE, "next": {"anyOf": [{"$ref": "#/$defs/Link"}, {"type": "null"}]}},
    "required": ["value", "next"],
}


def listed(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SCHEMAS: list[dict[str, Any]] = [
    {"type": "null"},
    {"type": ["null", "integer"]},
    {"type": ["string", "null"], "enum": ["a", None]},
    {"enum": [None]},
    {"type": "string", "maxLength": 0},
    {"type": "string", "minLength": 5, "maxLength": 5},
    {"type": "string", "minLength": 300, "maxLength": 310},
    {"type": "string", "format": "date"},
    {"type": "number", "minimum": 0, "maximum": 1},
    {"type": "number", "maximum": -5},
    {"type": "integer", "minimum": 7},
    listed(TEXT, minItems=7, maxItems=7),
    listed({"type": "string", "maxLength": 3}, minItems=6),
    listed({"enum": ["a", "b", "c"]}, minItems=3),
    listed({"type": "boolean"}, minItems=2),
    listed(record(name=TEXT, score=SCORE), minItems=3, maxItems=3),
    {"type": "array", "maxItems": 0, "items": TEXT},
    {"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 20}]},
    {"type": "object", "properties": {"title": TEXT, "count": {"type": "integer"}}, "required": ["title"]},
    {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
    {"$ref": "#/$defs/Link", "$defs": {"Link": LINK}},
]
SLIDES = Tool(
    "generate_or_update_slides",
    "Generate or update the slides of this session.",
    {"type": "object", "properties": {"title": {"type": "string"}}, "required": ["title"]},
)
WIKIPEDIA = Tool(
    "search_wikipedia",
    "Search Wikipedia for an article.",
    {"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]},
)
NAMES = (
    "title", "goalId", "description", "score", "tags", "dueDate", "is_final", "summary",
    "reasons", "items", "status", "email", "count", "notes", "unit", "direction",
)  # fmt: skip


def answered(schema: dict[str, Any], grounding: Grounding = DATA, seed: int = 0, **asked: Any) -> Any:
    """The parsed answer, which is checked against the schema on the way."""
    value = data(schema, grounding, seed, **asked)
    checker = jsonschema.FormatChecker(["date"])
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(value)
    return value


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:60])
@pytest.mark.parametrize("grounding", [DATA, TALK, NOTHING], ids=["data", "talk", "nothing"])
def test_a_schema_is_satisfied(schema: dict[str, Any], grounding: Grounding) -> None:
    answered(schema, grounding)


def a_text(dice: random.Random) -> dict[str, Any]:
    least = dice.randint(0, 60)
    limited = {"minLength": least, "maxLength": least + dice.randint(0, 80)}
    return {"type": "string", **dice.choice([{}, limited, {"format": "date"}])}


def a_number(dice: random.Random) -> dict[str, Any]:
    low = dice.randint(-50, 50)
    return {"type": dice.choice(["integer", "number"]), **dice.choice([{}, {"minimum": low, "maximum": low + 20}])}


def an_object(dice: random.Random, depth: int) -> dict[str, Any]:
    names = dice.sample(NAMES, dice.randint(1, 5))
    properties = {name: a_schema(dice, depth + 1) for name in names}
    return {"type": "object", "properties": properties, "required": dice.sample(names, dice.randint(0, len(names)))}


def a_schema(dice: random.Random, depth: int = 0) -> dict[str, Any]:
    leaves = [a_text(dice), a_number(dice), {"type": "boolean"}, {"enum": ["low", "high", 3, None]}]
    if depth > 3 or dice.random() < 0.4:
        return dice.choice(leaves)
    least = dice.randint(0, 3)
    inner = a_schema(dice, depth + 1)
    nested = [listed(inner, minItems=least, maxItems=least + 2), {"anyOf": [{"type": "null"}, inner]}]
    return dice.choice([*nested, an_object(dice, depth)])


@pytest.mark.parametrize("seed", range(150))
def test_schemas_made_at_random_are_satisfied(seed: int) -> None:
    answered(a_schema(random.Random(seed)), dice_grounding(seed), seed)


def dice_grounding(seed: int) -> Grounding:
    return (DATA, TALK, NOTHING)[seed % 3]


# Values


def test_the_same_seed_gives_the_same_value() -> None:
    schema = record(title=TEXT, score=SCORE, reasons=listed(TEXT))
    assert answered(schema, seed=3) == answered(schema, seed=3)


def test_ids_and_titles_are_those_of_the_data() -> None:
    goals = listed(record(goalId=TEXT, goalTitle=TEXT))
    found = answered(record(analysis=listed(record(actionId=TEXT, connections=goals))))["analysis"]
    assert [item["actionId"] for item in found] == ["act_1", "act_2"]
    assert found[0]["connections"] == [{"goalId": "goal_9", "goalTitle": "Increase retention"}]
    assert found[1]["connections"] == []


def test_facts_of_the_same_name_are_copied() -> None:
    assert answered(record(vision=TEXT)) == {"vision": "A world where small shops thrive online."}


def test_recommendations_are_distinct_and_name_what_was_given() -> None:
    advice = answered(record(recommendations=listed(TEXT)))["recommendations"]
    assert len(advice) == len(set(advice)) > 2
    assert all("“" in one for one in advice)


def test_reasons_cite_the_data() -> None:
    assert "“Increase retention”" in answered(record(reasoning=TEXT))["reasoning"]


def test_scores_lie_within_their_bounds_and_apart() -> None:
    scores = answered(record(vision_alignment=SCORE, goal_alignment=SCORE, action_alignment=SCORE))
    assert all(25 <= score <= 95 for score in scores.values()) and len(set(scores.values())) > 1


def test_dates_come_from_the_data() -> None:
    assert answered(record(dueDate={"type": "string", "format": "date"})) == {"dueDate": "2026-12-31"}


@pytest.mark.parametrize(
    ("said", "mood"), [("I'm so tired and sad.", "negative"), ("I finished it and I'm proud!", "positive")]
)
def test_a_choice_follows_the_mood_of_the_conversation(said: str, mood: str) -> None:
    schema = record(sentiment={"enum": ["positive", "negative"]})
    assert answered(schema, Grounding(said=(said,))) == {"sentiment": mood}


def test_a_choice_follows_the_words_of_the_conversation() -> None:
    schema = record(topic={"enum": ["career", "health", "family"]})
    assert answered(schema, Grounding(said=("My family needs more of me.",))) == {"topic": "family"}


def test_a_limit_cuts_at_a_word() -> None:
    summary = answered(record(summary={"type": "string", "maxLength": 40}))["summary"]
    assert len(summary) <= 40 and "Increase retention" in summary


def test_a_session_ends_when_the_person_says_so() -> None:
    schema = record(message=TEXT, is_final={"type": "boolean"})
    assert answered(schema, Grounding(said=("Let's stop here, bye!",)))["is_final"] is True
    assert answered(schema, Grounding(said=("I want to talk about my job.",)))["is_final"] is False


def test_a_message_is_what_the_coach_would_say() -> None:
    message = answered(record(message=TEXT), Grounding(said=("I want to talk about my job.",)))["message"]
    assert message.startswith("You say “I want to talk about my job”.") and message.endswith("?")


def test_little_room_makes_a_shorter_answer() -> None:
    schema = record(items=listed(record(title=TEXT, summary=TEXT), minItems=1))
    assert len(json.dumps(answered(schema, max_tokens=80))) < len(json.dumps(answered(schema)))


def test_json_that_cannot_fit_is_reported_as_cut() -> None:
    request = a_request([Message("user", "Go on.")], DATA, schema=record(summary=TEXT), max_tokens=5)
    *_, finish = events(request)
    assert isinstance(finish, Finish) and finish.reason is FinishReason.LENGTH


# Tools, whose arguments are JSON too


def heard(*turns: Message) -> list[Event]:
    return events(a_request(turns, tools=(WIKIPEDIA, SLIDES)))


@pytest.mark.parametrize(
    ("said", "call"),
    [
        (
            "Can you look up the Pomodoro technique on Wikipedia?",
            ("search_wikipedia", {"query": "the Pomodoro technique"}),
        ),
        ("Search Wikipedia for marathon training", ("search_wikipedia", {"query": "marathon training"})),
        ("Make slides about better habits", ("generate_or_update_slides", {"title": "Better habits"})),
    ],
)
def test_a_clear_request_calls_the_tool(said: str, call: tuple[str, dict[str, str]]) -> None:
    first, _, finish = heard(Message("user", said))
    assert isinstance(first, ToolCall) and (first.name, first.arguments) == call
    assert isinstance(finish, Finish) and finish.reason is FinishReason.TOOL


@pytest.mark.parametrize(
    "said",
    ["I read on Wikipedia yesterday.", "Please don't make slides.", "Help me to run more.", "My slides went well."],
)
def test_talk_that_asks_for_nothing_calls_no_tool(said: str) -> None:
    assert not any(isinstance(event, ToolCall) for event in heard(Message("user", said)))


@pytest.mark.parametrize(
    "found", ["It uses a timer of 25 minutes.", '{"title": "Pomodoro", "summary": "It uses a timer of 25 minutes."}']
)
def test_what_a_tool_found_is_told(found: str) -> None:
    asked = ToolCall("c1", "search_wikipedia", {"query": "Pomodoro"})
    turns = [
        Message("user", "Look up Pomodoro on Wikipedia"),
        Message("assistant", "", tool_calls=(asked,)),
        Message("tool", found, tool_call_id="c1"),
    ]
    assert "It uses a timer of 25 minutes." in text_of(heard(*turns))
