"""Whoever has written much: how few pieces can be ranked, and still the best are among them.

Ranking reads every piece that has any of the asked words, and common words are in a large part of all that somebody
wrote. A sample of the newest pieces tells how common each word is with this person. Rare words are looked for by
themselves; of the common ones a piece must have some at once: as many as leave about ``MOST`` pieces.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.db.statements import Statement

MANY = 3000  # pieces, from which on somebody has written much
MOST = 4000  # pieces that are ranked, about
NEWEST, NEWEST_OF_COMMON = 300, 3000  # pieces that are ranked in any case; and when no word is rare enough
WORDS, TOGETHER = 16, 5  # words that are counted; common ones of them that count
KNOWN_FOR, KNOWN = 600.0, 20_000  # seconds that a number of pieces is trusted, and of how many people

COUNT = Statement("""SELECT count(*) FROM (
  SELECT FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user LIMIT 200000) AS pieces""")
# For each asked word one query of all its forms; for each piece of the sample a bit for each word that it has.
SAMPLE = """WITH asked AS (SELECT place, to_tsquery('simple', folded)
    || CAST(replace(CAST(plainto_tsquery('english', said.spelled) AS text), '&', '|') AS tsquery)
    || CAST(others AS tsquery) {stems} AS forms
  FROM unnest(CAST(:folded AS text[]), CAST(:each AS text[]), CAST(:others AS text[]))
    WITH ORDINALITY AS said(folded, spelled, others, place)),
newest AS (SELECT lexemes FROM (VALUES ('journal'), ('goal'), ('progress')) AS kinds(name), LATERAL (
  SELECT lexemes FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user AND kind = kinds.name
  ORDER BY dated_at DESC LIMIT 120) AS latest)
SELECT ARRAY(SELECT CAST(forms AS text) FROM asked ORDER BY place) AS forms, ARRAY(
  SELECT (SELECT coalesce(sum(1 << (CAST(place AS int) - 1)), 0) FROM asked WHERE lexemes @@ forms)
  FROM newest) AS masks"""
NOTHING = "'\u2060'"  # a query that no piece matches


@dataclass(frozen=True, slots=True)
class Narrowed:
    """``query``, a tsquery, is what a piece has to match to be ranked, unless it is one of so many ``newest``."""

    query: str
    newest: int


class Sizes:
    """How many pieces each owner has, looked up now and then."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[float, int]] = {}

    def of(self, session: Session | Connection, tenant: str, user: str) -> int:
        until, size = self._known.get((tenant, user), (0.0, 0))
        if until < time.monotonic():
            if len(self._known) >= KNOWN:
                self._known.clear()
            size = int(COUNT.row(session, {"tenant": tenant, "user": user}).count)
            self._known[tenant, user] = time.monotonic() + KNOWN_FOR, size
        return size


def narrowed(forms: Sequence[str], masks: Sequence[int], size: int) -> Narrowed:
    """Of ``size`` pieces; ``masks`` has for each piece of the sample a bit for each of ``forms`` that it has."""
    share, taken = MOST / size, 0.0  # of all pieces: what may be ranked, and what the rare words take of it
    seen = [sum(mask >> place & 1 for mask in masks) / len(masks) for place in range(len(forms))]
    rare: list[int] = []
    for place in sorted(range(len(forms)), key=seen.__getitem__):
        if taken + seen[place] > share / 2:
            break
        taken += seen[place]
        rare.append(place)
    common = [place for place in sorted(range(len(forms)), key=seen.__getitem__) if place not in rare][:TOGETHER]
    together = _some_of([_once(forms[place]) for place in common], _least(common, masks, share - taken))
    alternatives = [_once(forms[place]) for place in rare] + ([together] if together else [])
    is_enough = bool(together) or not common
    query = " | ".join(f"({one})" for one in alternatives) or NOTHING
    return Narrowed(query, NEWEST if is_enough else NEWEST_OF_COMMON)


def _least(common: Sequence[int], masks: Sequence[int], share: float) -> int:
    """How many common words a piece must have at once: as few as leave no more than a ``share`` of all pieces."""
    having = [sum(mask >> place & 1 for place in common) for mask in masks]
    most = share * len(masks)
    enough = (least for least in range(2, len(common) + 1) if sum(count >= least for count in having) <= most)
    return next(enough, len(common) + 1)


def _some_of(forms: Sequence[str], least: int) -> str:
    """A query of at least so many of the words; short, as PostgreSQL evaluates it for each piece of the owner."""
    if least > len(forms):
        return ""
    if least == 1:
        return " | ".join(forms)
    first, *rest = forms
    with_first, without = _some_of(rest, least - 1), _some_of(rest, least)
    return f"({first}) & ({with_first})" + (f" | {without}" if without else "")


def _once(form: str) -> str:
    """Each form of a word once: the stem is often the word."""
    return " | ".join(dict.fromkeys(form.split(" | ")))
