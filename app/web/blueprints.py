"""Blueprints whose bad input becomes our ``BadRequest``, so that each contract renders it in its own body."""

from collections.abc import Mapping
from typing import Any, NoReturn

import flask_smorest
from flask import Request
from marshmallow import Schema, ValidationError
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from app.core.errors import AppError, BadRequest

Messages = str | list[str] | list[object] | dict[str, object]
BODY = "The body"  # what a message without a field is about
NOT_JSON = "The body must be JSON, sent with Content-Type: application/json"
PLAIN = {  # marshmallow's own words, as they read behind the name of a field
    "Missing data for required field.": "is required",
    "Field may not be null.": "must not be null",
    "Invalid value.": "is not valid",
    "Not a valid string.": "must be a string",
    "Not a valid integer.": "must be an integer",
    "Not a valid number.": "must be a number",
    "Not a valid boolean.": "must be true or false",
    "Not a valid list.": "must be a list",
    "Not a valid mapping type.": "must be an object",
    "Invalid type.": "must be an object",
    "Invalid input type.": "must be an object",
}


class Parser(FlaskParser):
    """Bodies must be JSON objects; anything wrong with them is said in one sentence per field."""

    DEFAULT_VALIDATION_STATUS = 400
    refusal: type[AppError] = BadRequest

    def _raw_load_json(self, req: Request) -> object:
        """Through Flask's provider, which is strict and never runs out of stack."""
        return req.get_json() if req.is_json and req.get_data() else missing

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, *,
        error_status_code: int | None, error_headers: Mapping[str, str] | None,
    ) -> NoReturn:  # fmt: skip
        raise self.refuse(error.messages, req)

    def refuse(self, messages: Messages, req: Request) -> AppError:
        """How the contract puts it."""
        problems = [NOT_JSON] if _is_unread(req, messages) else sentences(messages)
        return self.refusal("; ".join(problems)[:2000], code="VALIDATION_ERROR", errors=problems[:50])


class Blueprint(flask_smorest.Blueprint):
    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: type[Schema] | Schema, *, location: str = "json", **kwargs: Any) -> Any:
        """A body may be left out when nothing in it is required."""
        made = schema() if isinstance(schema, type) else schema
        needed = location != "json" or (not made.partial and any(field.required for field in made.fields.values()))
        return super().arguments(schema, location=location, **{"required": needed, **kwargs})


def _is_unread(req: Request, messages: Messages) -> bool:
    """Whether what is missing may well be there, in a body that nobody has read."""
    return "json" in messages and not req.is_json and bool(req.get_data())


def sentences(messages: object, path: str = "") -> list[str]:
    """marshmallow's nested messages as ``title must be a string``, in a stable order."""
    if isinstance(messages, dict):
        return [text for key, inner in messages.items() for text in sentences(inner, _joined(path, key))]
    if isinstance(messages, list):
        return [text for inner in messages for text in sentences(inner, path)]
    text = PLAIN.get(str(messages), str(messages).rstrip("."))
    return [f"{path or BODY} {text[:1].lower()}{text[1:]}"]


def _joined(path: str, key: object) -> str:
    skipped = {"json", "query", "_schema", "form"}
    return path if key in skipped and not path else f"{path}.{key}" if path and key != "_schema" else path or str(key)
