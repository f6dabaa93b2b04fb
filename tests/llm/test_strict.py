"""Schemas for the vendors' strict modes."""

from typing import Any

import pytest

from app.llm.strict import NotStrict, inlined, strict, without_absent


def an_object(required: list[str] | None = None, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required or list(properties)}


TEXT = {"type": "string"}
TREE = {"$ref": "#/$defs/node", "$defs": {"node": an_object(next={"$ref": "#/$defs/node"})}}


def test_objects_are_closed_at_every_depth() -> None:
    schema = strict(an_object(steps={"type": "array", "items": an_object(text=TEXT)}))
    assert schema["additionalProperties"] is False
    assert schema["properties"]["steps"]["items"]["additionalProperties"] is False


def test_what_was_optional_may_be_null() -> None:
    schema = strict(an_object(["a"], a=TEXT, b=TEXT, c={"type": ["string", "null"]}))
    assert schema["required"] == ["a", "b", "c"]
    assert schema["properties"]["a"] == TEXT
    assert schema["properties"]["b"] == {"anyOf": [TEXT, {"type": "null"}]}
    assert schema["properties"]["c"] == {"type": ["string", "null"]}


def test_limits_that_strict_modes_do_not_know_become_words() -> None:
    schema = strict(an_object(a={**TEXT, "description": "A name.", "maxLength": 9, "default": "x"}))
    assert schema["properties"]["a"] == {**TEXT, "description": "A name. (maxLength: 9)"}


@pytest.mark.parametrize(
    "known",
    [
        {"type": "array", "items": TEXT, "minItems": 3, "maxItems": 5}, {**TEXT, "enum": ["a", "b"]},
        {"type": "integer", "minimum": 0, "maximum": 100}, {**TEXT, "format": "date", "pattern": "^[0-9-]+$"},
        {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.5},
    ],
)  # fmt: skip
def test_limits_that_strict_modes_know_are_sent(known: dict[str, Any]) -> None:
    assert strict(an_object(a=known))["properties"]["a"] == known


def test_formats_and_patterns_that_strict_modes_refuse_become_words() -> None:
    schema = strict(an_object(a={**TEXT, "format": "uri"}, b={**TEXT, "pattern": "^(?!x)"}))
    assert schema["properties"]["a"] == {**TEXT, "description": '(format: "uri")'}
    assert schema["properties"]["b"] == {**TEXT, "description": '(pattern: "^(?!x)")'}


def test_a_property_may_be_called_like_a_keyword() -> None:
    schema = strict(an_object(format=TEXT, title=TEXT, default=TEXT, properties=TEXT))
    assert set(schema["properties"]) == {"format", "title", "default", "properties"}


def test_references_are_inlined() -> None:
    step = an_object(text=TEXT)
    schema = {**an_object(first={"$ref": "#/$defs/step", "description": "one"}), "$defs": {"step": step}}
    assert inlined(schema) == an_object(first={**step, "description": "one"})


@pytest.mark.parametrize(
    "schema",
    [
        TREE,
        {"type": "object", "additionalProperties": TEXT},
        {"type": "object"},
        an_object(a={"type": "object", "patternProperties": {"x": TEXT}}),
        an_object(a={"allOf": [TEXT]}),
    ],
)
def test_some_schemas_have_no_strict_form(schema: dict[str, Any]) -> None:
    with pytest.raises(NotStrict):
        strict(schema)


def test_the_schema_itself_is_left_alone() -> None:
    schema = an_object(["a"], a={**TEXT, "minLength": 1}, b=TEXT)
    before = repr(schema)
    strict(schema)
    assert repr(schema) == before


def test_nulls_for_absent_values_are_taken_out() -> None:
    schema = an_object(
        ["a"], a={"type": ["string", "null"]}, b=TEXT, c={"type": "array", "items": an_object(["x"], x=TEXT, y=TEXT)}
    )
    value = {"a": None, "b": None, "c": [{"x": "1", "y": None}], "d": None}
    assert without_absent(value, schema) == {"a": None, "c": [{"x": "1"}], "d": None}
