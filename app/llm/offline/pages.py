"""What a website says of a business, in its own sentences; what it does not say stays empty."""

import re
from collections.abc import Mapping
from functools import cached_property

from app.core.json import JSONValue, objects_of
from app.llm.interfaces import JSONSchema
from app.llm.offline.lexicon import EXPRESSIONS, WEBSITE
from app.llm.offline.material import Material
from app.llm.offline.slots import Slot
from app.llm.offline.things import Thing
from app.llm.offline.words import clip, content, sentences, singular, stem, stems, unique

PARTED = re.compile(r"\s+[–—|·:-]\s+|:\s+")
QUOTED = re.compile(r"[“\"]([^”\"\n]{15,300})[”\"]\s*(?:[–—-]\s*([^\n.]{2,80}))?")
LONGEST_NAME, MOST_LINES = 6, 400  # words of a heading; lines of all pages


class PageWriter:
    def __init__(self, material: Material) -> None:
        self.facts = material.facts

    def copied(self, slot: Slot) -> JSONValue:
        return None

    def more(self, slot: Slot) -> list[str]:
        return self.told

    def things(self, slot: Slot, items: Mapping[str, JSONSchema], least: int, most: int) -> tuple[list[Thing], bool]:
        found = QUOTED.findall("\n".join(self.lines)) if "quote" in items else []
        return [Thing("quote", quote, who.strip()) for quote, who in found][:most], False

    def texts(self, slot: Slot, least: int, most: int) -> list[str]:
        if slot.last == "features":
            return self.headings[1:9]
        return [line for line in self.told if self._signs(slot) & stems(line)][:3]

    def text(self, slot: Slot) -> str:
        if slot.thing is not None:
            return slot.thing.title if slot.name == "quote" else slot.thing.detail
        name, tagline = self.named
        buttons = [line for line in self.lines if EXPRESSIONS["order"].match(line) and len(line) < 40]
        simple = {
            "company_name": name, "tagline": tagline, "primary_cta_text": [*buttons, ""][0],
            "overview": self._stated("meta_description") or [*self.told, name][0],
            "primary_product": [*self.headings, name][0],
        }  # fmt: skip
        if slot.name in simple:
            return clip(simple[slot.name], 1500)
        signs = self._signs(slot)
        return max(self.told or [name], key=lambda line: len(stems(line) & signs)) if signs else ""

    def _signs(self, slot: Slot) -> frozenset[str]:
        return frozenset(map(stem, WEBSITE.get(singular(slot.last), "").split()))

    def _stated(self, name: str) -> str:
        value = self.facts.get(name)
        return value.strip() if isinstance(value, str) else ""

    @cached_property
    def lines(self) -> list[str]:
        """Those of all pages, each once. What tries to give orders is left out."""
        pages = [str(page.get("text") or "") for page in objects_of(self.facts.get("website_pages"))]
        whole = [line for text in pages or [self._stated("website_content")] for line in text.splitlines()]
        told = (
            [part for part in sentences(" ".join(line.split())) if not EXPRESSIONS["instruction"].search(part)]
            for line in whole
        )
        return unique(map(" ".join, told))[:MOST_LINES]

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
        found = [part for part in PARTED.split(self._stated("website_title")) if part]
        host = re.sub(r"^https?://(?:www\.)?|[/:].*$", "", self._stated("website_url"))
        name = min(found, key=len, default=host or "The company")
        return name, next((part for part in found if part != name), "")


def _is_name(line: str) -> bool:
    """A heading: a few words, most of them with a capital, and no sentence."""
    found = line.split()
    is_short = len(found) <= LONGEST_NAME and sum(word[:1].isupper() for word in found) * 2 > len(found)
    return is_short and bool(content(line)) and line[-1].isalnum() and not EXPRESSIONS["order"].match(line)
