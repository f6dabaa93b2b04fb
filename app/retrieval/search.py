"""Finding: words, vectors and recency each rank what an owner has; the ranks are fused, newer first among equals."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from pgvector import HalfVector
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from app.db.statements import Statement
from app.retrieval import narrowing
from app.retrieval.chunking import LEAST
from app.retrieval.index import owner_word
from app.retrieval.languages import ENGLISH, dictionaries, languages_of, particular
from app.retrieval.stems import STEMS, asked_beginnings, stems_of
from app.retrieval.words import spelled_words, words

LONGEST_QUESTION = 2000  # characters
MOST_WORDS, LONGEST_WORD = 64, 60

# Reciprocal rank fusion with the customary k = 60. Recency weighs half, so that it fills up but never displaces a hit;
# completed goals weigh less still, so that they come behind all that is going on.
LISTS = {
    "lexical": """
      SELECT id, row_number() OVER (ORDER BY rank DESC, dated_at DESC) AS place, 1.0 AS weight FROM (
        SELECT id, dated_at, ts_rank(lexemes, (SELECT terms FROM asked), 1) AS rank FROM document_chunks
        WHERE lexemes @@ (SELECT owner && terms FROM asked) AND tenant_id = :tenant AND user_id = :user
        ORDER BY rank DESC, dated_at DESC LIMIT 40) AS hits""",
    # ``|| ''`` keeps the planner from reading all of an owner's rows in a second index: lexemes tell the owner too.
    "narrowed": """
      SELECT id, row_number() OVER (ORDER BY rank DESC, dated_at DESC) AS place, 1.0 AS weight FROM (
        SELECT id, dated_at, ts_rank(lexemes, (SELECT terms FROM asked), 1) AS rank FROM document_chunks
        WHERE lexemes @@ (SELECT owner && CAST(:narrowed AS tsquery) FROM asked)
          AND tenant_id || '' = :tenant AND user_id || '' = :user
        UNION
        SELECT id, dated_at, ts_rank(lexemes, (SELECT terms FROM asked), 1) AS rank FROM (
          SELECT id, dated_at, lexemes FROM document_chunks
          WHERE tenant_id = :tenant AND user_id = :user AND kind = 'journal' ORDER BY dated_at DESC LIMIT :newest
        ) AS latest
        ORDER BY rank DESC, dated_at DESC LIMIT 40) AS hits WHERE rank > 0""",
    "vector": """
      SELECT id, row_number() OVER (ORDER BY distance, dated_at DESC) AS place, 1.0 AS weight FROM (
        SELECT id, dated_at, embedding <=> CAST(:vector AS halfvec) AS distance FROM (
          (SELECT id FROM document_chunks
            WHERE tenant_id = :tenant AND user_id = :user AND embedding_model = :model AND embedding IS NOT NULL
              AND length(signature) = :dimensions
            ORDER BY signature <~> binary_quantize(CAST(:vector AS halfvec)) LIMIT 400)
          UNION ALL
          (SELECT id FROM document_chunks
            WHERE tenant_id = :tenant AND user_id = :user AND embedding_model = :model AND embedding IS NOT NULL
              AND signature IS NULL)) AS likely JOIN document_chunks USING (id)
        WHERE vector_dims(embedding) = :dimensions
        ORDER BY distance LIMIT 40) AS near WHERE distance < 0.75""",
    "recent": """
      SELECT id, row_number() OVER (PARTITION BY kind ORDER BY dated_at DESC) AS place, 0.5 AS weight FROM (
        (SELECT id, kind, dated_at FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user
          AND kind = 'journal' AND part = 0 ORDER BY dated_at DESC LIMIT 12)
        UNION ALL
        (SELECT id, kind, dated_at FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user
          AND kind = 'goal' AND part = 0 AND attributes->>'status' IN ('in_progress', 'not_started')
          ORDER BY dated_at DESC LIMIT 12)
        UNION ALL
        (SELECT id, kind, dated_at FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user
          AND kind = 'progress' AND part = 0 ORDER BY dated_at DESC LIMIT 6)) AS latest""",
    "reached": """
      SELECT id, row_number() OVER (ORDER BY dated_at DESC) AS place, 0.4 AS weight FROM (
        SELECT id, dated_at FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user
          AND kind = 'goal' AND part = 0 AND attributes->>'status' = 'completed'
          ORDER BY dated_at DESC LIMIT 6) AS completed""",
}
ASKED = """asked AS (SELECT CAST(:owner AS tsquery) AS owner, to_tsquery('simple', :words)
  || CAST(replace(CAST(plainto_tsquery('english', :spelled) AS text), '&', '|') AS tsquery)
  || CAST(:others AS tsquery) {stems} AS terms)"""
IN_OTHER_LANGUAGES = """|| coalesce(
  (SELECT CAST(string_agg(quote_literal(stem), ' | ') AS tsquery) FROM unnest({stems}) AS stem), '')"""
FUSE = """SELECT d.id, d.kind, d.source_id, d.title, d.text, d.dated_at, d.attributes,
  CAST(ranked.score AS float8), ranked.matched, d.part FROM (
  SELECT id, sum(weight / (60 + place)) AS score, bool_or(weight = 1.0) AS matched FROM ({lists}) AS places GROUP BY id
) AS ranked JOIN document_chunks AS d USING (id) WHERE d.tenant_id = :tenant AND d.user_id = :user
ORDER BY ranked.score DESC, d.dated_at DESC LIMIT 60"""

SAMPLES = [
    Statement(narrowing.SAMPLE.format(stems=stems))
    for stems in ("", IN_OTHER_LANGUAGES.format(stems=STEMS.replace(":spelled", "spelled")))
]
PIECES = Statement("""SELECT source_id, text FROM document_chunks
WHERE tenant_id = :tenant AND user_id = :user AND source_id = ANY(:ids) ORDER BY source_id, part""")


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece that was found. ``matched`` is False when it is only recent."""

    kind: str
    source_id: str
    title: str
    text: str
    dated_at: datetime
    attributes: dict[str, str]
    score: float
    matched: bool
    part: int = 0


