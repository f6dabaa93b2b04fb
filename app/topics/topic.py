"""What a topic is: all that the engine needs to know of one kind of request, in one value; and what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import msgspec

from app.care.safety import UNHARMED, Safety
from app.core.json import JSONObject, as_object
from app.llm.interfaces import JSONSchema
from app.llm.structured import OutputSchema
from app.topics.result import Result, accepted_schema, json_schema, model_schema

Finish = Callable[[JSONObject, JSONObject], JSONObject]  # of an answer and the prompt's values
Check = Callable[[JSONObject, JSONObject], list[str]]

FOLDER = Path(__file__).with_name("prompts")  # of each topic: its prompts, and an example of its result
OLD_SUFFIX = "_coaching"  # of a coaching topic's id, as the older contract spells it


class Kind(StrEnum):
    SINGLE_SHOT = "single_shot"
    COACHING = "conversation_coaching"
    ENDPOINT = "single_purpose"  # has an endpoint of its own


class CachePolicy(StrEnum):
    """Whether answers are kept for a day, and by what they are found again."""

    NONE = "none"
    BY_REQUEST = "by_request"  # what the caller sent
    BY_PROMPT = "by_prompt"  # all that the model would see


@dataclass(frozen=True, slots=True)
class Input:
    """A value that the caller sends; ``max_length`` bounds text, or the JSON of a list or object, in characters."""

    name: str
    description: str = ""
    type: str = "string"
    required: bool = False
    max_length: int = 10_000


@dataclass(frozen=True)
class Topic:
    """``required_context`` names what the prompt can't do without, ``optional_context`` what it takes if it is there.

    ``finish`` puts the server's own facts into an answer; ``check`` says what a schema can't.
    """

    id: str
    name: str
    category: str
    description: str
    result: type[Result]
    inputs: tuple[Input, ...] = ()
    required_context: tuple[str, ...] = ()
    optional_context: tuple[str, ...] = ()
    finish: Finish = lambda answer, _values: answer
    check: Check | None = None
    kind: Kind = Kind.SINGLE_SHOT
    temperature: float = 0.7
    max_tokens: int = 3000
    estimated_ms: int = 30_000
    active: bool = True
    cache: CachePolicy = CachePolicy.NONE
    prompts: tuple[str, ...] = field(default=("system", "user"))

    @property
    def schema_ref(self) -> str:
        return self.result.__name__

    @cached_property
    def required_inputs(self) -> list[str]:
        return [field.name for field in self.inputs if field.required]

    @cached_property
    def public_schema(self) -> JSONSchema:
        """What ``GET /ai/schemas/{name}`` shows."""
        return json_schema(self.result)

    @cached_property
    def output_schema(self) -> OutputSchema:
        """What the model is asked for: the result without what the server fills in."""
        return OutputSchema(model_schema(self.result), accepted_schema(self.result))

    @cached_property
    def example(self) -> JSONObject:
        return as_object(msgspec.json.decode((FOLDER / self.id / "example.json").read_bytes()))

    @cached_property
    def example_text(self) -> str:
        return msgspec.json.format(msgspec.json.encode(self._of_the_model(self.example))).decode()

    def result_of(self, answer: JSONObject, values: JSONObject) -> JSONObject:
        """What the model was asked for, and the server's own."""
        return self.finish(self._of_the_model(answer), values)

    def _of_the_model(self, result: JSONObject) -> JSONObject:
        fields = self.output_schema.schema["properties"]
        return {name: value for name, value in result.items() if name in fields}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call. ``ms`` is the whole time, ``missing`` what the prompt had to do without.

    ``cost`` is in US dollars, None where it is not known; ``safety`` is what care found in the caller's words.
    """

    data: JSONObject
    model: str
    tokens: int
    finish: str
    ms: int
    missing: list[str] = field(default_factory=list)
    safety: Safety = UNHARMED
    cost: float | None = None

    @property
    def metadata(self) -> JSONObject:
        return {
            "model": self.model,
            "tokens_used": self.tokens,
            "cost_usd": self.cost,
            "processing_time_ms": self.ms,
            "finish_reason": self.finish,
            "missing": self.missing,
            "safety": self.safety.wire(),
            **self.safety.fields(),
        }
