"""What is written can be found in the same moment, and what is deleted can't."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.auth.principals import Principal
from app.cli import demo as whole_demo
from app.db.session import db as database
from app.llm.interfaces import Caller as Asking
from app.llm.interfaces import ErrorKind, ProviderError
from app.retrieval import index
from app.retrieval.models import DocumentChunk
from app.retrieval.search import Hit, Vector, search
from app.workspace import demo, indexing, jobs
from app.workspace.models import Goal, JournalEntry, ProgressUpdate
from tests.conftest import Caller
from tests.jobs.test_jobs import burst
from tests.workspace.conftest import GOALS, JOURNAL, day, make_entry, make_goal, set_status


def hits(caller: Caller, question: str, vector: Vector | None = None) -> list[Hit]:
    with database.read() as session:
        return [hit for hit in search(session, caller.tenant, caller.user, question, vector) if hit.matched]


def found(caller: Caller, question: str) -> list[tuple[str, str]]:
    return [(hit.kind, hit.title) for hit in hits(caller, question)]


def test_a_goal_is_found_with_its_milestones_and_facts(owner: Caller) -> None:
    steps = [{"title": "Buy shoes"}, {"title": "Enter the race", "due_date": day(7)}]
    goal = make_goal(owner, description="Along the river", milestones=steps)
    owner.patch(f"{GOALS}/{goal['id']}/milestone/{goal['milestones'][0]['id']}/complete")
    hit = hits(owner, "race")[0]
    assert hit.text == f"Along the river\nMilestones: [x] Buy shoes; [ ] Enter the race (due {day(7)})"
    facts = {"status": "not_started", "progress": "50", "target": day(30), "next": "Enter the race"}
    assert hit.attributes == facts | {"category": "health"}


def test_a_goal_is_found_as_it_is_now(owner: Caller, goal: Any) -> None:
    owner.put(f"{GOALS}/{goal['id']}", json={"title": "Swim across the lake"})
    set_status(owner, goal, "in_progress")
    assert found(owner, "5K") == []
    assert hits(owner, "swim")[0].attributes["status"] == "in_progress"


def test_progress_is_found_under_its_goals_title(owner: Caller, goal: Any) -> None:
    owner.post(f"{GOALS}/{goal['id']}/progress", json={"content": "New shoes pinch"})
    assert found(owner, "pinch") == [("progress", "Run a 5K")]
    owner.put(f"{GOALS}/{goal['id']}", json={"title": "Run a 10K"})
    assert found(owner, "pinch") == [("progress", "Run a 10K")]


def indexed(title: str = "", category: str = "") -> int:
    """How many documents are found under a title, or as goals of a category."""
    of = DocumentChunk.title == title if title else DocumentChunk.attributes["category"].astext == category
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(DocumentChunk).where(of)) or 0


def test_however_many_notes_a_goal_has_they_follow_its_title(owner: Caller, goal: Any, app: Flask) -> None:
    with database.begin() as session:
        notes = ({"content": f"Note {n}", "goal_id": goal["id"]} for n in range(450))
        session.add_all(ProgressUpdate(tenant_id="acme", user_id="olivia", **note) for note in notes)
    assert owner.put(f"{GOALS}/{goal['id']}", json={"title": "Run a 10K"}).status_code == 200
    assert indexed("Run a 10K") == 101
    burst(app)
    assert indexed("Run a 10K") == 451


def test_however_many_goals_a_category_has_they_follow_its_name(owner: Caller, app: Flask) -> None:
    category = owner.post("/api/v1/categories", json={"name": "Garden"}).json
    goal = {"title": "Dig", "category": "Garden", "target_date": day(30)}
    for _ in range(5):
        assert owner.post(f"{GOALS}/batch", json={"goals": [goal] * 50}).status_code == 201
    owner.patch(f"/api/v1/categories/{category['id']}", json={"name": "Park"})
    assert owner.get(f"{GOALS}/counts").json["by_category"] == {"Park": 250}
    assert indexed(category="Park") == 100
    burst(app)
    assert (indexed(category="Park"), indexed(category="Garden")) == (250, 0)


def test_an_entry_is_found_by_its_new_words_only(owner: Caller) -> None:
    entry = make_entry(owner, content="The heron again", mood="calm", tags=["river", "birds"], entry_date="2024-02-01")
    hit = hits(owner, "heron")[0]
    assert (hit.attributes, hit.dated_at.year) == ({"mood": "calm", "tags": "river, birds"}, 2024)
    owner.put(f"{JOURNAL}/{entry['id']}", json={"content": "A kingfisher"})
    assert (found(owner, "heron"), found(owner, "kingfisher")) == ([], [("journal", "Morning run")])


def test_what_is_deleted_is_found_no_more(owner: Caller, goal: Any, entry: Any) -> None:
    note = owner.post(f"{GOALS}/{goal['id']}/progress", json={"content": "New shoes pinch"}).json
    owner.post(f"{GOALS}/{goal['id']}/progress", json={"content": "They pinch less"})
    owner.delete(f"{GOALS}/{goal['id']}/progress/{note['id']}")
    assert len(hits(owner, "pinch")) == 1
    owner.delete(f"{GOALS}/{goal['id']}")
    owner.delete(f"{JOURNAL}/{entry['id']}")
    assert found(owner, "pinch 5K kilometres") == []


def test_a_batch_that_fails_leaves_no_trace(owner: Caller, goal: Any) -> None:
    items = [{"goalId": goal["id"], "data": {"title": "Fly a kite"}}, {"goalId": "goal_unknown", "data": {}}]
    owner.put(f"{GOALS}/batch", json=items)
    assert (found(owner, "kite"), found(owner, "5K")) == ([], [("goal", "Run a 5K")])


class Letters:
    """An embedding model of a kind: how often the first letters of the alphabet occur."""

    model = "letters-1"

    def embed(self, texts: Sequence[str], caller: Asking) -> list[list[float]]:
        return [[float(text.lower().count(letter)) for letter in "abcdefgh"] for text in texts]


@pytest.fixture
def embedding() -> Iterator[Letters]:
    letters = Letters()
    indexing.configure(letters)
    yield letters
    indexing.configure(None)


def test_where_an_embedding_model_is_set_every_piece_gets_a_vector(owner: Caller, embedding: Letters) -> None:
    for title in ("Cabbage", "Feedback"):
        make_entry(owner, title, content="abc " * 1500)
    jobs.embed()
    [asked] = embedding.embed(["Cabbage\n" + "abc " * 400], Asking("test"))
    nearest = hits(owner, "zzz", Vector(asked, embedding.model))
    with database.read() as session:
        without = session.scalar(select(func.count()).where(DocumentChunk.embedding.is_(None)))
    assert {hit.title for hit in nearest} == {"Cabbage", "Feedback"}
    assert without == 0


def test_goals_and_entries_may_be_written_by_the_dozen(owner: Caller, embedding: Letters) -> None:
    """The demo and an import write much in one transaction, and may let the row of its one job go before the end."""
    whole_demo.seed()
    rows = [{"id": f"g{number}", "title": f"Goal {number}"} for number in range(3)]
    assert owner.post("/workspace/import", json={"goals": rows}).status_code == 200
    jobs.embed()
    assert models() == {"letters-1"}


class Numbers(Letters):
    """Another model, with vectors of another length."""

    model = "numbers-1"

    def embed(self, texts: Sequence[str], caller: Asking) -> list[list[float]]:
        return [[float(len(text)), 1.0] for text in texts]


def models() -> set[str | None]:
    with database.read() as session:
        return set(session.scalars(select(DocumentChunk.embedding_model)))


def test_another_embedding_model_embeds_everything_again(owner: Caller, embedding: Letters) -> None:
    make_entry(owner, "Cabbage", content="abc " * 10_000)
    jobs.embed()
    indexing.configure(Numbers())
    jobs.embed()
    assert models() == {"numbers-1"}
    assert index.embed_pending(database, Numbers()) == 0
    assert hits(owner, "zzz", Vector([1.0] * 8, "letters-1")) == []  # vectors of two models are never compared


def test_a_piece_that_the_model_refuses_keeps_no_other_waiting(owner: Caller, embedding: Letters) -> None:
    class Strict(Letters):
        model = "strict-1"

        def embed(self, texts: Sequence[str], caller: Asking) -> list[list[float]]:
            if any("Cabbage" in text for text in texts):
                raise ProviderError(ErrorKind.REFUSED)
            return super().embed(texts, caller)

    for title in ("Cabbage", "Feedback"):
        make_entry(owner, title)
    indexing.configure(Strict())
    jobs.embed()
    with database.read() as session:
        without = session.scalars(select(DocumentChunk.title).where(DocumentChunk.embedding.is_(None))).all()
    assert without == ["Cabbage"]


def rows() -> list[int | None]:
    with database.read() as session:
        return [
            session.scalar(select(func.count()).select_from(model)) for model in (Goal, JournalEntry, DocumentChunk)
        ]


def seed(caller: Caller) -> None:
    with database.begin() as session:
        demo.seed(session, Principal(caller.user, caller.tenant))


def test_the_demo_person_is_made_once(owner: Caller, teammate: Caller) -> None:
    seed(owner)
    first = rows()
    seed(owner)
    assert rows() == first
    seed(teammate)
    assert rows() == [2 * (number or 0) for number in first]


def test_the_demo_persons_goals_are_due_on_days(owner: Caller) -> None:
    seed(owner)
    goals = [owner.get(f"{GOALS}/{goal['id']}").json for goal in owner.get(GOALS).json["goals"]]
    due = [goal["target_date"] for goal in goals] + [step["due_date"] for goal in goals for step in goal["milestones"]]
    assert {moment.partition("T")[2] for moment in due} == {"00:00:00.000Z"}


def test_the_demo_person_has_something_to_talk_about(owner: Caller) -> None:
    seed(owner)
    assert ("goal", "Run a 5K") in found(owner, "running")
    counts = owner.get(f"{GOALS}/counts").json
    assert (counts["total"], counts["completed"]) == (5, 1)
    entries = owner.get(f"{JOURNAL}?limit=100").json["entries"]
    assert len(entries) >= 20
    assert any(entry["linked_goals"] for entry in entries)
