"""Every topic is complete: schema, prompts, example, and a place in the lists."""

import json
from typing import Any

import jsonschema
import pytest

from app.llm.strict import inlined
from app.topics import prompting
from app.topics.catalog import RESULTS, TOPICS
from app.topics.parameters import PARAMETERS
from app.topics.topic import FOLDER, Kind
from tests.conftest import Caller
from tests.topics.conftest import REQUESTS, SINGLE

NAMED_BY_THE_CONTRACT = {
    "vision", "purpose", "icas", "core_values", "pillars", "industry", "business_type", "business_stage",
    "strategy", "strategy_name", "strategy_description", "strategy_alignment_score", "strategies",
    "goal", "goal_name", "goal_description", "goal_status", "goal_progress", "goal_due_date", "goals", "goals_count",
    "measure", "measure_name", "measure_description", "measure_unit", "measure_direction", "measure_type",
    "measure_current_value", "measures", "measures_count", "measures_summary",
    "action", "action_title", "action_description", "action_status", "action_priority", "action_due_date", "actions",
    "issue", "issue_title", "issue_description", "issue_status", "issue_priority", "issues",
    "people", "person", "departments", "positions",
    "website_content", "website_title", "conversation_history",
}  # fmt: skip


def test_every_single_shot_topic_has_a_request_in_these_tests() -> None:
    assert set(SINGLE) - {"website_scan"} == set(REQUESTS)


def test_a_topic_is_a_row_with_its_schema_and_a_folder_of_prompts_and_an_example() -> None:
    folders = {folder.name: {file.stem for file in folder.iterdir()} for folder in FOLDER.glob("*/")}
    assert folders == {topic.id: {*topic.prompts, "example"} for topic in TOPICS.values()}
    assert {topic.result for topic in TOPICS.values()} == set(RESULTS.values())


@pytest.mark.parametrize("topic_id", TOPICS)
def test_a_topics_example_fits_its_schema(topic_id: str) -> None:
    topic = TOPICS[topic_id]
    jsonschema.Draft202012Validator.check_schema(topic.public_schema)
    jsonschema.Draft202012Validator(topic.public_schema).validate(topic.example)
    assert topic.description and topic.name and topic.estimated_ms > 0


@pytest.mark.parametrize("topic_id", TOPICS)
def test_a_models_schema_is_closed_and_can_be_inlined(topic_id: str) -> None:
    schema = TOPICS[topic_id].output_schema.schema
    assert "$ref" not in json.dumps(inlined(schema))
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("topic_id", SINGLE)
def test_a_topics_prompts_use_only_known_names_and_all_that_it_needs(topic_id: str) -> None:
    topic = TOPICS[topic_id]
    used = set().union(
        *(prompting.compile_prompt(prompting.builtin_prompt(topic_id, kind))[1] for kind in topic.prompts)
    )
    assert used <= set(PARAMETERS) | prompting.parameter_names(topic)
    assert {*topic.required_context, *topic.optional_context} | prompting.parameter_names(topic) - {
        "goal_id",
        "issue_id",
    } <= used


@pytest.mark.parametrize("topic_id", SINGLE)
def test_data_is_never_in_the_system_prompt(topic_id: str) -> None:
    names = prompting.compile_prompt(prompting.builtin_prompt(topic_id, "system"))[1]
    assert names <= {"today"}


def test_every_name_of_the_contracts_reference_is_known() -> None:
    assert set(PARAMETERS) >= NAMED_BY_THE_CONTRACT


def test_the_active_single_shot_topics_are_listed_for_anybody(anonymous: Caller) -> None:
    rows = anonymous.get("/ai/topics").json
    assert sorted(row["topic_id"] for row in rows) == SINGLE
    [review] = [row for row in rows if row["topic_id"] == "niche_review"]
    expected = {"name": "current_value", "type": "string", "required": True}
    assert review["response_model"] == "OnboardingReviewResponse"
    assert {key: review["parameters"][0][key] for key in expected} == expected
    assert review["description"] == "Review and suggest variations for business niche"


def test_the_coaching_topics_are_listed_on_request(anonymous: Caller) -> None:
    rows = anonymous.get("/ai/topics?kind=all").json
    kinds = {row["topic_id"]: row["kind"] for row in rows}
    assert {name for name, kind in kinds.items() if kind == Kind.COACHING} == {"core_values", "purpose", "vision"}
    names = {row["topic_id"]: (row["name"], row["category"]) for row in rows}
    assert names["vision"] == ("Vision Crafting", "onboarding")


def test_schemas_are_listed_and_self_contained(anonymous: Caller) -> None:
    names: Any = anonymous.get("/ai/schemas").json
    assert set(names) == set(RESULTS)
    for name in names:
        schema = anonymous.get(f"/ai/schemas/{name}").json
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        jsonschema.Draft202012Validator.check_schema(schema)
        refs = json.dumps(schema).split('"$ref": "')[1:]
        assert all(ref.startswith("#/$defs/") for ref in refs)


def test_the_suggestions_of_a_review_are_exactly_three(anonymous: Caller) -> None:
    schema = anonymous.get("/ai/schemas/OnboardingReviewResponse").json
    assert (schema["properties"]["suggestions"]["minItems"], schema["properties"]["suggestions"]["maxItems"]) == (3, 3)


def test_an_unknown_schema_is_said_to_be(anonymous: Caller) -> None:
    answer = anonymous.get("/ai/schemas/Nonsense")
    assert (answer.status_code, answer.json["detail"]) == (404, "Schema not found: Nonsense")
