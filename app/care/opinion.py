"""A second opinion where rules and classifier are unsure: one short question to the cheapest model there is."""

import time
from collections import OrderedDict
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import structlog
from prometheus_client import Counter

from app.care.assessment import assess, unsure_stretch
from app.care.levels import Category, Finding, Level, settled
from app.care.words import MOST_BEFORE, Words
from app.core.json import JSONValue
from app.llm.interfaces import Caller, JSONSchema, Message, ProviderError, Request
from app.llm.prompts import fenced
from app.llm.quick import QuickModel
from app.llm.structured import parsed

FEATURE = "care.opinion"
IN_TIME = 1.4  # seconds that an answer may take, so that it is judged within 1.5
LONGEST = 2000  # characters of one text
MOST_TOKENS = 60
REMEMBERED, KEPT = 500, 600.0  # messages, and seconds: what is tried again is not asked again
SYSTEM = (Path(__file__).parent / "prompts" / "opinion.md").read_text(encoding="utf-8").strip()
SCHEMA: JSONSchema = {
    "type": "object",
    "properties": {
        "level": {"type": "string", "enum": [*Level]},
        "category": {"anyOf": [{"type": "string", "enum": [*Category]}, {"type": "null"}]},
    },
    "required": ["level", "category"],
    "additionalProperties": False,
}
OPINIONS = Counter("coachhouse_care_opinions_total", "Second opinions of a model on a person's words", ["outcome"])

log = structlog.get_logger()


class SecondOpinion:
    """One per process. ``model`` is None where no real one is configured."""

    def __init__(self, model: QuickModel | None) -> None:
        self._model = model
        self._known: OrderedDict[bytes, tuple[float, Finding]] = OrderedDict()

    def on(self, words: Words, found: Finding) -> Finding:
        """What a model finds. Without a model, without an answer in time, or with one that is none, a concern."""
        if self._model is None:
            return settled(found)
        request = _request(words)
        key = blake2b(repr((words.tenant_id, words.user_id, request.messages)).encode()).digest()
        known = self._known.get(key)
        if known is not None and time.monotonic() - known[0] < KEPT:
            return known[1]
        opinion = self._asked(self._model, request, found)
        self._known[key] = time.monotonic(), opinion
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return opinion

    def _asked(self, model: QuickModel, request: Request, found: Finding) -> Finding:
        try:
            answer = model.complete(request)
        except ProviderError as error:
            OPINIONS.labels(error.kind).inc()
            log.warning("no_second_opinion", kind=error.kind)
            return settled(found)
        said = _read(answer.text)
        OPINIONS.labels("nonsense" if said is None else said[0]).inc()
        if said is None:
            return settled(found)
        level, category = said
        source = f"model:{answer.finish.model}"[:120]
        return replace(settled(found), level=level, category=category or settled(found).category, source=source)


def _request(words: Words) -> Request:
    said = (one[-LONGEST:] for one in words.before()[-MOST_BEFORE:])
    before = "\n\n".join(one for one in said if assess(one).level is not Level.CRISIS)
    shown = f"<before>\n{fenced(before)}\n</before>\n" if before.strip() else ""
    text = f"{shown}<message>\n{fenced(unsure_stretch(words.text)[:LONGEST])}\n</message>"
    caller = Caller(FEATURE, words.tenant_id, words.user_id)
    message = Message("user", text)
    return Request(caller, (message,), SYSTEM, schema=SCHEMA, schema_name="opinion", max_tokens=MOST_TOKENS)


def _read(text: str) -> tuple[Level, Category | None] | None:
    """None for what is no answer to the question."""
    try:
        return _judged(parsed(text))
    except (ValueError, LookupError):
        return None


def _judged(value: JSONValue) -> tuple[Level, Category | None]:
    """Raises ``LookupError`` or ``ValueError``."""
    if not isinstance(value, dict):
        raise LookupError
    level, category = Level(str(value["level"])), value.get("category")
    return level, Category(str(category)) if level is not Level.NONE and category is not None else None
