"""What code mends in an answer, what it leaves out, and what it asks about again."""

import json
from typing import Any

import pytest
from prometheus_client import REGISTRY
from structlog.testing import CapturingLogger

from app.llm.choices import known_id
from app.llm.interfaces import FinishReason
from app.llm.json_schema import array, closed_object, text
from app.llm.structured import OutputSchema
from tests.llm.scripted import NO_ANSWER, read

SCORE = {"type": "integer", "minimum": 0, "maximum": 100}
TENTH = {"type": "number", "minimum": 0, "maximum": 10}
SHARE = {"type": "number", "minimum": 0, "maximum": 1}
MONEY = {"type": "integer", "minimum": 0, "maximum": 1_000_000}
HOURS = {"type": "integer", "minimum": 1, "maximum": 10_000, "description": "hours"}
DAY = {"type": "string", "format": "date"}
DEGREE = {"type": "string", "enum": ["low", "medium", "high"]}
VERDICT = {"type": "string", "enum": ["GO", "MAYBE", "NO GO"]}
PRIORITY = {"type": "string", "enum": ["low", "medium", "high", "critical"]}
MOVE = {"type": "string", "enum": ["escalate", "maintain", "de-prioritize"]}
TREND = {"type": "string", "enum": ["up", "down", "maintain"]}
AREA = {"type": "string", "enum": ["health", "career", "other"]}


def only(schema: dict[str, Any], value: Any) -> tuple[Any, int]:
    """What comes of a value where this schema stands, and in how many calls."""
    found, calls = read(json.dumps({"it": value}), OutputSchema(closed_object(it=schema)))
    return (found if found is NO_ANSWER else found["it"]), calls


@pytest.mark.parametrize(
    ("schema", "said", "meant"),
    [
        (SCORE, "85", 85), (SCORE, "85%", 85), (SCORE, "8/10", 80), (SCORE, "85 out of 100", 85), (SCORE, 84.6, 85),
        (SCORE, 104, 100), (SCORE, 150, 100), (SCORE, -5, 0), (SCORE, "about 70 points", 70),
        (TENTH, "7", 7), (TENTH, "7/10", 7), (TENTH, "75%", 7.5), (TENTH, 11, 10),
        (SHARE, "85%", 0.85), (SHARE, "4/5", 0.8), (SHARE, 1.05, 1), (SHARE, "0,8", 0.8),
        (MONEY, "1,200", 1200), (MONEY, "$1.2k", 1200), (MONEY, "1 200", 1200), (MONEY, "€ 500", 500),
        (HOURS, "40 hours", 40), ({"type": "number"}, "12.5%", 12.5),
        (DEGREE, "High", "high"), (DEGREE, " MEDIUM.", "medium"), (DEGREE, "moderate", "medium"),
        (DEGREE, "med", "medium"),
        (DEGREE, "high impact", "high"), (DEGREE, "hihg", "high"), (DEGREE, "critical", "high"),
        (PRIORITY, "urgent", "critical"), (MOVE, "deprioritise", "de-prioritize"),
        (VERDICT, "no-go", "NO GO"), (VERDICT, "Go!", "GO"),
        (AREA, "Careers", "career"), (AREA, "gardening", "other"),
        (DAY, "2026-6-5", "2026-06-05"), (DAY, "Friday, June 5th, 2026", "2026-06-05"),
        (DAY, "2026-06-05T10:00Z", "2026-06-05"), (DAY, "2026-06-05 (Friday)", "2026-06-05"),
        (SCORE, [85], 85), (SCORE, {"value": 85}, 85), (SCORE, "Score: 85", 85),
        (DEGREE, ["high"], "high"), (DEGREE, "moderate effort", "medium"), (TREND, "lower is better", "down"),
        (array(text(9), 3), [["one", "two"]], ["one", "two"]),
        (array(text(9), 3), {"step 1": "a", "step 2": "b"}, ["a", "b"]),
        ({"type": "boolean"}, "Yes", True), ({"type": "boolean"}, 0, False), (text(20), 3, "3"),
        (text(20), ["One.", "Two."], "One. Two."), (text(20), {"text": "One."}, "One."),
        (array(text(9), 3), "one", ["one"]), (array(text(9), 3), "one, two", ["one", "two"]),
        (array(text(9), 3), "- one\n- two three", ["one", "two three"]), (array(text(9), 3), '["a", "b"]', ["a", "b"]),
        (array(text(9), 3, 0), None, []), (array(text(9), 3, 0), "None", []), (text(9, 0), None, ""),
        (array(text(9), 3, 3), ["a", "b", "c", "d"], ["a", "b", "c"]), (array(text(9), 5, 3), ["a", "b"], ["a", "b"]),
        (array(text(9), 3) | {"uniqueItems": True}, ["a", "a", "b"], ["a", "b"]),
        (array(DEGREE, 3), ["high", "unheard of"], ["high"]), (array(text(9), 3), ["a", None, ""], ["a"]),
    ],
)  # fmt: skip
def test_what_is_plainly_meant_is_mended(schema: dict[str, Any], said: Any, meant: Any) -> None:
    assert only(schema, said) == (meant, 1)


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (SCORE, 0.8), (SCORE, "0.8"), (SCORE, 8.5), (SCORE, 850), (SCORE, -60), (SCORE, "70 to 80"),
        (SCORE, "high"), (SCORE, None),
        (TENTH, 85), (SHARE, 85), (SHARE, "8"), (MONEY, "1.200"), (MONEY, -3), (HOURS, "5 days"), (HOURS, 0),
        (DEGREE, "medium-high"), (DEGREE, "not high"), (DEGREE, "moderate to major"), (DEGREE, ""), (DEGREE, None),
        (VERDICT, "No-go, or maybe"), (VERDICT, "yes"), (VERDICT, "conditional go"),
        (MOVE, "de-escalate"), (MOVE, "deescalate"), (MOVE, "prioritize"), (MOVE, "reprioritize"),
        (DAY, "06/05/2026"), (DAY, "2026-02-30"), (DAY, "soon"),
        ({"type": "boolean"}, "perhaps"), (text(20), None), (text(20), {"type": "string"}), (text(20), True),
        (text(20), "https://example.org/a/long/address"), (text(50, 20), "Short."), (array(text(9), 3), []),
        (array(text(9), 3, 3), ["a", "b"]), (array(DEGREE, 3), ["unheard of"]),
        (array(closed_object(score=SCORE), 3), [{"score": 80}, {"score": 0.7}]),
    ],
)  # fmt: skip
def test_what_could_be_anything_costs_the_second_call(schema: dict[str, Any], said: Any) -> None:
    assert only(schema, said)[1] == 2


