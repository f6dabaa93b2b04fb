"""The OpenAPI document and its two readers, all served from here."""

from typing import Any

from apispec import APISpec, BasePlugin
from apispec.ext.marshmallow import MarshmallowPlugin
from flask_smorest import Api
from marshmallow.fields import Field

from app.auth.principals import Role, Scope
from app.auth.roles import RESOURCES
from app.web.errors import rendering
from app.web.schemas import Choice, Text

CONFIG: dict[str, object] = {
    "API_TITLE": "Coachhouse",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/schema",
    "OPENAPI_JSON_PATH": "",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "One self-hosted backend for AI coaching products. What has no prefix here (`/ai`, "
            "`/workspace`, `/coaching`, …) answers under `/api/v1` and `/coaching/api/v1` too. WebSockets (`/ws`, "
            "`/ws/chat/`) are in docs/api.md.",
            "license": {"name": "MIT", "identifier": "MIT"},
        }
    },
}

SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's token: `user_id` or `sub`, `tenant_id`, `role`, `exp`. Operations name in `x-roles` "
        f"who may call them, of {', '.join(Role)}. The cookie of `POST /auth/sign-in` does as well; what changes "
        "something then needs `X-CSRF-Token`.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A machine's key, of one tenant, good from some places and for some scopes. Operations name the "
        f"scope that they need in `x-scope`, of {', '.join(Scope)}.",
    },
}


class Names:
    """A schema's name in the document: its class's, with its package's in front where two classes are called alike."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def __call__(self, schema: object) -> str:
        made = schema if isinstance(schema, type) else type(schema)
        place = f"{made.__module__}.{made.__qualname__}"
        if self._taken.setdefault(made.__name__, place) == place:
            return made.__name__
        return f"{made.__module__.split('.')[1].capitalize()}{made.__name__}"


class Operations(BasePlugin):
    """An id for each, the roles that may call it, and in its contract's form what flask-smorest says of failures that
    a view does not declare."""

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **_: object) -> None:
        content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{rendering(path or '')[1]}"}}}
        for method, operation in (operations or {}).items():
            operation["operationId"] = f"{method}_{_slug(path or '')}"
            if resource := RESOURCES.get(operation.get("x-resource", "")):
                operation["x-roles"] = [role for role in Role if role in resource.roles(method.upper())]
            found = operation.get("responses", {})
            operation["responses"] = {status: _response(declared, content) for status, declared in found.items()}


def _response(declared: str | dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    if isinstance(declared, str):
        return {"description": declared.replace("_", " ").capitalize(), "content": content}
    return declared if "$ref" in declared else {"description": "The answer", **declared}


class Schemas(MarshmallowPlugin):
    """Fields as they are: with ``null`` where it is taken, without a default where that is "nothing"."""

    def init_spec(self, spec: APISpec) -> None:
        super().init_spec(spec)
        self.converter.add_attribute_function(_settled)  # type: ignore[union-attr]
        self.converter.add_parameter_attribute_function(_without_nul)  # type: ignore[union-attr]


def _settled(_: object, field: Field[Any], ret: dict[str, Any], **__: object) -> dict[str, Any]:
    if ret.get("default", ...) is None:
        del ret["default"]
    if "pattern" in ret:
        ret["pattern"] = _ecmascript(ret["pattern"])
    if _takes_null(field):
        _allow_null(ret)
    return {}


def _without_nul(_: object, field: Field[Any], ret: dict[str, Any], **__: object) -> dict[str, Any]:
    """A body's text may hold it and loses it; a URL must not."""
    if isinstance(field, Text) and not isinstance(field, Choice):
        ret["schema"]["pattern"] = f"^[^\\x00]*{ret['schema'].get('pattern', '')}[^\\x00]*$"
    return {}


def _ecmascript(pattern: str) -> str:
    return pattern.replace(r"\Z", "$")


def _takes_null(field: Field[Any]) -> bool:
    return field.allow_none or (getattr(field.parent, "null_is_absent", False) and not field.required)


def _allow_null(ret: dict[str, Any]) -> None:
    """What apispec says of fields that allow it, and what it leaves out."""
    if "$ref" in ret:
        ret["anyOf"] = [{"$ref": ret.pop("$ref")}, {"type": "null"}]
    kinds = ret.get("type", [])
    if kinds and "null" not in kinds:
        ret["type"] = [*([kinds] if isinstance(kinds, str) else kinds), "null"]
    if "enum" in ret and None not in ret["enum"]:
        ret["enum"] = [*ret["enum"], None]


def plugins() -> dict[str, object]:
    return {"marshmallow_plugin": Schemas(schema_name_resolver=Names()), "extra_plugins": [Operations()]}


def _slug(path: str) -> str:
    named = path.replace("{", "by_").replace("}", "").replace("-", "_")
    return "_".join(part for part in named.split("/") if part)


def describe(api: Api) -> None:
    for name, scheme in SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
