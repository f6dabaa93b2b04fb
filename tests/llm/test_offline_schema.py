"""The offline coach's answers in JSON: valid for any schema, and made of the prompt's own data; and its tool calls."""

import json
import random
from typing import Any

import jsonschema
import pytest

from app.llm.interfaces import (
    Caller,
    Deadlines,
    Event,
    Finish,
    FinishReason,
    Message,
    Request,
    TextDelta,
    Tool,
    ToolCall,
)
from app.llm.offline import OfflineProvider

DATA = """Check how well the actions fit the goals and return JSON only.
<data name="foundation">{"vision": "A world where small shops thrive online.", "coreValues": ["Honesty first"]}</data>
<data name="goals">[{"id": "goal_9", "title": "Increase retention", "progress": 35, "status": "in_progress",
 "target_date": "2026-12-31", "milestones": [{"title": "Launch loyalty pilot", "completed": false}]}]</data>
<data name="actions">[{"id": "act_1", "title": "Draft loyalty rules", "priority": "high"},
 {"id": "act_2", "title": "Buy new chairs", "priority": "low"}]</data>"""
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
BRANCH = {
    "type": "object",
    "properties": {"left": {"$ref": "#/$defs/Tree"}, "right": {"$ref": "#/$defs/Tree"}},
    "required": ["left", "right"],
    "additionalProperties": False,
}


