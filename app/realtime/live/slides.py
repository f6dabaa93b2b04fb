"""Slides from a conversation: what the model writes becomes an Editor.js document, and the document is kept."""

import time
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from functools import partial
from pathlib import Path

from app.care.safety import in_crisis
from app.care.words import Words
from app.core.json import JSONObject, JSONValue, as_object, objects_of
from app.llm import prompts
from app.llm.conversion import Ambiguous, Unmendable
from app.llm.interfaces import Grounding, Message, Request
from app.llm.json_schema import array, closed_object, text
from app.llm.structured import OutputSchema, count
from app.realtime.live import deck_update, slide_requests
from app.realtime.live.conversation import Deck, Exchange, Slides, Thread
from app.realtime.live.deck_update import Part
from app.realtime.live.editorjs import blocks_of, plain, safe_document, safe_html
from app.speech.sentences import split
from app.turns.pipeline import Pipeline
from app.turns.single_shot import complete_data

PROMPTS = Path(__file__).parent / "prompts"
FEATURE = "realtime.slides"
BY = f"{deck_update.TOOL}generate_or_update_slides"
MOST_TOKENS, MOST_TOKENS_OF_UPDATE = 2500, 5000
MOST_PARTS, LONGEST_PART = 300, 1000  # of the slides that are shown: texts that the model sees, and their characters
HISTORY_LIMIT = 6  # turns that say what the slides are about
VERSION = "2.31.0"  # of Editor.js
MOST_BULLETS, LONGEST_POINT = 8, 200

BULLETS = array(text(200, 2), MOST_BULLETS, 2)
SECTION = closed_object(heading=text(100, 2), text=text(400, 2), bullets=BULLETS)
# what will do: of text and bullets, either
ENOUGH = closed_object(heading=text(100, 2), text=text(400, 0), bullets=BULLETS | {"minItems": 0})
NAMES = {
    "title": text(120, 3, description="title of the presentation"),
    "summary": text(400, 3, description="what it is about"),
}
FIELDS, ENOUGH_FIELDS = (NAMES | {"sections": array(section, 9, 3)} for section in (SECTION, ENOUGH))
OUTPUT_SCHEMA = OutputSchema(closed_object(**FIELDS), closed_object(**ENOUGH_FIELDS))
CHANGED = {
    "type": "array", "maxItems": 500, "items": {"type": "integer", "minimum": 1},
    "description": "numbers of the parts marked as typed that the person now wants changed or gone; mostly none",
}  # fmt: skip
UPDATE_SCHEMA = OutputSchema(*(
    closed_object(**fields) | {"properties": fields | {"changed": CHANGED}} for fields in (FIELDS, ENOUGH_FIELDS)
))  # fmt: skip
BLOCK = {
    "type": "object", "required": ["type", "data"],
    "properties": {"type": {"type": "string"}, "data": {"type": "object"}},
}  # fmt: skip
DOCUMENT = OutputSchema({"type": "object", "required": ["blocks"], "properties": {"blocks": array(BLOCK, 120)}})
# the sections of a deck whose model writes none: heading, text, and bullets after what the model said
OUTLINE = (
    ("What it is about", "What we know so far.", ("What is clear already", "What is still open")),
    ("What matters most", "The few things that make the difference.", ("What helps", "What gets in the way")),
    ("Next steps", "Small enough to begin today.", ("Choose one thing and a time for it", "Look back in a week")),
)


def generate(
    pipeline: Pipeline, thread: Thread, query: str, history: list[Exchange], current: Deck | None, said: str = ""
) -> Slides:
    """``said`` are the person's own words, where ``query`` is a model's. Raises ``ProviderError``."""
    history = [turn for turn in history if not in_crisis(turn.safety)]
    topic = slide_requests.topic_of(query, history, current.title if current else "")
    outline = headings(current.editorjs) if current else []
    shown = deck_update.parts_of(current)[:MOST_PARTS] if current else []
    past = [prompts.fenced(turn.query) for turn in history[-HISTORY_LIMIT:]]
    user = prompts.render(
        PROMPTS, "deck_user.j2", query=prompts.fenced(query), topic=prompts.fenced(topic), past=past,
        parts=[(prompts.fenced(part.text[:LONGEST_PART]), part.typed) for part in shown],
    )  # fmt: skip
    request = Request(
        thread.caller(FEATURE),
        (Message("user", user),),
        prompts.render(PROMPTS, "deck.j2"),
        schema_name="slides",
        temperature=0.4,
        max_tokens=MOST_TOKENS_OF_UPDATE if current else MOST_TOKENS,
        grounding=Grounding(
            facts={"title": current.title if current else topic, "topic": topic, "sections": outline[1:]},
            said=tuple(turn.query for turn in history[-HISTORY_LIMIT:]),
        ),
    )
    words, prose = Words.nobodys(request.caller), partial(from_prose, topic=topic)  # the turn has looked at the query
    output = UPDATE_SCHEMA if current else OUTPUT_SCHEMA
    answer = as_object(complete_data(pipeline, words, lambda: request, output, prose))
    if current is None or slide_requests.asks_for_others(said or query, current.title):
        return to_slides(answer)
    return _updated(answer, current, current.typed - set(_replaced(answer, shown, said or query)))


