"""Writing to the index, in the transaction of the row that is indexed: findable with it, gone with it."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import ColumnElement, Select, bindparam, cast, delete, func, or_, select, text, update
from sqlalchemy.orm import Session

from app.core.json import JSONObject, to_json
from app.db.session import Database
from app.llm.interfaces import Caller, Embedder, ErrorKind, ProviderError
from app.provenance.sources import Source
from app.retrieval.chunking import chunks
from app.retrieval.languages import ENGLISH, dictionaries, languages_of
from app.retrieval.models import DocumentChunk
from app.retrieval.stems import STEMS, beginnings, stems_of
from app.retrieval.words import spelled_words, words

BATCH = 64  # texts per embedding call
FEATURE = "retrieval.index"
REFUSALS = {ErrorKind.REFUSED, ErrorKind.FILTERED, ErrorKind.PARAMETER}  # of a text, not of all that we send
LEXEMES_VERSION = 1  # grows with every change of what texts are found by
LABELS = ("status", "mood", "tags", "category")
UNTOLD = ("", "not_started")  # everybody says "start"; few mean this by it

# words as they stand, their stems in English and in other languages, other forms of them, and the owner
_LEXEMES = f"""to_tsvector('simple', :folded) || to_tsvector('english', :plain)
  || array_to_tsvector({STEMS})
  || array_to_tsvector(CAST(:others AS text[]) || CAST(:owner AS text))"""
LEXEMES = text(_LEXEMES)
# Many pieces at once: each of ``given`` has its columns, and what its lexemes are made of.
_COLUMNS = {
    "tenant_id": "text", "user_id": "text", "kind": "text", "source_id": "text", "parent_id": "text", "part": "int",
    "title": "text", "text": "text", "dated_at": "timestamptz", "attributes": "jsonb", "lexemes_version": "int",
}  # fmt: skip
_MADE_OF = {
    "folded": "text", "plain": "text", "spelled": "text", "dictionaries": "text[]", "others": "text[]", "owner": "text",
}  # fmt: skip
_NAMES = ", ".join(_COLUMNS)
_TYPES = ", ".join(f"{name} {kind}" for name, kind in (_COLUMNS | _MADE_OF).items())
PUT_ALL = text(f"""INSERT INTO document_chunks ({_NAMES}, lexemes)
  SELECT {_NAMES}, {re.sub(r"(?<!:):(?=[a-z])", "given.", _LEXEMES)}
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given({_TYPES})""")  # noqa: S608
RENEW = (
    update(DocumentChunk.__table__)  # type: ignore[arg-type]
    .where(DocumentChunk.id == bindparam("chunk"))
    .values(lexemes=LEXEMES, lexemes_version=LEXEMES_VERSION)
)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Document:
    """Something its owner may ask about. ``attributes`` are shown to the model beside the text (status, mood, …).

    ``safety`` is what care found in it, if it found anything; ``sources`` are the rows whose words it has.
    """

    kind: str
    source_id: str
    title: str
    text: str
    dated_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)
    parent_id: str | None = None
    safety: JSONObject | None = None
    sources: tuple[Source, ...] = ()


def owner_word(tenant: str, user: str) -> str:
    """A lexeme that no text can contain and only this owner's pieces carry."""
    return "\u2060" + hashlib.sha256(f"{tenant}\0{user}".encode()).hexdigest()[:20]


def put(session: Session, tenant: str, user: str, document: Document) -> None:
    """Indexes the document as it is now, in place of what was there."""
    remove(session, tenant, user, document.source_id, keep_children=True)
    put_new(session, tenant, user, [document])


def put_new(session: Session, tenant: str, user: str, documents: Sequence[Document]) -> None:
    """Indexes documents that are not in the index yet, all in one statement."""
    if documents:
        rows = [row for document in documents for row in _rows(tenant, user, document)]
        session.execute(PUT_ALL, {"rows": to_json(rows)})


def _rows(tenant: str, user: str, document: Document) -> list[dict[str, object]]:
    return [
        {
            "tenant_id": tenant, "user_id": user, "kind": document.kind, "source_id": document.source_id,
            "parent_id": document.parent_id, "part": part, "title": document.title, "text": piece,
            "dated_at": document.dated_at, "attributes": dict(document.attributes),
            "lexemes_version": LEXEMES_VERSION,
            **_found_by(tenant, user, document.title, document.attributes, piece),
        }
        for part, piece in enumerate(chunks(document.text))
    ]  # fmt: skip


def remove(session: Session, tenant: str, user: str, source_id: str, *, keep_children: bool = False) -> None:
    """Forgets a document and, unless told otherwise, those that hang on it."""
    same = DocumentChunk.source_id == source_id
    matching = same if keep_children else or_(same, DocumentChunk.parent_id == source_id)
    session.execute(delete(DocumentChunk).where(*_owned(tenant, user), matching))