def test_what_is_still_ambiguous_is_left_out_of_a_list() -> None:
    rows = array(closed_object(score=SCORE), 3)
    assert only(rows, [{"score": 80}, {"score": 0.7}]) == ([{"score": 80}], 2)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("It rains. It pours. It never ends", "It rains. It pours."),
        ("Such a long sentence without an end", "Such a long sentence…"),
        ("雨が降っています。とても強く降っています。いつまでも", "雨が降っています。とても強く降っています。"),
        ("🙂" * 26, "🙂" * 25), ("👩‍👩‍👧" * 6, "👩‍👩‍👧" * 5),
        ("It is 3.5 e.g. and more than that", "It is 3.5 e.g. and more…"),
    ],
)  # fmt: skip
def test_a_long_text_is_cut_at_a_sentence_or_a_word_and_never_in_a_character(said: str, kept: str) -> None:
    assert only(text(25), said) == (kept, 1)


PERSON = OutputSchema(closed_object(fullName=text(40), strengths=array(text(40), 3), next_step=text(40)))
ANA = {"fullName": "Ana", "strengths": ["calm"], "next_step": "Rest."}


@pytest.mark.parametrize(
    "said",
    [
        {"answer": [ANA]}, {"full_name": "Ana", "Strengths": ["calm"], "next-step": "Rest."}, {"person": ANA}, [ANA],
        ANA | {"mood": "good"}, {"type": "object", "properties": ANA},
        {"fullName": "Ana", "strenghts": ["calm"], "nextStep": "Rest."},
    ],
)  # fmt: skip
def test_names_and_wrappings(said: Any) -> None:
    assert read(json.dumps(said), PERSON) == (ANA, 1)


def test_a_bare_list_stands_for_the_only_one() -> None:
    assert read('["calm", "kind"]', OutputSchema(closed_object(strengths=array(text(9), 3)))) == (
        {"strengths": ["calm", "kind"]}, 1,
    )  # fmt: skip


def test_an_answer_in_parts_is_put_together() -> None:
    assert read('{"fullName": "Ana", "strengths": ["calm"]}\n\n{"next_step": "Rest."}', PERSON) == (ANA, 1)


def test_what_is_optional_may_be_missing_and_is_left_out_when_broken() -> None:
    schema = closed_object(name=text(9), cost=MONEY) | {"required": ["name"]}
    for said in ({"name": "a"}, {"name": "a", "cost": None}, {"name": "a", "cost": "a lot"}):
        assert read(json.dumps(said), OutputSchema(schema)) == ({"name": "a"}, 1)


def test_an_object_of_which_nothing_was_said_may_be_empty_but_no_fact_is_invented() -> None:
    proof = closed_object(clients=array(text(9), 3, 0), tagline=text(9, 0))
    assert read('{"name": "a"}', OutputSchema(closed_object(name=text(9), proof=proof))) == (
        {"name": "a", "proof": {"clients": [], "tagline": ""}}, 1,
    )  # fmt: skip
    assert read('{"name": "a"}', OutputSchema(closed_object(name=text(9), score=SCORE))) == (NO_ANSWER, 2)


