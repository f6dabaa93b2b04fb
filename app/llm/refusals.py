"""What a vendor's 4xx is about: the model, the account, one parameter, the content, or the request as a whole.

Vendors agree on few codes, so their texts are searched as well. The texts go no further than here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.llm.capabilities import Parameter, Refusal
from app.llm.interfaces import ErrorKind

LONGEST_TEXT = 2000
NO_TEXT = {"type", "code", "object", "status", "input", "url", "ctx", "request_id", "failed_generation"}
_CODE = re.compile(r"[A-Za-z0-9_]{1,60}")

CODES = {
    ErrorKind.ACCOUNT: (
        "authentication_error billing_error billing_hard_limit_reached billing_not_active insufficient_quota"
        " invalid_api_key permission_error api_key_invalid permission_denied unauthenticated"
    ),
    ErrorKind.FILTERED: "content_filter content_policy_violation responsibleaipolicyviolation moderation_blocked",
    ErrorKind.JUNK: "json_validate_failed tool_use_failed output_parse_failed",
    ErrorKind.MODEL: (
        "model_not_found model_decommissioned model_not_supported model_not_available invalid_model unknown_model"
        " deploymentnotfound model_deprecated no_such_model not_found_error not_found"
    ),
    ErrorKind.RATE_LIMIT: "rate_limit_error rate_limit_exceeded tokens resource_exhausted",
    ErrorKind.REFUSED: "context_length_exceeded invalid_prompt request_too_large string_above_max_length",
}
KINDS = {code: kind for kind, codes in CODES.items() for code in codes.split()}

# where several fit, the one that comes first in the text counts
PARAMETERS = {
    Parameter.LIMIT: r"max_(?:completion_|output_|new_)?tokens|maxOutputTokens|num_predict",
    Parameter.TEMPERATURE: r"temperature",
    Parameter.FORMAT: (
        r"response_?(?:format|schema)|json_(?:schema|object)|output_(?:format|config)|structured[ _]outputs?|json mode"
        r"|text\.format|tool[ _]choice"
    ),
    Parameter.TOOLS: r"\btools?\b|function[ _]call(?:ing|s)?",
    Parameter.USAGE: r"stream_options|include_usage",
    Parameter.EFFORT: r"reasoning(?:_effort|\.effort)?|\beffort\b",
    Parameter.SYSTEM: r"(?:system|developer)[^.]{0,20}(?:role|message|prompt|instruction)|role[^.]{0,30}\bsystem\b",
    Parameter.STREAM: r"\bstream(?:ing)?\b(?!_)",
}
_PARAMETER = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in PARAMETERS.items()), re.IGNORECASE)

_CONTEXT = r"context (?:length|window)|prompt is too long|too many (?:input )?tokens|input is too long"
_FILTER = r"content[ _](?:filter|management|policy)|safety (?:system|filter)|usage polic|prohibited_content"
_ACCOUNT = (
    r"credit balance|api[ _]key (?:not|is|was|has)|invalid api[ _]key|billing|quota|payment|"
    r"(?:country|region|location)\b.{0,40}\bnot (?:supported|available|allowed)"
)
_MODEL = (
    r"model\b.{0,100}?\b(?:not (?:found|exist|support|available|a valid)|does(?:n't| not) exist|unknown|invalid|"
    r"retired|deprecated|decommissioned|no longer|shut ?down|pull)|"
    r"(?:invalid|unknown|unsupported|no such|not a valid|no endpoints found for) model"
)
_TEXTS = {
    ErrorKind.REFUSED: _CONTEXT,
    ErrorKind.FILTERED: _FILTER,
    ErrorKind.ACCOUNT: _ACCOUNT,
    ErrorKind.MODEL: _MODEL,
}
WORDS = tuple((kind, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for kind, pattern in _TEXTS.items())
_TOO_HIGH = re.compile(
    r"too (?:large|high|big)|at most|maximum|exceed|less than|between|greater than the|upper bound|up to|<=|>", re.I
)
_BAD_SCHEMA = re.compile(
    r"invalid.{0,20}schema|schema.{0,60}(?:invalid|not (?:valid|permitted)|too (?:many|complex))|grammar", re.I
)
_NUMBER = re.compile(r"(?<![\w.])\d{2,7}(?![\w.]*\w)")


@dataclass(frozen=True, slots=True)
class Reading:
    kind: ErrorKind
    code: str = ""
    refusal: Refusal | None = None


def read(body: object, limit: int, schema_name: str, usual: ErrorKind = ErrorKind.REFUSED) -> Reading:
    """What a refusal is about. ``limit`` is the limit of tokens that was sent; ``usual`` what an unclear one is."""
    word, param, text = code(body), _param(body), _text(body)
    known = KINDS.get(word.lower())
    if (known is not None and known is not ErrorKind.MODEL) or param == "model":
        return Reading(known or ErrorKind.MODEL, word)
    named = _PARAMETER.search(param) or _PARAMETER.search(text)
    words = next(((kind, found.start()) for kind, pattern in WORDS if (found := pattern.search(text))), None)
    if named and (param or words is None or words[0] is ErrorKind.MODEL or named.start() < words[1]):
        return Reading(ErrorKind.PARAMETER, word, _refusal(Parameter(str(named.lastgroup)), text, limit, schema_name))
    return Reading(known or (words[0] if words else usual), word)


def code(body: object) -> str:
    """The vendor's machine word for it, if it is one; free text is dropped."""
    words = (str(part.get(name) or "") for part in _parts(body) for name in ("code", "type", "status"))
    return next((word for word in words if _CODE.fullmatch(word) and not word.isdecimal()), "")


def _refusal(parameter: Parameter, text: str, limit: int, schema_name: str) -> Refusal:
    if parameter is Parameter.LIMIT:
        return Refusal(parameter, most=_most(text, limit))
    return Refusal(parameter, schema=schema_name if parameter is Parameter.FORMAT and _BAD_SCHEMA.search(text) else "")


def _most(text: str, limit: int) -> int:
    """The greatest limit that a text which complains of a too high one allows; 0 when it complains of the name."""
    if not _TOO_HIGH.search(text):
        return 0
    if re.search(_CONTEXT, text, re.IGNORECASE):  # the numbers are those of the prompt and the answer together
        return limit // 2
    return max((int(number) for number in _NUMBER.findall(text) if int(number) < limit), default=limit // 2)


def _param(body: object) -> str:
    """The name of the field at fault, where the vendor says it."""
    return next((str(part["param"]) for part in _parts(body) if part.get("param")), "")


def _parts(body: object) -> Iterator[dict[str, object]]:
    """The error objects in a body, the innermost known first."""
    error = body.get("error", body) if isinstance(body, dict) else body
    error = error[0] if isinstance(error, list) and error else error
    if isinstance(error, dict):
        inner = error.get("innererror")
        yield from (part for part in (inner, error) if isinstance(part, dict))


def _text(body: object) -> str:
    """What the vendor says to people, without its codes and without what we sent."""
    return " | ".join(_strings(body))[:LONGEST_TEXT]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value if isinstance(value, list) else ():
        yield from _strings(inner)
    for name, inner in value.items() if isinstance(value, dict) else ():
        if name not in NO_TEXT:
            yield from _strings(inner)
