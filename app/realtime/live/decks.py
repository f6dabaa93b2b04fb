"""Slides from a conversation: what the model writes becomes an Editor.js document, and the document is kept."""

import re
import time
from pathlib import Path
from typing import Any

from app import prompting
from app.llm.interfaces import Caller, Message, Request
from app.llm.registry import Models
from app.llm.structured import Form, structured
from app.realtime.live.interfaces import Deck, Past, Thread

PROMPTS = Path(__file__).parent / "prompts"
ASKED = re.compile(r"\b(slides?|slide ?decks?|decks?|presentations?|power ?points?|ppt|keynotes?)\b", re.IGNORECASE)
BY = "tool:generate_or_update_slides"
MOST_TOKENS = 2500
REMEMBERED = 6  # turns that say what the slides are about
Body = dict[str, Any]

FORM = Form({
    "type": "object",
    "properties": {
        "title": {"type": "string", "minLength": 3, "maxLength": 120, "description": "title of the presentation"},
        "summary": {"type": "string", "minLength": 3, "maxLength": 400, "description": "what it is about"},
        "sections": {
            "type": "array", "minItems": 3, "maxItems": 9,
            "items": {
                "type": "object",
                "properties": {
                    "heading": {"type": "string", "minLength": 2, "maxLength": 100},
                    "text": {"type": "string", "minLength": 2, "maxLength": 400},
                    "bullets": {
                        "type": "array", "minItems": 2, "maxItems": 8,
                        "items": {"type": "string", "minLength": 2, "maxLength": 200},
                    },
                },
                "required": ["heading", "text", "bullets"], "additionalProperties": False,
            },
        },
    },
    "required": ["title", "summary", "sections"], "additionalProperties": False,
})  # fmt: skip


def wanted(text: str) -> bool:
    """Whether a person plainly asks for slides, so that models without tools make them too."""
    return ASKED.search(text) is not None


def written(models: Models, thread: Thread, query: str, past: list[Past], current: Deck | None) -> Body:
    """``{title, summary, editorjs}``. Raises ``ProviderError``."""
    topic = topic_of(query)
    outline = headings(current.editorjs) if current else []
    user = prompting.render(
        PROMPTS, "deck_user.j2", query=query, topic=topic, past=past[-REMEMBERED:], outline=outline,
        title=current.title if current else "",
    )  # fmt: skip
    request = Request(
        Caller("realtime.slides", thread.tenant_id, thread.thread_id),
        (Message("user", user),),
        prompting.render(PROMPTS, "deck.j2"),
        schema_name="slides",
        temperature=0.4,
        max_tokens=MOST_TOKENS,
    )
    found = structured(models, request, FORM).value
    return {"title": found["title"], "summary": found["summary"], "editorjs": document(found)}


def document(deck: Body) -> Body:
    """Editor.js: the deck's title first, then a header, a paragraph and a list per section."""
    blocks = [header(deck["title"], 2), {"type": "paragraph", "data": {"text": deck["summary"]}}]
    for section in deck["sections"]:
        blocks.append(header(section["heading"], 3))
        blocks.append({"type": "paragraph", "data": {"text": section["text"]}})
        blocks.append({"type": "list", "data": {"style": "unordered", "items": section["bullets"]}})
    return {"time": round(time.time() * 1000), "version": "2.31.0", "blocks": blocks}


def header(text: str, level: int) -> Body:
    return {"type": "header", "data": {"text": text, "level": level}}


def headings(editorjs: Body) -> list[str]:
    blocks = editorjs.get("blocks") or []
    return [block["data"].get("text", "") for block in blocks if block.get("type") == "header"]


def topic_of(query: str) -> str:
    """What the slides should be about, without the words that ask for them."""
    about = re.search(r"\b(?:about|on|for|of|regarding)\s+(.{3,200})", query, re.IGNORECASE)
    return (about.group(1) if about else ASKED.sub("", query)).strip(" .!?\"'")[:200] or query[:200]
