"""What Render and Heroku let these files say, as far as we say it: a field that is not here is one to look up first.

render.com/docs/blueprint-spec and devcenter.heroku.com/articles/app-json-schema, in our own words.
"""

from typing import Any

TEXT = {"type": "string", "minLength": 1}
NAME = {"type": "string", "pattern": "^[a-z][a-z0-9-]{0,62}$"}
VARIABLE = {"type": "string", "pattern": "^[A-Z][A-Z0-9_]*$"}


def closed(required: list[str], /, **fields: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": fields, "additionalProperties": False}


FROM_SERVICE = closed(
    ["type", "name"],
    type={"enum": ["web", "pserv", "worker", "keyvalue"]},
    name=NAME,
    property={"enum": ["host", "port", "hostport", "connectionString"]},
    envVarKey=VARIABLE,
) | {"oneOf": [{"required": ["property"]}, {"required": ["envVarKey"]}]}
FROM_DATABASE = closed(
    ["name", "property"],
    name=NAME,
    property={"enum": ["host", "port", "database", "user", "password", "connectionString"]},
)
SET = closed(
    ["key"],
    key=VARIABLE,
    value={"type": ["string", "number", "boolean"]},
    generateValue={"const": True},
    sync={"const": False},
    fromService=FROM_SERVICE,
    fromDatabase=FROM_DATABASE,
) | {"minProperties": 2, "maxProperties": 2}  # a name, and one place that its value is from
NETWORKS = {"type": "array", "items": closed(["source"], source=TEXT, description=TEXT)}

PROGRAM = closed(
    ["type", "name", "runtime", "buildCommand", "startCommand"],
    type={"enum": ["web", "worker"]},
    name=NAME,
    runtime={"const": "python"},
    plan={"enum": ["free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra"]},
    buildCommand=TEXT,
    startCommand=TEXT,
    preDeployCommand=TEXT,
    healthCheckPath={"type": "string", "pattern": "^/"},
    maxShutdownDelaySeconds={"type": "integer", "minimum": 1, "maximum": 300},
    envVars={"type": "array", "items": SET},
) | {"if": {"properties": {"type": {"const": "worker"}}}, "then": {"properties": {"healthCheckPath": False}}}
KEY_VALUE = closed(
    ["type", "name", "ipAllowList"],
    type={"const": "keyvalue"},
    name=NAME,
    plan={"enum": ["free", "starter", "standard", "pro", "pro plus"]},
    maxmemoryPolicy={
        "enum": ["allkeys-lru", "volatile-lru", "allkeys-random", "volatile-random", "volatile-ttl", "noeviction"]
    },
    ipAllowList=NETWORKS,
)
DATABASE = closed(
    ["name"],
    name=NAME,
    plan={"type": "string", "pattern": "^(free|(basic|pro|accelerated)-[0-9]+(mb|gb))$"},
    postgresMajorVersion={"type": "string", "pattern": "^[0-9]{2}$"},
    ipAllowList=NETWORKS,
)
RENDER = closed(
    ["services"],
    services={
        "type": "array",
        "items": {
            "if": {"properties": {"type": {"const": "keyvalue"}}},
            "then": KEY_VALUE,
            "else": PROGRAM,
        },
    },
    databases={"type": "array", "items": DATABASE},
)

DYNO = closed(["quantity", "size"], quantity={"type": "integer", "minimum": 0}, size=TEXT)
HEROKU = closed(
    [],
    name={"type": "string", "pattern": "^[A-Za-z_.-]+$", "maxLength": 30},
    description={"type": "string", "maxLength": 140},
    keywords={"type": "array", "items": TEXT},
    success_url=TEXT,
    stack={"enum": ["heroku-22", "heroku-24", "heroku-26"]},
    buildpacks={"type": "array", "items": closed(["url"], url=TEXT)},
    formation={"type": "object", "additionalProperties": DYNO},
    addons={"type": "array", "items": closed(["plan"], plan={"type": "string", "pattern": "^[a-z-]+:[a-z0-9-]+$"})},
    env={
        "type": "object",
        "propertyNames": VARIABLE,
        "additionalProperties": closed(
            [], description=TEXT, value={"type": "string"}, generator={"const": "secret"}, required={"type": "boolean"}
        ),
    },
)