def listed(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


def record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


SCHEMAS: list[dict[str, Any]] = [
    {},
    {"type": "null"},
    {"type": ["null", "integer"]},
    {"type": ["object", "array"], "items": {"type": "integer"}},
    {"const": {"a": 1}},
    {"enum": [None]},
    {"type": "integer", "enum": [1, "a", 2.5]},
    {"type": "string", "nullable": True},
    {"type": "string", "maxLength": 0},
    {"type": "string", "minLength": 5, "maxLength": 5},
    {"type": "string", "minLength": 300, "maxLength": 310},
    {"type": "string", "pattern": r"^[A-Z]{3}-\d{4}$"},
    {"type": "string", "pattern": "^(low|high)$"},
    {"type": "string", "pattern": "^[a-z][a-z0-9_]{2,20}$"},
    {"type": "string", "pattern": r"^(?:[01]\d|2[0-3]):[0-5]\d$"},
    {"type": "string", "pattern": r"^[^\s]+$", "minLength": 10},
    {"type": "string", "pattern": r"^(?=.*\d)[A-Z0-9]{4}$", "examples": ["AB12"]},
    {"allOf": [{"type": "string", "pattern": "^a"}, {"pattern": "z$"}]},
    *({"type": "string", "format": form} for form in ("date", "date-time", "uuid", "email", "ipv4", "ipv6", "uri")),
    {"type": "integer", "exclusiveMinimum": 3, "exclusiveMaximum": 5},
    {"type": "integer", "multipleOf": 7, "minimum": 50, "maximum": 57},
    {"type": "integer", "not": {"const": 6}},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.001},
    {"type": "number", "multipleOf": 0.1},
    {"type": "number", "maximum": -5},
    {"allOf": [{"type": "integer", "multipleOf": 4}, {"multipleOf": 6, "minimum": 1}]},
    listed(TEXT, minItems=7, maxItems=7, uniqueItems=True),
    listed({"type": "string", "maxLength": 3}, minItems=6, uniqueItems=True),
    listed({"enum": ["a", "b", "c"]}, minItems=3, uniqueItems=True),
    listed({"type": "boolean"}, minItems=2, uniqueItems=True),
    listed({"type": "integer", "minimum": 1, "maximum": 5}, minItems=5, uniqueItems=True),
    listed(False, prefixItems=[TEXT, SCORE], minItems=2),
    listed(SCORE, contains={"const": 42}),
    {"type": "array", "maxItems": 0},
    {"type": "object", "required": ["x", "y"]},
    {"type": "object", "properties": {"x": False, "y": True}},
    {"type": "object", "additionalProperties": SCORE},
    {"type": "object", "propertyNames": {"pattern": "^k_"}, "minProperties": 2},
    {"type": "object", "patternProperties": {"^n_": SCORE}, "additionalProperties": False, "minProperties": 2},
    {"type": "object", "properties": {"a": TEXT, "b": SCORE, "c": {}}, "maxProperties": 2, "required": ["b"]},
    {"type": "object", "properties": {"card": TEXT}, "dependentRequired": {"card": ["address"]}},
    {"type": "object", "properties": {"a": TEXT}, "dependentSchemas": {"a": {"required": ["b"]}}},
    {"type": "object", "properties": {"a": TEXT, "b": TEXT}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
    {"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "integer", "multipleOf": 5}]},
    {"anyOf": [{"type": "null"}, {"type": "string", "maxLength": 20}]},
    {"not": {"type": "string"}},
    {
        "type": "object",
        "properties": {"kind": {"enum": ["x", "y"]}, "u": SCORE, "w": SCORE},
        "required": ["kind"],
        "if": {"properties": {"kind": {"const": "x"}}},
        "then": {"required": ["u"]},
        "else": {"required": ["w"]},
    },
    {"type": "object", "properties": {"x": {"$ref": "#/properties/y"}, "y": {"const": 4}}},
    {"type": "object", "properties": {"self": {"$ref": "#"}, "n": SCORE}, "required": ["n"]},
    {"$ref": "#/$defs/Node", "$defs": {"Node": NODE}},
    {"$ref": "#/$defs/Link", "$defs": {"Link": LINK}},
    {"$ref": "#/$defs/Tree", "$defs": {"Tree": {"oneOf": [BRANCH, {"type": "integer"}]}}},
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
NAMES = [
    "title",
    "goalId",
    "description",
    "score",
    "tags",
    "dueDate",
    "is_final",
    "summary",
    "reasons",
    "items",
    "status",
    "email",
    "count",
    "notes",
]


def answered(schema: dict[str, Any], said: str = DATA, seed: int = 0, **asked: Any) -> Any:
    """The parsed answer, which is checked against the schema on the way."""
    request = Request(Caller("topic"), (Message("user", said),), schema=schema, **{"max_tokens": 100_000, **asked})
    came = list(OfflineProvider(seed=seed, gap=0).stream("offline-coach", request, Deadlines()))
    value = json.loads("".join(event.text for event in came if isinstance(event, TextDelta)))
    checker = jsonschema.FormatChecker(["date", "uuid", "email", "ipv4", "ipv6"])
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(value)
    return value


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: json.dumps(schema)[:60])
@pytest.mark.parametrize("said", [DATA, "I'm always tired, 我很累", ""], ids=["data", "talk", "nothing"])
def test_any_schema_is_satisfied(schema: dict[str, Any], said: str) -> None:
    answered(schema, said)


def a_text(dice: random.Random) -> dict[str, Any]:
    least = dice.randint(0, 60)
    limited = {"minLength": least, "maxLength": least + dice.randint(0, 80)}
    return {"type": "string", **dice.choice([{}, limited, {"format": "date"}, {"pattern": r"^[A-Z]{2}\d{3}$"}])}


def a_number(dice: random.Random) -> dict[str, Any]:
    low = dice.randint(-50, 50)
    bounds = {dice.choice(["minimum", "exclusiveMinimum"]): low, dice.choice(["maximum", "exclusiveMaximum"]): low + 20}
    return {"type": dice.choice(["integer", "number"]), **dice.choice([{}, bounds, {**bounds, "multipleOf": 5}])}


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
    return dice.choice([*nested, an_object(dice, depth), {"allOf": [an_object(dice, depth), {"type": "object"}]}])


@pytest.mark.parametrize("seed", range(150))
def test_schemas_made_at_random_are_satisfied(seed: int) -> None:
    answered(a_schema(random.Random(seed)), seed=seed)


# Values


def test_the_same_seed_gives_the_same_value() -> None:
    schema = record(title=TEXT, score=SCORE, reasons=listed(TEXT))
    assert answered(schema, seed=3) == answered(schema, seed=3)


def test_ids_and_titles_are_those_of_the_data() -> None:
    goals = listed(record(goalId=TEXT, goalTitle=TEXT))
    found = answered(record(analysis=listed(record(actionId=TEXT, connections=goals))))["analysis"]
    assert [item["actionId"] for item in found] == ["act_1", "act_2"]
    assert found[0]["connections"] == [{"goalId": "goal_9", "goalTitle": "Increase retention"}]


def test_facts_of_the_same_name_are_copied() -> None:
    assert answered(record(vision=TEXT)) == {"vision": "A world where small shops thrive online."}


def test_recommendations_are_distinct_and_name_the_goal() -> None:
    advice = answered(record(recommendations=listed(TEXT)))["recommendations"]
    assert len(advice) == len(set(advice)) == 3
    assert advice[0] == (
        "Put “Launch loyalty pilot” in the calendar this week, "
        "since it is already the next milestone of “Increase retention”."
    )


def test_reasons_cite_the_data() -> None:
    assert "“Increase retention”, now at 35%" in answered(record(reasoning=TEXT))["reasoning"]


def test_a_title_is_short_and_in_title_case() -> None:
    title = answered(record(title=TEXT))["title"]
    assert title.startswith("Increase Retention: ") and len(title) < 60


def test_scores_lie_within_their_bounds_and_apart() -> None:
    scores = answered(record(vision_alignment=SCORE, goal_alignment=SCORE, action_alignment=SCORE))
    assert all(50 <= score <= 95 for score in scores.values()) and len(set(scores.values())) > 1


def test_numbers_of_the_data_are_kept() -> None:
    assert answered(record(goal_id=TEXT, progress=SCORE)) == {"goal_id": "goal_9", "progress": 35}


def test_a_score_takes_the_scale_of_its_description() -> None:
    assert 1 <= answered(record(rating={"type": "number", "description": "From 1 to 5"}))["rating"] <= 5


def test_dates_come_from_the_data() -> None:
    assert answered(record(dueDate={"type": "string", "format": "date"})) == {"dueDate": "2026-12-31"}


@pytest.mark.parametrize(
    ("said", "mood"), [("I'm so tired and sad.", "negative"), ("I finished it and I'm proud!", "positive")]
)
def test_a_choice_follows_the_mood_of_the_conversation(said: str, mood: str) -> None:
    assert answered(record(sentiment={"enum": ["positive", "negative"]}), said) == {"sentiment": mood}


def test_a_choice_follows_the_words_of_the_conversation() -> None:
    topics = {"enum": ["career", "health", "family"]}
    assert answered(record(topic=topics), "My family needs more of me.") == {"topic": "family"}


def test_a_limit_cuts_at_a_word() -> None:
    summary = answered(record(summary={"type": "string", "maxLength": 40}))["summary"]
    assert len(summary) <= 40 and summary.split()[-1].strip(".”") in "“Increase retention” is now at 35%"


def test_a_session_ends_when_the_person_says_so() -> None:
    schema = record(message=TEXT, is_final={"type": "boolean"})
    assert answered(schema, "Let's stop here, bye!")["is_final"] is True
    assert answered(schema, "I want to talk about my job.")["is_final"] is False


def test_a_message_is_what_the_coach_would_say() -> None:
    assert (
        "you want to talk about your job" in answered(record(message=TEXT), "I want to talk about my job.")["message"]
    )


def test_little_room_makes_a_shorter_answer() -> None:
    schema = record(items=listed(record(title=TEXT, summary=TEXT), minItems=1))
    assert len(json.dumps(answered(schema, max_tokens=80))) < len(json.dumps(answered(schema)))


def test_json_that_cannot_fit_is_reported_as_cut() -> None:
    request = Request(Caller("topic"), (Message("user", DATA),), schema=record(summary=TEXT), max_tokens=5)
    *_, finish = OfflineProvider(gap=0).stream("offline-coach", request, Deadlines())
    assert isinstance(finish, Finish) and finish.reason is FinishReason.LENGTH


# Tools, whose arguments are JSON too


def heard(*turns: Message) -> list[Event]:
    request = Request(Caller("realtime.turn"), turns, tools=(WIKIPEDIA, SLIDES))
    return list(OfflineProvider(gap=0).stream("offline-coach", request, Deadlines()))


@pytest.mark.parametrize(
    ("said", "call"),
    [
        (
            "Can you look up the Pomodoro technique on Wikipedia?",
            ("search_wikipedia", {"query": "the Pomodoro technique"}),
        ),
        ("Search Wikipedia for marathon training", ("search_wikipedia", {"query": "marathon training"})),
        ("Make slides about better habits", ("generate_or_update_slides", {"title": "Better Habits"})),
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
    answer = "".join(event.text for event in heard(*turns) if isinstance(event, TextDelta))
    assert "It uses a timer of 25 minutes." in answer and "{" not in answer
