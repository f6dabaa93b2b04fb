"""What a website says of a business, in its own sentences; what it does not say stays empty."""

import re
from typing import Any

from app.llm.offline.business.data import rows, text_of
from app.llm.offline.reading import Reading
from app.llm.offline.words import sentences, stem, table, words

Answer = dict[str, Any]
PARTED = re.compile(r"\s+[–—|·:-]\s+|:\s+")
QUOTED = re.compile(r"[“\"]([^”\"\n]{15,300})[”\"]\s*(?:[–—-]\s*([^\n.]{2,80}))?")
CALLS = re.compile(r"^(?:book|try|start|get|request|contact|sign up|buy|order|call|subscribe|schedule)\b", re.I)
AUDIENCE = frozenset(
    map(stem, table("for help serve team people business company client customer owner family patient"))
)
PAINS = frozenset(map(stem, table("without tired waste wait hard late pain problem stress never cost slow struggle")))
EDGES = frozenset(map(stem, table("only every one fast free best honest own first day unlike guarantee")))
ORDERS = re.compile(r"\b(?:ignore|disregard|forget)\b.{0,40}\b(?:instruction|prompt|rule)s?\b", re.I)
LONGEST_NAME = 6  # words


def scanned(reading: Reading) -> Answer:
    lines = _lines(reading)
    told = [line for text in lines for line in sentences(text) if len(line.split()) > LONGEST_NAME]
    told = told or sorted(lines, key=len, reverse=True)
    if not told:
        return {}
    name, tagline = _named(reading)
    audience = _nearest(told, AUDIENCE)
    products = [line.rstrip(".:")[:200] for line in lines if _is_name(line) and line not in {name, tagline}]
    return {
        "company_profile": {
            "company_name": name, "legal_name": "", "tagline": tagline,
            "overview": (text_of(reading, "meta_description") or told[0])[:1500],
        },
        "target_market": {
            "primary_audience": audience[:400], "segments": [],
            "pain_points": [line[:400] for line in told if _speaks(line, PAINS)][:3], "niche_statement": audience[:400],
        },
        "offers": {
            "primary_product": (products or [name])[0], "categories": [], "features": products[1:9],
            "differentiators": [line[:400] for line in told if _speaks(line, EDGES)][:3],
        },
        "credibility": {"notable_clients": [], "testimonials": _testimonials("\n".join(lines))},
        "conversion": {
            "primary_cta_text": next((line[:200] for line in lines if CALLS.match(line) and len(line) < 40), ""),
            "primary_cta_url": "", "supporting_assets": [],
        },
    }  # fmt: skip


def _lines(reading: Reading) -> list[str]:
    """Those of all pages, each once. What tries to give orders is left out."""
    texts = [str(row.get("text") or "") for row in rows(reading, "website_pages")]
    content = reading.data.get("website_content")
    texts = texts or [content if isinstance(content, str) else ""]
    lines = [_without_orders(line) for text in texts for line in text.splitlines()]
    return list(dict.fromkeys(filter(None, lines)))[:400]


def _without_orders(line: str) -> str:
    line = " ".join(line.split())
    return " ".join(part for part in sentences(line) if not ORDERS.search(part)) if ORDERS.search(line) else line


def _named(reading: Reading) -> tuple[str, str]:
    """The company and what it calls itself: the shorter part of a title names it."""
    title = text_of(reading, "website_title")
    parts = [part for part in PARTED.split(title) if part]
    if not parts:
        host = re.sub(r"^https?://(?:www\.)?|[/:].*$", "", text_of(reading, "website_url"))
        return (host or "The company")[:200], ""
    name = min(parts, key=len)
    return name[:200], next((part for part in parts if part != name), "")[:300]


def _is_name(line: str) -> bool:
    """A heading: a few words, most of them with a capital, and no sentence."""
    found = line.split()
    big = sum(word[:1].isupper() for word in found)
    whole = line[-1].isalnum() and line[0].isalnum()
    return whole and len(found) <= LONGEST_NAME and big * 2 > len(found) and not CALLS.match(line)


def _nearest(lines: list[str], signs: frozenset[str]) -> str:
    return max(lines, key=lambda line: len({stem(word) for word in words(line)} & signs))


def _speaks(line: str, signs: frozenset[str]) -> bool:
    return bool({stem(word) for word in words(line)} & signs)


def _testimonials(text: str) -> list[Answer]:
    return [{"quote": quote, "attribution": (who or "").strip()} for quote, who in QUOTED.findall(text)][:6]
