"""The JSON in an answer's text: out of prose and fences, with slips of syntax mended, or what is whole of a cut one."""

import ast
import json
import math
import re
from contextlib import suppress

import json_repair
import msgspec

from app.core.json import JSONValue
from app.core.shortening import without_cut_end

MOST_VALUES = 20  # that are looked for in a text
DEEPEST = 100  # brackets within brackets
CLOSERS = {"{": "}", "[": "]"}

_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # the escape, and no text that looks like it
_FENCED = re.compile(r"```\w*\s*\n(.*?)\n?\s*```", re.DOTALL)
_OPENING = re.compile(r"\{(?=\s*(?:[\"'“”}]|\w+\s*:|//|/\*))|\[(?=\s*[\[{\"'“])")  # no brackets of prose
_SURPLUS = re.compile(r'("(?:[^"\\]|\\.)*")|//[^\n]*|/\*.*?\*/|,(?=\s*[}\]])', re.DOTALL)  # beside texts
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|[bfnrt])")
_CURLY = re.compile(r"(?<=[{\[,:])(\s*)[“”„]|[“”](?=\s*[:,}\]])")  # quotation marks where JSON has its own
_TOKEN = re.compile(r'[{}\[\]:,]|"(?:[^"\\]|\\.)*"|(?P<open>"(?:[^"\\]|\\.)*)|(?P<bare>[^\s{}\[\]:,"]+)', re.DOTALL)
_HALF_ESCAPE = re.compile(r"\\u[0-9a-fA-F]{0,3}$")
_DEEP = re.compile(rf"(?:[\[{{]\s*){{{DEEPEST}}}")
_DECODER = json.JSONDecoder(strict=False, parse_constant=lambda _: None)


def values_in(text: str) -> list[JSONValue]:
    """The JSON values that the text may stand for, each once; more than one when it holds several."""
    text = _NUL.sub(r"\1", text)
    found = _decoded(text)
    for part in [] if found else _FENCED.findall(text) or [text]:
        found += _decoded(part) or _values(part)
    return [value for at, value in enumerate(found) if value not in found[:at]]


def whole_part(text: str) -> list[JSONValue]:
    """What is whole in an answer that was cut: a text up to its last sentence or word, all else if it was closed."""
    text = _NUL.sub(r"\1", text)
    opening = _OPENING.search(text)
    with suppress(ValueError, RecursionError):
        return _decoded(text) or (
            [_finite(_DECODER.raw_decode(_closed(text[opening.start() :]))[0])] if opening else []
        )
    return []


def is_open(text: str) -> bool:
    """Whether it ends within a text, which tells that it was cut, whatever the vendor says."""
    tail = re.split(r"[}\]]", text)[-1]
    return tail.count('"') % 2 == 1 or re.search(r":\s*'[^']*$", tail) is not None


def _decoded(text: str) -> list[JSONValue]:
    with suppress(msgspec.DecodeError, RecursionError):
        return [msgspec.json.decode(text)]
    return []


def _values(text: str) -> list[JSONValue]:
    """The objects and lists in a text. The first that has a slip is mended with all that follows it."""
    found, at = list[JSONValue](), 0
    for _ in range(MOST_VALUES):
        opening = _OPENING.search(text, at)
        if opening is None:
            break
        try:
            value, at = _DECODER.raw_decode(text, opening.start())
        except (ValueError, RecursionError):
            return [*found, _mended(text[opening.start() :])]
        found.append(_finite(value))
    return found or [_guessed(text)]


def _mended(text: str) -> JSONValue:
    """Without comments and surplus commas, with plain quotation marks, closed at its end, or as Python reads it."""
    plain = _SURPLUS.sub(r"\1", text)
    closed = _closed(plain)
    is_whole = closed.startswith(plain.rstrip().rstrip(","))
    for attempt in (plain, _CURLY.sub(r'\1"', plain), closed if is_whole else ""):
        with suppress(ValueError, RecursionError):
            return _finite(_DECODER.raw_decode(attempt)[0])
    with suppress(ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return _finite(ast.literal_eval(text.strip()))
    return _guessed(text)


def _guessed(text: str) -> JSONValue:
    """What seems to be meant, if no text of it is lost or cut; null otherwise."""
    with suppress(RecursionError, ValueError):
        if is_open(text) or _DEEP.search(text):
            return None
        value = _finite(json_repair.loads(text))
        if _letters(text).startswith(_letters(json.dumps(value, ensure_ascii=False))):
            return value
    return None


def _letters(text: str) -> str:
    """Letters and digits only, with Python's words as JSON has them."""
    plain = _ESCAPED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text)
    return re.sub(r"[\W_]", "", re.sub(r"\bnone\b", "null", plain.casefold()))


def _closed(text: str) -> str:
    """JSON that was cut, up to the last place where it can be closed, and closed there; empty when it is too deep."""
    stack, end, is_value = list[str](), (0, ""), True
    for token in _TOKEN.finditer(text):
        found = token[0]
        kept = _ended(found) if token["open"] and is_value else ""
        if kept:
            return f"{text[: token.start()]}{kept}{_closers(stack)}"
        if token["open"] or len(stack) > DEEPEST:
            break
        is_bracket = _stacked(stack, found)
        is_whole = is_value and found not in {":", ","} and (token["bare"] is None or token.end() < len(text))
        end = (token.end(), _closers(stack)) if is_bracket or is_whole else end
        is_value = found in {":", "["} or (found == "," and stack[-1:] == ["["])
    return text[: end[0]] + end[1] if len(stack) <= DEEPEST else ""


def _stacked(stack: list[str], found: str) -> bool:
    """Puts an opening bracket on the stack, or takes it off; false for anything else."""
    if found in CLOSERS:
        stack.append(found)
    elif found in CLOSERS.values():
        del stack[-1:]
    return found in CLOSERS or found in CLOSERS.values()


def _ended(literal: str) -> str:
    """The literal of a text, up to its last sentence or word, of one that has no end; empty when little is left."""
    with suppress(ValueError):
        kept = without_cut_end(json.loads(f'{_HALF_ESCAPE.sub("", literal)}"', strict=False))
        return json.dumps(kept) if kept else ""
    return ""


def _closers(stack: list[str]) -> str:
    return "".join(CLOSERS[opening] for opening in reversed(stack))


def _finite(value: JSONValue) -> JSONValue:
    """JSON knows no NaN and no infinity: null stands for them."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_finite(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    return value