def _updated(answer: JSONObject, current: Deck, kept: Set[str]) -> Slides:
    """The answer with what is kept of the slides that are shown."""
    return with_kept(to_slides({**answer, **_kept_names(current, kept)}), current, kept)


def with_kept(made: Slides, current: Deck, kept: Set[str]) -> Slides:
    """``kept`` are keys of texts of the current slides."""
    names = _kept_names(current, kept)
    title, summary = names.get("title", made.title), names.get("summary", made.summary)
    return Slides(title, summary, deck_update.merged(made.editorjs, current.editorjs, kept))


def _kept_names(current: Deck, kept: Set[str]) -> dict[str, str]:
    names = {"title": current.title, "summary": current.summary}
    return {name: text for name, text in names.items() if deck_update.key_of(text) in kept}


def _replaced(answer: JSONObject, shown: Sequence[Part], said: str) -> Iterator[str]:
    """The keys of what the person wants changed or gone."""
    named = answer.get("changed")
    numbers = named if isinstance(named, list) else []
    for number, part in enumerate(shown, 1):
        if number in numbers or slide_requests.asks_to_replace(said, part.text, part.heading, number == 1):
            yield deck_update.key_of(part.text)


def from_arguments(arguments: JSONObject) -> Slides | None:
    """Slides that a model has written into its call: section by section, or as a document with enough of them."""
    with suppress(Unmendable, Ambiguous):
        answer, mends = OUTPUT_SCHEMA.mended(arguments)
        count(FEATURE, mends)
        return to_slides(answer)
    editorjs = arguments.get("editorjs")
    if not DOCUMENT.validator.is_valid(editorjs):
        return None
    return _from_document(as_object(editorjs), str(arguments.get("title") or ""), str(arguments.get("summary") or ""))


def _from_document(editorjs: JSONObject, title: str, summary: str) -> Slides | None:
    headers, blocks = headings(editorjs), objects_of(editorjs["blocks"])
    title = (title or "".join(headers[:1]))[:255]
    begins = blocks[0]["type"] == "header" and as_object(blocks[0]["data"]).get("text") == title
    opening = [] if begins else [header(title, 2)]
    if not title or len(headers) + len(opening) <= len(OUTLINE):
        return None
    return _safe(title, summary, {"time": _now(), "version": VERSION, **editorjs, "blocks": [*opening, *blocks]})


def from_prose(text: str, topic: str) -> JSONObject:
    """An answer of a model that writes no JSON: its sentences, in the sections that every topic has."""
    prose = text.partition("{")[0]
    points = [point for sentence in split(prose) if 1 < len(point := sentence.strip(" \n-*#•")) <= LONGEST_POINT]
    share = max(1, -(-len(points) // len(OUTLINE)))
    sections: list[JSONValue] = [
        {"heading": heading, "text": lead, "bullets": [*points[at * share : (at + 1) * share], *bullets][:MOST_BULLETS]}
        for at, (heading, lead, bullets) in enumerate(OUTLINE)
    ]
    title = topic[:1].upper() + topic[1:120]
    return {"title": title, "summary": f"A short guide to {topic}"[:400], "sections": sections}


def to_slides(answer: JSONObject) -> Slides:
    return _safe(str(answer["title"]), str(answer["summary"]), editorjs_document(answer))


def _safe(title: str, summary: str, editorjs: JSONObject) -> Slides:
    """What a model wrote, fit to be shown: title and summary as text, the document as Editor.js has it."""
    return Slides(plain(title) or safe_html(title), plain(summary), safe_document(editorjs))


def editorjs_document(answer: JSONObject) -> JSONObject:
    """The title first, then a header, a paragraph and a list per section."""
    blocks: list[JSONValue] = [header(answer["title"], 2), {"type": "paragraph", "data": {"text": answer["summary"]}}]
    for section in objects_of(answer["sections"]):
        blocks.append(header(section["heading"], 3))
        if section["text"]:
            blocks.append({"type": "paragraph", "data": {"text": section["text"]}})
        if section["bullets"]:
            blocks.append({"type": "list", "data": {"style": "unordered", "items": section["bullets"]}})
    return {"time": _now(), "version": VERSION, "blocks": blocks}


def header(text: JSONValue, level: int) -> JSONObject:
    return {"type": "header", "data": {"text": text, "level": level}}


def headings(editorjs: JSONObject) -> list[str]:
    """Of any document: clients store what they like."""
    headers = [block for block in blocks_of(editorjs) if block.get("type") == "header"]
    texts = (as_object(block.get("data")).get("text") for block in headers)
    return [str(text) for text in texts if text]


def _now() -> int:
    return round(time.time() * 1000)