@pytest.mark.parametrize(
    ("said", "calls"),
    [
        ('{"name": "Ana"} {"name": "Ana"}', 1), ('{"name": "Ana"}\n{"mood": "good"}', 1),
        ('{"name": "Ana"}\n{"name": "Bo"}', 2), ('{"name": NaN}', 2), ('{"name": "Ana", "x": NaN}', 1),
        ('{"name": "Ana" and some {"thing": "else"', 2),
    ],
)  # fmt: skip
def test_of_several_answers_one_has_to_be_plain(said: str, calls: int) -> None:
    value, asked = read(said, OutputSchema(closed_object(name=text(9))))
    assert (value, asked) == ({"name": "Ana"} if calls == 1 else NO_ANSWER, calls)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ('{"fullName": "Ana", "next_step": "Rest.", "strengths": ["calm", "ki', ["calm"]),
        ('{"fullName": "Ana", "next_step": "Rest.", "strengths": ["calm"', ["calm"]),
        ('{"fullName": "Ana", "next_step": "Rest.", "strengths": ["calm", "Kind. Ver', ["calm", "Kind."]),
        ('{"fullName": "Ana", "strengths": ["calm"], "next_step": "Rest. Then wa', ["calm"]),
        ('{"fullName": "Ana", "next_step": "Rest.", "strengths": ["can wait for a very lo', ["can wait for a very…"]),
        ('```json\n{"fullName": "Ana", "strengths": ["calm"], "next_step": "Rest."', ["calm"]),
    ],
)  # fmt: skip
def test_a_cut_answer_is_kept_as_far_as_it_is_whole(said: str, kept: list[str]) -> None:
    assert read(said, PERSON, FinishReason.LENGTH) == (ANA | {"strengths": kept}, 1)


@pytest.mark.parametrize(
    "said",
    [
        '{"fullName": "Ana", "strengths": ["calm"], "next_step": "Rest and th',
        '{"fullName": "Ana", "strengths": ["calm"], "ne',
        '{"fullName": "Ana", "strengths": [', "{", "Ana is",
        '{"fullName": "Ana", "next_step": "Rest.", "strengths": ["ca',
    ],
)  # fmt: skip
def test_a_cut_answer_without_what_is_required_costs_the_second_call(said: str) -> None:
    assert read(said, PERSON, FinishReason.LENGTH) == (NO_ANSWER, 2)


def test_an_answer_that_ends_within_a_text_was_cut_whatever_the_vendor_says() -> None:
    assert read('{"fullName": "Ana", "strengths": ["calm"], "next_step": "Rest. Then wa', PERSON) == (ANA, 1)
    assert read('{"fullName": "Ana", "strengths": ["calm"], "next_step": "Rest wh', PERSON) == (NO_ANSWER, 2)
    assert read("{'fullName': 'Ana', 'strengths': ['calm'], 'next_step': 'Rest wh", PERSON) == (NO_ANSWER, 2)


def test_nothing_is_filled_in_where_an_answer_was_cut() -> None:
    schema = OutputSchema(closed_object(name=text(9), risks=array(text(9), 3, 0)))
    assert read('{"name": "Ana"', schema)[1] == 1
    assert read('{"name": "Ana"', schema, FinishReason.LENGTH)[1] == 2


def test_a_number_at_the_cut_is_not_trusted() -> None:
    schema = OutputSchema(closed_object(name=text(9), score=SCORE))
    assert read('{"name": "Ana", "score": 8', schema, FinishReason.LENGTH) == (NO_ANSWER, 2)
    assert read('{"name": "Ana", "score": 8}', schema, FinishReason.LENGTH) == ({"name": "Ana", "score": 8}, 1)


def test_what_was_mended_is_counted_by_feature_and_field_and_logged_without_a_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.llm.structured.log", logger := CapturingLogger())
    labels = {"feature": "topics.swot", "field": "strengths[]", "kind": "shortened"}
    before = REGISTRY.get_sample_value("coachhouse_mended_values_total", labels) or 0
    read(json.dumps(ANA | {"strengths": ["secret word " * 9]}), PERSON, feature="topics.swot")
    assert REGISTRY.get_sample_value("coachhouse_mended_values_total", labels) == before + 1
    [entry] = logger.calls
    assert entry.args == ("answer_mended",)
    assert entry.kwargs == {"feature": "topics.swot", "fields": ["strengths[] shortened"]}


@pytest.mark.parametrize(
    ("said", "ids", "meant"),
    [
        ("goal-1", ["goal-1", "goal-2"], "goal-1"), ("Goal 1", ["goal-1", "goal-2"], "goal-1"),
        ("goal_01: Run a 5K", ["goal_01", "goal_02"], "goal_01"), ("[g1]", ["g1", "g11"], "g1"),
        ("0192ab34-77", ["0192ab34-7711", "0192ff"], "0192ab34-7711"), ("goal-3", ["goal-1", "goal-2"], None),
        ("g1 or g2", ["g1", "g2"], None), ("0192ab34", ["0192ab34-1", "0192ab34-2"], None), ("", ["g1"], None),
        ("Priority 1 of all tasks", ["1", "2"], None), ("id 1", ["1", "2"], "1"),
    ],
)  # fmt: skip
def test_an_id_is_one_that_is_known_or_none(said: str, ids: list[str], meant: str | None) -> None:
    assert known_id(said, ids) == meant
