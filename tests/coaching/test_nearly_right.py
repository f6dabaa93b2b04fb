"""Coaching answers that are nearly right: they need no second call."""

from typing import Any

import jsonschema
import pytest

from app.topics.catalog import TOPICS
from tests.coaching.conftest import reply, say
from tests.conftest import Caller
from tests.double.client import Double

RESULT = TOPICS["core_values"].example


@pytest.mark.parametrize(
    "slip",
    [
        {"values": {"items": RESULT["values"]}}, {"values": RESULT["values"] * 4}, {"Summary": RESULT["summary"]},
        {"summary": RESULT["summary"] + " It is so." * 100}, {"notes": "none"}, {"summary": [RESULT["summary"]]},
        {"values": [*RESULT["values"], {"name": "Half a value"}]},
    ],
)  # fmt: skip
def test_a_result_that_is_nearly_right_needs_no_second_call(
    owner: Caller, double: Double, session_id: str, slip: dict[str, Any]
) -> None:
    said = {name: value for name, value in RESULT.items() if name.title() not in slip} | slip
    double.script(reply("That is it.", is_final="true", result=said))
    body = say(owner, session_id).json
    assert (body["status"], len(double.requests())) == ("completed", 2)
    typed = {key: body["result"][key] for key in RESULT}
    jsonschema.Draft202012Validator(TOPICS["core_values"].public_schema).validate(typed)
    assert typed["summary"].startswith(RESULT["summary"]) and typed["values"][0] == RESULT["values"][0]


def test_an_answer_without_is_final_goes_on(owner: Caller, double: Double, session_id: str) -> None:
    double.script({"json": {"message": "What else?"}})
    body = say(owner, session_id).json
    assert (body["coach_message"], body["is_final"], len(double.requests())) == ("What else?", False, 2)