@dataclass(frozen=True, slots=True)
class Vector:
    values: Sequence[float]
    model: str


def search(
    session: Session | Connection, tenant: str, user: str, question: str, vector: Vector | None = None
) -> list[Hit]:
    """The owner's documents for a question, best first, one piece of each."""
    said = _Said.of(question[:LONGEST_QUESTION])
    owned = {"tenant": tenant, "user": user}
    names, values = _words(session, owned, said) if said.found else ([], {})
    if vector:
        names.append("vector")
        values |= {"vector": HalfVector(list(vector.values)).to_text(), "model": vector.model}
        values |= {"dimensions": len(vector.values)}  # a server may make others under the same name
    names += ["recent", "reached"]
    values |= {**owned, "owner": f"'{owner_word(tenant, user)}'"}
    hits = [Hit(*row[1:]) for row in _statement(bool(values.get("dictionaries")), tuple(names)).rows(session, values)]
    return list({hit.source_id: hit for hit in reversed(hits)}.values())[::-1]


@dataclass(frozen=True, slots=True)
class _Said:
    """What is particular in a question: words as written, with their folded pieces, and all of these once."""

    words: dict[str, list[str]]
    found: list[str]
    languages: tuple[str, ...]

    @classmethod
    def of(cls, question: str) -> "_Said":
        languages = languages_of(words(question))
        said = particular(spelled_words(question), languages)
        found = [word for word in dict.fromkeys(chain(*said.values())) if len(word) < LONGEST_WORD][:MOST_WORDS]
        return cls(said, found, languages)

    @property
    def dictionaries(self) -> list[str]:
        return dictionaries(self.words, self.languages if self._is_english else ())

    def others(self, spelled: Iterable[str], found: Sequence[str]) -> str:
        """Forms of words that PostgreSQL does not know."""
        return _any_of([*stems_of(" ".join(spelled)), *([] if self._is_english else asked_beginnings(found))])

    @property
    def _is_english(self) -> bool:
        return self.languages == (ENGLISH,)


def _words(session: Session | Connection, owned: dict[str, str], said: _Said) -> tuple[list[str], dict[str, object]]:
    """The list that finds by words, and its parameters."""
    values: dict[str, object] = {
        "words": _any_of(said.found), "spelled": " ".join(said.words), "dictionaries": said.dictionaries,
        "others": said.others(said.words, said.found),
    }  # fmt: skip
    size = sizes.of(session, **owned)
    if size < narrowing.MANY:
        return ["lexical"], values
    forms, masks = _sample(session, owned, said)
    if not masks:  # of what was counted a while ago nothing is left
        return ["lexical"], values
    few = narrowing.narrowed(forms, masks, size)
    return ["narrowed"], {**values, "narrowed": few.query, "newest": few.newest}


def _sample(session: Session | Connection, owned: dict[str, str], said: _Said) -> tuple[list[str], list[int]]:
    counted = [(word, found) for word, found in said.words.items() if len(word) < LONGEST_WORD][: narrowing.WORDS]
    values = {
        **owned, "folded": [_any_of(found[:MOST_WORDS]) for _, found in counted], "each": [word for word, _ in counted],
        "others": [said.others([word], found) for word, found in counted], "dictionaries": said.dictionaries,
    }  # fmt: skip
    row = SAMPLES[bool(values["dictionaries"])].row(session, values)
    return row.forms, row.masks


def _any_of(lexemes: Sequence[str]) -> str:
    return " | ".join(f"'{lexeme}'" for lexeme in lexemes)


def pieces(
    session: Session | Connection, tenant: str, user: str, hits: Sequence[Hit]
) -> dict[str, list[str]]:  # fmt: skip
    """All pieces, in order, of those found documents that have more than the one that was found."""
    ids = [hit.source_id for hit in hits if hit.part or len(hit.text) >= LEAST]
    found: dict[str, list[str]] = {}
    for source_id, piece in PIECES.rows(session, {"tenant": tenant, "user": user, "ids": ids}) if ids else ():
        found.setdefault(source_id, []).append(piece)
    return found


sizes = narrowing.Sizes()
_statements: dict[tuple[bool, tuple[str, ...]], Statement] = {}


def _statement(other_languages: bool, names: tuple[str, ...]) -> Statement:
    if (other_languages, names) not in _statements:
        lists = " UNION ALL ".join(f"({LISTS[name]})" for name in names)
        stems = IN_OTHER_LANGUAGES.format(stems=STEMS) if other_languages else ""
        prefix = f"WITH {ASKED.format(stems=stems)} " if {"lexical", "narrowed"} & {*names} else ""
        _statements[other_languages, names] = Statement(prefix + FUSE.format(lists=lists))
    return _statements[other_languages, names]
