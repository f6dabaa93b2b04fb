"""The OpenAPI document and its two readers, all served from here."""

from http import HTTPStatus
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask_smorest import Api

METHODS = {"get", "put", "post", "patch", "delete"}
CONFIG: dict[str, Any] = {
    "API_TITLE": "Coachhouse",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/schema",
    "OPENAPI_JSON_PATH": "",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "One self-hosted backend for AI coaching products.",
            "license": {"name": "MIT", "identifier": "MIT"},
        }
    },
}

SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A person's token: `user_id` or `sub`, `tenant_id`, `role`, `exp`.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "A machine's key, of one tenant, with an allow-list.",
    },
}


class Names:
    """A schema's name in the document: its class's, with its package's in front where two classes are called alike."""

    def __init__(self) -> None:
        self._taken: dict[str, str] = {}

    def __call__(self, schema: Any) -> str:
        made = schema if isinstance(schema, type) else type(schema)
        place = f"{made.__module__}.{made.__qualname__}"
        if self._taken.setdefault(made.__name__, place) == place:
            return made.__name__
        return f"{made.__module__.split('.')[1].capitalize()}{made.__name__}"


def plugin() -> MarshmallowPlugin:
    return MarshmallowPlugin(schema_name_resolver=Names())


def settle(api: Api) -> None:
    """Gives every operation an id, and its own contract's body to the errors that flask-smorest adds with its own."""
    for path, item in api.spec._paths.items():
        for method in METHODS & item.keys():
            operation = item[method]
            operation["operationId"] = f"{method}_{_slug(path)}"
            operation["responses"] = _own(operation["responses"])


def _slug(path: str) -> str:
    named = path.replace("{", "by_").replace("}", "").replace("-", "_")
    return "_".join(part for part in named.split("/") if part)


def _own(responses: dict[str, Any]) -> dict[str, Any]:
    kept = {status: response for status, response in responses.items() if "$ref" not in response}
    content = next((response["content"] for status, response in kept.items() if status >= "400"), None)
    added = {status for status in responses if status.isdecimal()} - kept.keys() if content else set()
    schemas = {kind: {"schema": body["schema"]} for kind, body in (content or {}).items()}
    return kept | {status: {"description": HTTPStatus(int(status)).phrase, "content": schemas} for status in added}


def describe(api: Api) -> None:
    for name, scheme in SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
