"""``python -m bench.finding [others]``: what finding costs people who have written little and much, and what it misses.

Owners of 100 to 50,000 entries stand scattered among as many ``others`` (100,000 unless told) of people with 100 each. Words
are drawn as they are in texts, few of them often and most rarely; vectors have 1,536 numbers that come from 64. What is missed
is counted against ranking everything.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import accumulate, islice

import flask_migrate
import numpy as np
from pgvector import HalfVector
from sqlalchemy import Connection, text

from app import create_app
from app.config import settings as config
from app.core.clock import now
from app.db.session import db
from app.db.statements import Statement
from app.local.services import temporary
from app.retrieval import narrowing
from app.retrieval import search as finding
from app.retrieval.index import Document, owner_word, put, put_new, remove
from bench.people import TENANT

SIZES, POOL, EACH, OTHERS = (100, 1_000, 10_000, 50_000), "pool", 100, 100_000
QUESTIONS, WRITES = 60, 100
MODEL, NUMBERS, HIDDEN = "bench-embed", 1536, 64
COMMON = (
    "work day time feel morning evening sleep run project team stress walk family call week plan goal coffee meeting book "
    "read write happy tired friend home dinner train focus energy mood idea talk listen learn practice habit routine rest "
    "child school health budget money travel city garden music weather rain"
)
SYLLABLES = "ka lo mi ren tas vel dor pin shu gar bel nor fis tam kel ros win dal mar hen"
INDEXES = """SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS made FROM pg_index
  WHERE indrelid = 'document_chunks'::regclass AND NOT indisprimary"""
SPREAD = """INSERT INTO document_chunks (tenant_id, user_id, kind, source_id, part, title, text, dated_at, attributes,
    lexemes, lexemes_version, embedding, embedding_model, signature)
  SELECT :tenant, owner, kind, owner || '-' || source_id, 0, title, text, dated_at, attributes,
    ts_delete(lexemes, :pool) || array_to_tsvector(ARRAY[word]), lexemes_version, vector,
    CASE WHEN vector IS NOT NULL THEN :model END, binary_quantize(vector)
  FROM (SELECT owners.owner, word, pool.*, CASE WHEN has_vectors THEN vectors.embedding END AS vector
    FROM owners CROSS JOIN LATERAL generate_series(first, first + size - 1) AS places(place)
    JOIN document_chunks AS pool ON pool.user_id = 'pool' AND pool.source_id = CAST(place AS text)
    JOIN vectors USING (place)) AS given ORDER BY random()"""
BEST_OF = "SELECT source_id FROM ({}) AS listed JOIN document_chunks USING (id) ORDER BY place LIMIT 10"
BY_SIGNATURE = Statement(BEST_OF.format(finding.LISTS["vector"]))
EXACT = Statement("""SELECT source_id FROM document_chunks WHERE tenant_id = :tenant AND user_id = :user
  AND embedding_model = :model AND vector_dims(embedding) = :dimensions AND embedding <=> CAST(:vector AS halfvec) < 0.75
  ORDER BY embedding <=> CAST(:vector AS halfvec), dated_at DESC LIMIT 10""")
BYTES = """SELECT indexrelid::regclass::text AS name, pg_relation_size(indexrelid) / reltuples AS bytes
  FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE indrelid = 'document_chunks'::regclass ORDER BY bytes DESC"""


class Words:
    """Texts, questions, and the vectors of both."""

    def __init__(self) -> None:
        self.chance = random.Random(5)
        made = random.Random(6)
        rare = {"".join(made.choices(SYLLABLES.split(), k=made.randint(2, 4))) for _ in range(20_000)}
        self.common = COMMON.split()
        self.words = self.common + sorted(rare - {*self.common})
        self._shares = list(accumulate(1 / (place + 3) for place in range(len(self.words))))
        drawn = np.random.default_rng(7)
        weight = np.log1p(np.arange(3, len(self.words) + 3))[:, None]
        self._hidden = drawn.standard_normal((len(self.words), HIDDEN)) * weight
        self._shown = drawn.standard_normal((HIDDEN, NUMBERS))
        self._common = drawn.standard_normal(NUMBERS)
        self._places = {word: place for place, word in enumerate(self.words)}

    def text(self) -> str:
        return " ".join(self.chance.choices(self.words, cum_weights=self._shares, k=self.chance.randint(40, 120)))

    def question(self, of: str) -> str:
        """Of words of one text: some of them rare."""
        return "How about " + " ".join(self.chance.sample(of.split(), self.chance.randint(2, 6)))

    def common_question(self) -> str:
        return "What do I say of " + " ".join(self.chance.sample(self.common, self.chance.randint(1, 5)))

    def vector(self, of: str) -> np.ndarray:
        places = [self._places[word] for word in of.split() if word in self._places]
        shown = self._hidden[places].sum(axis=0) @ self._shown
        return shown / np.linalg.norm(shown) + 0.5 * self._common / np.linalg.norm(self._common)


def main() -> None:
    others = int(sys.argv[1]) if len(sys.argv) > 1 else OTHERS
    with tempfile.TemporaryDirectory() as folder, temporary() as services:
        environ = {
            "APP_ENV": "test", "DATA_DIR": folder, "DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url,
            "AUTH_JWT_SECRET": "of the bench " * 4, "LLM_MODELS": "offline:coach", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        app = create_app(config.load(environ))
        with app.app_context():
            flask_migrate.upgrade()
        words = Words()
        texts = [words.text() for _ in range(max(SIZES))]
        fill(words, texts, others)
        report(words, texts)


def fill(words: Words, texts: Sequence[str], others: int) -> None:
    with db.single() as connection:
        connection.execute(text("SET statement_timeout = 0"))
        made = connection.execute(text(INDEXES)).all()
        for name, _ in made:
            connection.execute(text(f"DROP INDEX {name}"))
        pool(texts)
        vectors(connection, words, texts)
        owners(connection, others)
        connection.execute(text("ANALYZE document_chunks"))
        values = {"tenant": TENANT, "pool": owner_word(TENANT, POOL), "model": MODEL}
        connection.execute(text(SPREAD), values)
        connection.execute(text("DELETE FROM document_chunks WHERE user_id = 'pool'"))
        for _, statement in made:
            connection.execute(text(statement))
        connection.execute(text("VACUUM ANALYZE document_chunks"))


def pool(texts: Sequence[str]) -> None:
    """What all owners have: each some of it."""
    documents = (document(place, words) for place, words in enumerate(texts))
    while batch := list(islice(documents, 500)):
        with db.begin() as session:
            put_new(session, TENANT, POOL, batch)


def document(place: int, words: str) -> Document:
    kind = "goal" if place % 97 == 0 else "progress" if place % 41 == 0 else "journal"
    day = now() - timedelta(days=place * 7919 % 5000, minutes=place % 1440)  # neighbours in the pool are years apart
    return Document(kind, str(place), f"Entry {place}", words, day, {"status": "in_progress"})


def vectors(connection: Connection, words: Words, texts: Sequence[str]) -> None:
    connection.execute(text("CREATE UNLOGGED TABLE vectors (place int PRIMARY KEY, embedding halfvec)"))
    driver = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy("COPY vectors FROM STDIN WITH (FORMAT binary)") as copy:
        for place, one in enumerate(texts):
            copy.write_row((place.to_bytes(4, "big"), HalfVector(words.vector(one)).to_binary()))


def owners(connection: Connection, others: int) -> None:
    connection.execute(
        text("CREATE UNLOGGED TABLE owners (owner text, word text, first int, size int, has_vectors bool)")
    )
    rows = [(f"entries-{size}", 0, size, True) for size in SIZES]
    rows += [(f"other-{n}", n * EACH % (max(SIZES) - EACH), EACH, False) for n in range(others // EACH)]
    values = [
        {"owner": owner, "word": owner_word(TENANT, owner), "first": first, "size": size, "vectors": has_vectors}
        for owner, first, size, has_vectors in rows
    ]
    connection.execute(text("INSERT INTO owners VALUES (:owner, :word, :first, :size, :vectors)"), values)


def report(words: Words, texts: Sequence[str]) -> None:
    asked = [words.question(words.chance.choice(texts[: min(SIZES)])) for _ in range(QUESTIONS)]
    common = [words.common_question() for _ in range(QUESTIONS)]
    print(f"{'':10}{'with a rare word':>30}{'common words only':>30}{'vector':>30}{'write':>18}")
    print(f"{'entries':10}" + f"{'p50 ms':>10}{'p95':>10}{'recall':>10}" * 3 + f"{'p50 ms':>9}{'p95':>9}")
    for size in SIZES:
        user = f"entries-{size}"
        columns = [by_words(user, asked), by_words(user, common), by_vector(user, words, asked)]
        found = "".join(f"{middle:10.1f}{late:10.1f}{recall:10.3f}" for middle, late, recall in columns)
        middle, late, _ = summary([written(user, words.text()) for _ in range(WRITES)], [1.0])
        print(f"{size:<10}{found}{middle:9.1f}{late:9.1f}", flush=True)
    with db.single() as connection:
        for name, size in connection.execute(text(BYTES)):
            print(f"{size:8.0f} bytes per entry  {name}")


def by_words(user: str, questions: Sequence[str]) -> tuple[float, float, float]:
    times = [timed(user, question) for question in [*questions[:6], *questions]][6:]
    few = [best_by_words(user, question) for question in questions]
    with everything_ranked():
        return summary(times, recalls(few, [best_by_words(user, question) for question in questions]))


def by_vector(user: str, words: Words, questions: Sequence[str]) -> tuple[float, float, float]:
    asked = [words.vector(question).tolist() for question in questions]
    times = [timed(user, "", one) for one in [*asked[:6], *asked]][6:]
    few = [best_by_vector(user, one, BY_SIGNATURE) for one in asked]
    return summary(times, recalls(few, [best_by_vector(user, one, EXACT) for one in asked]))


def timed(user: str, question: str, vector: Sequence[float] | None = None) -> float:
    began = time.perf_counter()
    with db.read() as session:
        finding.search(session, TENANT, user, question, finding.Vector(vector, MODEL) if vector else None)
    return (time.perf_counter() - began) * 1000


def best_by_words(user: str, question: str) -> list[str]:
    """The ten best of the list that is fused with what is recent."""
    owned, said = {"tenant": TENANT, "user": user}, finding._Said.of(question)
    with db.read() as session:
        names, values = finding._words(session, owned, said)
        values |= {**owned, "owner": f"'{owner_word(TENANT, user)}'"}
        stems = finding.IN_OTHER_LANGUAGES.format(stems=finding.STEMS) if said.dictionaries else ""
        asked = f"WITH {finding.ASKED.format(stems=stems)} "
        return [
            row.source_id for row in Statement(asked + BEST_OF.format(finding.LISTS[names[0]])).rows(session, values)
        ]


def best_by_vector(user: str, vector: Sequence[float], statement: Statement) -> list[str]:
    values = {
        "tenant": TENANT,
        "user": user,
        "model": MODEL,
        "vector": HalfVector(vector).to_text(),
        "dimensions": NUMBERS,
    }
    with db.read() as session:
        return [row.source_id for row in statement.rows(session, values)]


@contextmanager
def everything_ranked() -> Iterator[None]:
    many, narrowing.MANY = narrowing.MANY, 10**9
    yield
    narrowing.MANY = many


def written(user: str, words: str) -> float:
    one = Document("journal", "new", "New", words, now())
    began = time.perf_counter()
    with db.begin() as session:
        put(session, TENANT, user, one)
    spent = (time.perf_counter() - began) * 1000
    with db.begin() as session:
        remove(session, TENANT, user, "new")
    return spent


def recalls(some: Sequence[list[str]], everything: Sequence[list[str]]) -> list[float]:
    return [len({*few} & {*best}) / len(best) for few, best in zip(some, everything, strict=True) if best]


def summary(times: Sequence[float], recalls: Sequence[float]) -> tuple[float, float, float]:
    """Median and 95th percentile of milliseconds; mean of recalls."""
    return statistics.median(times), sorted(times)[int(len(times) * 0.95)], statistics.mean(recalls)


if __name__ == "__main__":
    main()
