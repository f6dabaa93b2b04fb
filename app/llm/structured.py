"""Answers that are data: asked for by JSON Schema, checked, repaired once, or refused with a typed error."""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import json_repair
import jsonschema
import msgspec

from app.core.json import JSONValue
from app.llm.interfaces import ErrorKind, Finish, FinishReason, JSONSchema, Message, ProviderError, Request, Usage
from app.llm.registry import Completion, Models
from app.llm.strict import NotStrict, inlined, without_absent

MOST_ERRORS = 12  # told to the model at once
LONGEST_ERROR = 300
JSON_BEGINS = "{[`\"'"

Check = Callable[[Any], list[str]]

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # the escape, and no text that looks like it
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)\n?\s*```", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Structured:
    """``value`` satisfies the schema. ``usage`` is that of all ``calls`` together."""

    value: Any
    usage: Usage
    finish: Finish
    calls: int


class OutputSchema:
    """A JSON Schema made ready for any number of answers. ``checked`` is what they must satisfy, if that is less."""

    def __init__(self, schema: JSONSchema, checked: JSONSchema | None = None) -> None:
        self.schema = schema
        wanted = checked or schema
        self.validator = jsonschema.validators.validator_for(wanted, jsonschema.Draft202012Validator)(wanted)
        self.resolved = schema
        with suppress(NotStrict):
            self.resolved = inlined(schema)


def structured(
    models: Models, request: Request, output: OutputSchema | JSONSchema, check: Check | None = None, *,
    plain: Callable[[str], object] | None = None, listener: Callable[[str], None] | None = None,
) -> Structured:  # fmt: skip
    """``check`` returns what a schema can't say, as sentences that the model can act on. At most two calls.

    ``plain`` makes a value of an answer that is prose; ``listener`` hears the first answer's text as it comes.
    """
    output = output if isinstance(output, OutputSchema) else OutputSchema(output)
    reader = _Reader(output, check, plain)
    asked = replace(request, schema=output.schema)
    first = models.complete(asked, listener)
    value, errors = reader.read(first)
    if not errors:
        return Structured(value, first.usage, first.finish, 1)
    second = models.complete(_repair(asked, first, errors))
    usage = _sum(first.usage, second.usage)
    value, errors = reader.read(second)
    if errors:
        finish = second.finish
        raise ProviderError(ErrorKind.INVALID, finish.provider, finish.model, detail=f"{len(errors)} errors")
    return Structured(value, usage, second.finish, 2)


class _Reader:
    """Finds the value in an answer, and what is wrong with it."""

    def __init__(self, output: OutputSchema, check: Check | None, plain: Callable[[str], object] | None = None) -> None:
        self._check = check
        self._plain = plain
        self._validator = output.validator
        self._schema = output.resolved

    def read(self, answer: Completion) -> tuple[object, list[str]]:
        """The value and the errors in it; the value counts only without errors."""
        if not answer.text.strip():
            return None, ["The answer is empty."]
        if answer.finish.reason is FinishReason.LENGTH:  # mending would make a fragment look whole
            return None, ["The answer was cut at the length limit: it has to be shorter."]
        if self._plain is not None and answer.text.lstrip()[0] not in JSON_BEGINS:
            return self._plain(answer.text), []
        value = without_absent(parsed(answer.text), self._schema)
        errors = [_sentence(error) for error in self._validator.iter_errors(value)]
        if not errors and self._check is not None:
            errors = self._check(value)
        return value, errors


def parsed(text: str) -> JSONValue:
    """The JSON in an answer, taken out of fences and mended where that can be done, without NUL."""
    text = _NUL.sub(r"\1", text)
    try:
        value: JSONValue = msgspec.json.decode(text)
    except msgspec.DecodeError:
        fenced = _FENCED.search(text)
        value = json_repair.loads(fenced.group(1) if fenced else text)
    return value


def _sentence(error: jsonschema.ValidationError) -> str:
    place = "/".join(map(str, error.absolute_path)) or "the whole answer"
    return f"{place}: {error.message}"[:LONGEST_ERROR]


def _repair(request: Request, answer: Completion, errors: list[str]) -> Request:
    listed = "\n".join(f"- {error}" for error in errors[:MOST_ERRORS])
    ask = f"Your answer does not fit the schema:\n{listed}\nGive all of it again, corrected, as JSON and nothing else."
    said = (Message("assistant", answer.text),) if answer.text.strip() else ()
    return replace(request, messages=(*request.messages, *said, Message("user", ask)))


def _sum(first: Usage, second: Usage) -> Usage:
    return Usage(
        first.input_tokens + second.input_tokens,
        first.output_tokens + second.output_tokens,
        first.estimated or second.estimated,
    )
