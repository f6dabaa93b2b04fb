"""What a topic is: everything that the engine needs to know of one kind of request, in one value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

import msgspec

from app.llm.structured import OutputSchema
from app.topics.result import Result, accepted_schema, json_schema, model_schema

Body = dict[str, Any]


class Kind(StrEnum):
    SINGLE_SHOT = "single_shot"
    COACHING = "conversation_coaching"
    ENDPOINT = "single_purpose"  # has an endpoint of its own


class Kept(StrEnum):
    """Whether answers are kept for a day, and by what they are found again."""

    NOT = "not"
    BY_REQUEST = "by_request"  # what the caller sent
    BY_PROMPT = "by_prompt"  # all that the model would see


@dataclass(frozen=True, slots=True)
class Asked:
    """A parameter that the caller sends; ``most`` bounds text, or the JSON of a list or object, in characters."""

    name: str
    type: str = "string"
    required: bool = False
    description: str = ""
    most: int = 10_000


def as_is(data: Body, _values: Mapping[str, Any]) -> Body:
    return data


@dataclass(frozen=True)
class Topic:
    """``needs`` are the parameters that the prompt can't do without, ``likes`` those that it takes if they are there.

    ``settle`` puts the server's own truth into an answer; ``check`` says what a schema can't.
    """

    id: str
    name: str
    category: str
    description: str
    result: type[Result]
    example: Body
    asks: tuple[Asked, ...] = ()
    needs: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    settle: Callable[[Body, Mapping[str, Any]], Body] = as_is
    check: Callable[[Body, Mapping[str, Any]], list[str]] | None = None
    kind: Kind = Kind.SINGLE_SHOT
    temperature: float = 0.7
    max_tokens: int = 3000
    estimated_ms: int = 30_000
    active: bool = True
    kept: Kept = Kept.NOT
    prompts: tuple[str, ...] = field(default=("system", "user"))

    @property
    def schema_ref(self) -> str:
        return self.result.__name__

    @cached_property
    def required(self) -> list[str]:
        return [asked.name for asked in self.asks if asked.required]

    @cached_property
    def public_schema(self) -> Body:
        """What ``GET /ai/schemas/{name}`` shows."""
        return json_schema(self.result)

    @cached_property
    def shown(self) -> str:
        """The example as a model would give it."""
        names = self.output_schema.schema["properties"]
        asked = {name: value for name, value in self.example.items() if name in names}
        return msgspec.json.format(msgspec.json.encode(asked)).decode()

    @cached_property
    def output_schema(self) -> OutputSchema:
        """What the model is asked for: the result without what the server fills in."""
        return OutputSchema(model_schema(self.result), accepted_schema(self.result))

    def settled(self, answer: Body, values: Mapping[str, Any]) -> Body:
        """The result: what the model was asked for, and the server's own."""
        asked = self.output_schema.schema["properties"]
        return self.settle({name: value for name, value in answer.items() if name in asked}, values)
