"""Finding: by words, by vectors, by recency; each person's own only."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

import gevent
import pytest
from flask import Flask
from sqlalchemy import select

from app.core.clock import now
from app.db.session import db as database
from app.retrieval.context import MOST_DOCUMENTS, choose, fit
from app.retrieval.index import Document, embed_pending, put, remove
from app.retrieval.models import DocumentChunk
from app.retrieval.search import Hit, Vector, search
from tests.chat.conftest import ask
from tests.conftest import Caller, sign_in
from tests.double.client import Double
from tests.jobs.test_jobs import burst


def write(name: str, text: str, kind: str = "journal", days: int = 0, user: str = "olivia") -> None:
    facts = {"status": "in_progress"} if kind == "goal" else {}
    document = Document(kind, name, name, text, now() - timedelta(days=days), facts)
    with database.begin() as session:
        put(session, "acme", user, document)


def find(question: str, user: str = "olivia", vector: Vector | None = None) -> list[Hit]:
    with database.read() as session:
        return search(session, "acme", user, question, vector)


def matched(question: str, user: str = "olivia") -> list[str]:
    return [hit.source_id for hit in find(question, user) if hit.matched]


pytestmark = pytest.mark.usefixtures("clean")


def test_words_are_found_whatever_their_form() -> None:
    write("runs", "I run every morning")
    write("cooks", "I cook every evening")
    assert matched("Tell me about running") == ["runs"]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Heute bin ich gelaufen, Übung tut gut", "ubung"),
        ("今天去公园跑步了", "跑步"),
        ("今日は走った", "走った"),
        ("Сегодня бегал", "БЕГАЛ"),
    ],
)
def test_other_languages_are_found(text: str, question: str) -> None:
    write("entry", text)
    assert matched(question) == ["entry"]


def test_only_the_owners_documents_are_found() -> None:
    write("mine", "canary")
    write("theirs", "canary", user="theo")
    assert matched("canary") == ["mine"]
    assert matched("canary", user="sam") == []


def test_the_owners_mark_cannot_be_typed() -> None:
    write("theirs", "canary", user="theo")
    for question in ("' | canary", "canary:*", "!canary & '", "\\' canary", "\u2060canary"):
        assert matched(question) == []


def test_without_a_match_the_recent_ones_come() -> None:
    for days in range(5):
        write(f"day {days}", "nothing special", days=days)
    assert [hit.source_id for hit in find("quantum")] == [f"day {days}" for days in range(5)]


def test_newer_comes_first_among_equals() -> None:
    for days in (3, 1, 2):
        write(f"day {days}", "went running", days=days)
    assert matched("running") == ["day 1", "day 2", "day 3"]


def test_a_rewritten_document_is_found_by_its_new_words_only() -> None:
    write("entry", "apples")
    write("entry", "pears")
    assert (matched("apples"), matched("pears")) == ([], ["entry"])


def test_a_removed_document_is_gone() -> None:
    write("entry", "apples")
    with database.begin() as session:
        remove(session, "acme", "olivia", "entry")
    assert find("apples") == []


def test_a_write_that_is_rolled_back_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), database.begin() as session:
        put(session, "acme", "olivia", Document("journal", "entry", "entry", "apples", now()))
        raise RuntimeError
    assert find("apples") == []


def test_a_long_document_counts_once() -> None:
    write("long", "running is fine. " * 500)
    assert matched("running") == ["long"]


def test_goals_and_journal_both_get_places() -> None:
    for number in range(20):
        write(f"entry {number}", "running")
    write("goal", "get up early", kind="goal")
    chosen = choose(find("running"), "running")
    assert len(chosen) == MOST_DOCUMENTS
    assert "goal" in [hit.source_id for hit in chosen]


def test_the_budget_holds_the_best() -> None:
    hits = [Hit("journal", str(n), "", "word " * 1000, now(), {}, 1.0, True) for n in range(10)]
    assert [hit.source_id for hit in fit(hits, budget=3500)] == ["0", "1"]


class Compass:
    """An embedder that knows two directions."""

    model = "compass"

    def embed(self, texts: Sequence[str], caller: object) -> list[list[float]]:
        return [[1.0, 0.0] if "sea" in text or "ocean" in text else [0.0, 1.0] for text in texts]


def test_vectors_find_what_words_do_not() -> None:
    write("sea", "a day at the sea")
    write("hill", "a day in the hills")
    assert embed_pending(database, Compass()) == 2
    found = find("ocean", vector=Vector([1.0, 0.0], "compass"))
    assert [hit.source_id for hit in found if hit.matched] == ["sea"]


def test_vectors_of_another_model_are_not_compared() -> None:
    write("sea", "a day at the sea")
    embed_pending(database, Compass())
    for other in (Vector([1.0, 0.0], "other"), Vector([1.0, 0.0, 0.0], "compass")):
        assert not [hit for hit in find("ocean", vector=other) if hit.matched]


def embedding_models() -> set[str | None]:
    with database.read() as session:
        return set(session.scalars(select(DocumentChunk.embedding_model)))


@pytest.fixture
def embedding(make_app: Callable[..., Flask], app: Flask) -> Iterator[Flask]:
    yield make_app(EMBEDDING_MODEL="openai:embed-1")
    make_app()


def test_what_is_written_is_embedded_by_a_worker_and_used(embedding: Flask, double: Double) -> None:
    caller: Caller = sign_in(embedding, "olivia", "acme")
    made = caller.post("/api/v1/journal", json={"title": "Sea", "content": "a day at the sea"}).json["id"]
    burst(embedding)
    assert embedding_models() == {"embed-1"}
    assert made in ask(caller, "What about the ocean?").json["metadata"]["context"]
    assert [request["path"] for request in double.requests()].count("/v1/embeddings") == 2


def test_without_its_vector_a_question_is_still_answered(embedding: Flask, double: Double) -> None:
    double.script({"status": 500}, {"text": "Fine."})
    assert ask(sign_in(embedding, "olivia", "acme")).json["response"] == "Fine."


def test_an_answer_does_not_wait_for_a_vector_that_never_comes(embedding: Flask, double: Double) -> None:
    double.script({"silence": "all"}, {"text": "Fine."})
    with gevent.Timeout(20):
        assert ask(sign_in(embedding, "olivia", "acme")).json["response"] == "Fine."
