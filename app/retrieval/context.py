"""What of the found documents goes to the model: at most ten, within a token budget, every kind of them heard."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import time
from typing import TypeVar

from app.core import dates, weeks
from app.llm.prompts import fenced, quoted
from app.llm.tokens import estimate
from app.retrieval.index import Document
from app.retrieval.search import Hit
from app.retrieval.words import words

MOST_DOCUMENTS = 10
TOKEN_BUDGET = 30_000
TOKENS_EACH = 4_000  # no single document may crowd out the others
DUE = re.compile(r"\(due (\d{4}-\d\d-\d\d)\)")  # of a milestone, in a goal's text
OVERHEAD = 40  # tokens of a document's element
RESERVED = {"goal": 4, "journal": 3, "progress": 1}
RESERVED_FOR = {  # when the question names a kind
    "goal": {"goal": 7, "journal": 3},
    "journal": {"journal": 7, "goal": 3},
    "progress": {"goal": 4, "journal": 3, "progress": 3},
}
KIND_WORDS = {
    "goal": frozenset({"goal", "goals", "milestone", "milestones", "target", "targets"}),
    "journal": frozenset({"journal", "diary", "entry", "entries", "wrote", "written", "week"}),
    "progress": frozenset({"progress", "progressing", "progressed"}),
}


Shown = TypeVar("Shown", Hit, Document)


def choose(hits: Sequence[Hit], question: str, most: int = MOST_DOCUMENTS) -> list[Hit]:
    """The best ``most`` hits, with places kept for goals, notes and journal entries; in the order of their ranks."""
    kept: set[str] = set()
    for kind, places in _reserved(question).items():
        kept |= {hit.source_id for hit in [hit for hit in hits if hit.kind == kind][:places]}
    rest = [hit.source_id for hit in hits if hit.source_id not in kept]
    chosen = kept | set(rest[: max(0, most - len(kept))])
    return fit([hit for hit in hits if hit.source_id in chosen][:most])


def whole(hits: Sequence[Hit], pieces: Mapping[str, Sequence[str]]) -> list[Hit]:
    """The hits with as much of their documents around them as all of them together have room for."""
    room = min(TOKENS_EACH, TOKEN_BUDGET // max(1, len(hits))) - OVERHEAD
    known = [(hit, pieces.get(hit.source_id, (hit.text,))) for hit in hits]
    return [replace(hit, text=_around(hit.part, of, room)) if len(of) > 1 else hit for hit, of in known]


def fit(hits: Sequence[Shown], budget: int = TOKEN_BUDGET) -> list[Shown]:
    """As many as the budget holds, from the best down."""
    taken: list[Shown] = []
    for hit in hits:
        cost = min(TOKENS_EACH, estimate(hit.title) + estimate(hit.text) + OVERHEAD)
        if cost > budget:
            break
        budget -= cost
        taken.append(hit)
    return taken


def as_xml(hits: Sequence[Hit | Document]) -> str:
    """The documents for a prompt, as delimited data: nothing in them can close its element."""
    return "\n".join(_element(hit) for hit in hits)


def _around(part: int, pieces: Sequence[str], room: int) -> str:
    """The piece with those that follow it and then those before it, as far as there is room."""
    first = last = min(part, len(pieces) - 1)
    room -= estimate(pieces[first])
    while last + 1 < len(pieces) and estimate(pieces[last + 1]) <= room:
        last += 1
        room -= estimate(pieces[last])
    while first > 0 and estimate(pieces[first - 1]) <= room:
        first -= 1
        room -= estimate(pieces[first])
    shown = [*(["…"] if first else []), *pieces[first : last + 1], *(["…"] if last + 1 < len(pieces) else [])]
    return "\n".join(shown)


def _element(hit: Hit | Document) -> str:
    facts = {
        "id": hit.source_id, "kind": hit.kind, "title": hit.title, "date": hit.dated_at.date().isoformat(),
        "weekday": f"{hit.dated_at:%A}",
        **{name: weeks.with_weekday(value) for name, value in hit.attributes.items()}, **_part_of_day(hit),
    }  # fmt: skip
    attributes = " ".join(f"{name}={quoted(value)}" for name, value in facts.items())
    text = DUE.sub(lambda due: f"(due {weeks.with_weekday(due[1])})", hit.text) if hit.kind == "goal" else hit.text
    return f"<document {attributes}>\n{fenced(text)}\n</document>"


def _part_of_day(hit: Hit | Document) -> dict[str, str]:
    """Of an entry, unless only its day is known."""
    clock = hit.dated_at.time()
    return {"part_of_day": dates.part_of_day(clock)} if hit.kind == "journal" and clock != time() else {}


def _reserved(question: str) -> dict[str, int]:
    asked = set(words(question))
    named = [kind for kind, names in KIND_WORDS.items() if names & asked]
    if "progress" in named:
        return RESERVED_FOR["progress"]
    return RESERVED_FOR[named[0]] if len(named) == 1 else RESERVED
