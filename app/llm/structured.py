"""Answers that are data: asked for by JSON Schema, checked, repaired once, or refused with a typed error."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import jsonschema
import structlog
from prometheus_client import Counter

from app.core.json import JSONValue
from app.core.shortening import without_cut_end
from app.llm.conversion import Ambiguous, Unmendable
from app.llm.interfaces import ErrorKind, Finish, FinishReason, JSONSchema, Message, ProviderError, Request, Usage
from app.llm.mending import Mend, Place, mended
from app.llm.reading import is_open, values_in, whole_part
from app.llm.registry import Completion, Models
from app.llm.relaxed_schema import RelaxedSchema, validator
from app.llm.strict import inlined, without_absent

MOST_ERRORS = 12  # told to the model at once
LONGEST_ERROR = 300
TOO_LONG = "The answer was cut at the length limit: it has to be shorter."
JSON_BEGINS = "{[`\"'"

Check = Callable[[Any], list[str]]
MENDED = Counter("coachhouse_mended_values_total", "Values of answers that code mended", ["feature", "field", "kind"])

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Structured:
    """``value`` satisfies the schema. ``usage`` is that of all ``calls`` together."""

    value: Any
    usage: Usage
    finish: Finish
    calls: int


class OutputSchema:
    """A JSON Schema made ready for any number of answers. ``checked`` is what they should satisfy, if that is less."""

    def __init__(self, schema: JSONSchema, checked: JSONSchema | None = None) -> None:
        self.schema = schema
        self.validator = validator(checked or schema)
        self.inlined = inlined(schema)
        self._enough = RelaxedSchema(inlined(checked or schema))

    def mended(self, value: JSONValue, place: Place | None = None) -> tuple[Any, list[Mend]]:
        """The value as it has to be, and what was done for that. Raises ``Unmendable`` or ``Ambiguous``."""
        place = place or Place()
        return mended(without_absent(value, self.inlined), self._enough, place), place.mends

    def errors(self, value: JSONValue) -> list[str]:
        """All that is wrong with a value, as sentences."""
        return [_sentence(error) for error in self.validator.iter_errors(value)]


def structured(
    models: Models, request: Request, output: OutputSchema | JSONSchema, check: Check | None = None, *,
    plain: Callable[[str], object] | None = None, listener: Callable[[str], None] | None = None,
) -> Structured:  # fmt: skip
    """``check`` returns what a schema can't say, as sentences that the model can act on. At most two calls.

    ``plain`` makes a value of an answer that is prose; ``listener`` hears the first answer's text as it comes.
    """
    output = output if isinstance(output, OutputSchema) else OutputSchema(output)
    reader = _Reader(request, output, check, plain)
    asked = replace(request, schema=output.schema)
    first = models.complete(asked, listener)
    value, errors = reader.read(first)
    if not errors:
        return Structured(value, first.usage, first.finish, 1)
    second = models.complete(_repair(asked, first, errors))
    usage = first.usage + second.usage
    value, errors = reader.read(second, is_last=True)
    if errors:
        finish = second.finish
        raise ProviderError(ErrorKind.INVALID, finish.provider, finish.model, detail=f"{len(errors)} errors")
    return Structured(value, usage, second.finish, 2)


class _Reader:
    """Finds the value in an answer, and what is wrong with it."""

    def __init__(
        self, request: Request, output: OutputSchema, check: Check | None, plain: Callable[[str], object] | None
    ) -> None:
        self._feature = request.caller.feature
        self._output = output
        self._check = check
        self._plain = plain

    def read(self, answer: Completion, *, is_last: bool = False) -> tuple[Any, list[str]]:
        """The value and the errors in it; the value counts only without errors."""
        if not answer.text.strip():
            return None, ["The answer is empty."]
        is_prose = self._plain is not None and answer.text.lstrip()[0] not in JSON_BEGINS
        is_cut = answer.finish.reason is FinishReason.LENGTH or (is_open(answer.text) and not is_prose)
        given = [] if is_prose and "{" not in answer.text else _values(answer.text, is_cut)
        usable = self._usable(given, Place(is_cut=is_cut, is_last=is_last))
        if len(usable) == 1:
            return self._checked(*usable[0])
        if self._plain is not None and is_prose:
            whole = without_cut_end(answer.text) if is_cut else answer.text
            return (self._plain(whole), []) if whole else (None, [TOO_LONG])
        if is_cut:
            return None, [TOO_LONG]
        return None, ["Give one answer, not several."] if usable else self._errors(given)

    def _errors(self, given: list[JSONValue]) -> list[str]:
        """Of the value that comes closest."""
        return min((self._output.errors(value) for value in given), key=len) or ["It has to be plain what is meant."]

    def _checked(self, value: Any, mends: list[Mend]) -> tuple[Any, list[str]]:
        count(self._feature, mends)
        return value, self._check(value) if self._check else []

    def _usable(self, given: list[JSONValue], place: Place) -> list[tuple[Any, list[Mend]]]:
        """The values that can be mended, each once, also what several objects come to together.

        Those that need no mending count before the others.
        """
        found: list[tuple[Any, list[Mend]]] = []
        for value in [*given, *_together(given)]:
            with suppress(Unmendable, Ambiguous):
                made, mends = self._output.mended(value, replace(place, mends=[]))
                found += [] if any(made == other for other, _ in found) else [(made, mends)]
        return [one for one in found if not one[1]] or found


def count(feature: str, mends: list[Mend]) -> None:
    """In the metrics and, by field, in the log."""
    for mend in mends:
        MENDED.labels(feature, mend.field, mend.kind).inc()
    if mends:
        log.info("answer_mended", feature=feature, fields=sorted({f"{mend.field} {mend.kind}" for mend in mends}))


def _together(given: list[JSONValue]) -> list[JSONValue]:
    """One object of several that share no name."""
    parts = [part for part in given if isinstance(part, dict)]
    whole: dict[str, JSONValue] = {name: value for part in parts for name, value in part.items()}
    return [whole] if len(parts) > 1 and len(whole) == sum(map(len, parts)) else []


def _values(text: str, is_cut: bool) -> list[JSONValue]:
    return whole_part(text) if is_cut else values_in(text)


def parsed(text: str) -> JSONValue:
    """The JSON in an answer, the last if there are several."""
    return values_in(text)[-1]


def _sentence(error: jsonschema.ValidationError) -> str:
    place = "/".join(map(str, error.absolute_path)) or "the whole answer"
    return f"{place}: {error.message}"[:LONGEST_ERROR]


def _repair(request: Request, answer: Completion, errors: list[str]) -> Request:
    listed = "\n".join(f"- {error}" for error in errors[:MOST_ERRORS])
    ask = f"Your answer does not fit the schema:\n{listed}\nGive all of it again, corrected, as JSON and nothing else."
    said = (Message("assistant", answer.text),) if answer.text.strip() else ()
    return replace(request, messages=(*request.messages, *said, Message("user", ask)))
