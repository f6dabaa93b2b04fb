"""What a website says of a business, in its own sentences; what it does not say stays empty."""

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from app.llm.offline.material import Material, Thing
from app.llm.offline.slots import Slot
from app.llm.offline.words import clip, content, sentences, stem, unique, words

PARTED = re.compile(r"\s+[–—|·:-]\s+|:\s+")
QUOTED = re.compile(r"[“\"]([^”\"\n]{15,300})[”\"]\s*(?:[–—-]\s*([^\n.]{2,80}))?")
CALLS = re.compile(
    r"^(?:book|try|start|get|request|contact|sign up|buy|order|call|subscribe|schedule)\b", re.IGNORECASE
)
ORDERS = re.compile(r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|prompt|rule)s?\b", re.IGNORECASE)
SIGNS = {  # words of the sentences that answer a field
    "audience": "for help serve team people business company client customer owner family patient",
    "statement": "for help serve team people business company client customer owner family patient",
    "point": "without tired waste wait hard late pain problem stress never cost slow struggle",
    "differentiator": "only every one fast free best honest own first unlike guarantee",
}
LONGEST_NAME, MOST_LINES = 6, 400  # words of a heading; lines of all pages


class PageWriter:
    def __init__(self, material: Material) -> None:
        self.facts = material.facts

    def copied(self, slot: Slot) -> Any:
        return None

    def more(self, slot: Slot) -> list[str]:
        return self.told

    def things(self, slot: Slot, items: Mapping[str, Any], least: int, most: int) -> tuple[list[Thing], bool]:
        found = QUOTED.findall("\n".join(self.lines)) if "quote" in items else []
        return [Thing("quote", quote, who.strip()) for quote, who in found][:most], False

    def texts(self, slot: Slot, least: int, most: int) -> list[str]:
        if slot.words[-1:] == ("features",):
            return self.headings[1:9]
        signs = self._signs(slot)
        return [line for line in self.told if signs & {stem(word) for word in words(line)}][:3] if signs else []

    def text(self, slot: Slot) -> str:
        name, tagline = self.named
        if slot.thing is not None:
            return slot.thing.title if slot.name == "quote" else slot.thing.detail
        simple = {
            "company_name": name, "tagline": tagline, "overview": self._stated("meta_description") or (self.told or [name])[0],
            "primary_product": (self.headings or [name])[0],
            "primary_cta_text": next((line for line in self.lines if CALLS.match(line) and len(line) < 40), ""),
        }  # fmt: skip
        if slot.name in simple:
            return clip(simple[slot.name], 1500)
        signs = self._signs(slot)
        return max(self.told or [name], key=lambda line: len({stem(w) for w in words(line)} & signs)) if signs else ""

    def _signs(self, slot: Slot) -> frozenset[str]:
        known = (
            SIGNS[word] for word in (slot.words[-1:] or ("",)) for word in (word, word.rstrip("s")) if word in SIGNS
        )
        return frozenset(map(stem, next(known, "").split()))

    def _stated(self, name: str) -> str:
        value = self.facts.get(name)
        return value.strip() if isinstance(value, str) else ""

    @cached_property
    def lines(self) -> list[str]:
        """Those of all pages, each once. What tries to give orders is left out."""
        pages = self.facts.get("website_pages")
        texts = (
            [str(page.get("text") or "") for page in pages if isinstance(page, dict)] if isinstance(pages, list) else []
        )
        whole = [line for text in texts or [self._stated("website_content")] for line in text.splitlines()]
        parts = (
            " ".join(part for part in sentences(" ".join(line.split())) if not ORDERS.search(part)) for line in whole
        )
        return unique(parts)[:MOST_LINES]

    @cached_property
    def told(self) -> list[str]:
        found = [part for line in self.lines for part in sentences(line) if len(part.split()) > LONGEST_NAME]
        return found or sorted(self.lines, key=len, reverse=True)

    @cached_property
    def headings(self) -> list[str]:
        return [line.rstrip(".:") for line in self.lines if _is_name(line) and line not in self.named]

    @cached_property
    def named(self) -> tuple[str, str]:
        """The company and what it calls itself: the shorter part of a title names it."""
        parts = [part for part in PARTED.split(self._stated("website_title")) if part]
        if not parts:
            host = re.sub(r"^https?://(?:www\.)?|[/:].*$", "", self._stated("website_url"))
            return host or "The company", ""
        name = min(parts, key=len)
        return name, next((part for part in parts if part != name), "")


def _is_name(line: str) -> bool:
    """A heading: a few words, most of them with a capital, and no sentence."""
    found = line.split()
    big = sum(word[:1].isupper() for word in found)
    return bool(content(line)) and line[-1].isalnum() and len(found) <= LONGEST_NAME and big * 2 > len(found) and not (
        CALLS.match(line))  # fmt: skip