def renew_lexemes(db: Database) -> int:
    """Makes the lexemes of one batch of pieces again that older rules have made; how many."""
    outdated = DocumentChunk.lexemes_version < LEXEMES_VERSION
    with db.begin() as session:
        found = select(DocumentChunk).where(outdated).order_by(DocumentChunk.id).limit(BATCH)
        rows = [
            {"chunk": row.id, **_found_by(row.tenant_id, row.user_id, row.title, row.attributes, row.text)}
            for row in session.scalars(found.with_for_update(skip_locked=True))
        ]
        if rows:
            session.connection().execute(RENEW, rows)
    return len(rows)


def embed_pending(db: Database, embedder: Embedder) -> int:
    """Embeds a batch of pieces, all one person's, that this model has not seen; how many. No transaction waits."""
    with db.read() as session:
        found = [Piece(*row) for row in session.execute(_pending(embedder.model))]
    pending = [piece for piece in found if piece.caller == found[0].caller]
    if pending:
        _store(db, pending, _vectors(embedder, pending), embedder.model)
    return len(pending)


def sign_pending(db: Database) -> int:
    """Signs a batch of vectors that an older version of the service has stored; how many."""
    unsigned = DocumentChunk.embedding.is_not(None) & DocumentChunk.signature.is_(None)
    found = select(DocumentChunk.id).where(unsigned).order_by(DocumentChunk.id).limit(BATCH)
    with db.begin() as session:
        ids = session.scalars(found.with_for_update(skip_locked=True)).all()
        signed = func.binary_quantize(DocumentChunk.embedding)
        session.execute(update(DocumentChunk).where(DocumentChunk.id.in_(ids)).values(signature=signed))
    return len(ids)


def embeddings_left(db: Database, model: str) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(DocumentChunk).where(_unseen_by(model))) or 0


@dataclass(frozen=True, slots=True)
class Piece:
    id: int
    title: str
    text: str
    tenant_id: str
    user_id: str

    @property
    def caller(self) -> Caller:
        """On whose account its vector goes."""
        return Caller(FEATURE, self.tenant_id, self.user_id)


def _pending(model: str) -> Select[int, str, str, str, str]:
    chunk = DocumentChunk
    columns = select(chunk.id, chunk.title, chunk.text, chunk.tenant_id, chunk.user_id)
    return columns.where(_unseen_by(model)).order_by(DocumentChunk.id).limit(BATCH)


def _unseen_by(model: str) -> ColumnElement[bool]:
    """In a form that the index on the model's name serves."""
    column = DocumentChunk.embedding_model
    return or_(column.is_(None), column < model, column > model)


def _vectors(embedder: Embedder, pieces: Sequence[Piece]) -> list[Sequence[float] | None]:
    """None for a piece that the model refuses: it must not keep the others waiting for ever."""
    try:
        return list(embedder.embed([f"{piece.title}\n{piece.text}" for piece in pieces], pieces[0].caller))
    except ProviderError as error:
        if error.kind not in REFUSALS:
            raise
        if len(pieces) == 1:
            log.warning("piece_not_embedded", piece=pieces[0].id, kind=error.kind)
            return [None]
    return [vector for piece in pieces for vector in _vectors(embedder, [piece])]


def _store(db: Database, pieces: Sequence[Piece], vectors: Sequence[Sequence[float] | None], model: str) -> None:
    """A piece that was rewritten meanwhile has another id, so a late vector can't be put to new words."""
    statement = (
        update(DocumentChunk.__table__)  # type: ignore[arg-type]
        .where(DocumentChunk.id == bindparam("chunk"))
        .values(
            embedding=bindparam("vector"),
            embedding_model=model,
            signature=func.binary_quantize(cast(bindparam("vector"), HALFVEC)),
        )
    )
    rows = [{"chunk": piece.id, "vector": vector} for piece, vector in zip(pieces, vectors, strict=True)]
    with db.begin() as session:
        session.connection().execute(statement, rows)


def _owned(tenant: str, user: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DocumentChunk.tenant_id == tenant, DocumentChunk.user_id == user


def _labels(attributes: Mapping[str, str]) -> str:
    """What is found by its mood, tags, category or status, though its text does not say the word."""
    found = [attributes.get(name, "") for name in LABELS]
    return " ".join(label for label in found if label not in UNTOLD).replace("_", " ")


def _found_by(tenant: str, user: str, title: str, attributes: Mapping[str, str], piece: str) -> dict[str, object]:
    """The parameters of ``LEXEMES``."""
    plain = f"{title}\n{_labels(attributes)}\n{piece}"
    folded, spelled = words(plain), spelled_words(plain)
    languages = languages_of(folded)
    others = [] if languages == (ENGLISH,) else beginnings(folded)
    return {
        "folded": " ".join(folded), "plain": plain, "spelled": " ".join(spelled),
        "dictionaries": dictionaries(spelled, languages), "others": [*stems_of(plain), *others],
        "owner": owner_word(tenant, user),
    }  # fmt: skip
