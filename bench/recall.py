"""``python -m bench.recall [PATH]``: how much of what was said, and a question is about, is found again.

PATH is a file, or a folder of files, of LoCoMo (``locomo10.json``) or LongMemEval (``longmemeval_s.json``); without one the
dialogues beside this file are asked about. Every turn is put into the index as an entry of a journal is, without its speaker's
name: who keeps a journal does not sign it. With EMBEDDING_MODEL and its key or base URL in the environment, vectors are tried too.
"""

import itertools
import json
import os
import re
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate

from app import create_app
from app.config import settings as config
from app.db.session import db
from app.llm.interfaces import Caller, Embedder
from app.local.services import temporary
from app.retrieval.index import Document, embed_pending, put_new
from app.retrieval.search import Vector, search
from app.workspace import indexing
from bench.people import TENANT

OURS = Path(__file__).parent / "dialogues"
PLACES = (5, 10)
TURN = re.compile(r"D:?(\d+):0*(\d+)")  # some of LoCoMo's evidence is spelled by hand, several in one text
UNANSWERABLE = 5  # LoCoMo's category of questions about what nobody said
CATEGORIES = {1: "several turns", 2: "times", 3: "general knowledge", 4: "one turn"}
LOCOMO_DATE, LONGMEMEVAL_DATE = "%I:%M %p on %d %B, %Y", "%Y/%m/%d (%a) %H:%M"
OF_VECTORS = re.compile(r"EMBEDDING_MODEL|\w+_API_KEY|\w+_BASE_URL")
MARK = ":"  # between session and turn in an id


@dataclass(frozen=True)
class Question:
    kind: str
    text: str
    turns: frozenset[str]
    sessions: frozenset[str]


@dataclass(frozen=True)
class Dialogue:
    name: str
    turns: Sequence[Document]
    questions: Sequence[Question]


def read(path: Path) -> Iterator[Dialogue]:
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        for place, sample in enumerate(json.loads(file.read_bytes())):
            yield (longmemeval if "haystack_sessions" in sample else locomo)(f"{file.stem}-{place}", sample)


def locomo(name: str, sample: dict[str, Any]) -> Dialogue:
    said, turns = sample["conversation"], list[Document]()
    for number in itertools.count(1):
        if f"session_{number}_date_time" not in said:
            break
        began = moment(said[f"session_{number}_date_time"], LOCOMO_DATE)
        for place, turn in enumerate(said.get(f"session_{number}", ())):
            shown = f" [{turn['blip_caption']}]" if "blip_caption" in turn else ""
            turns.append(document(located(turn["dia_id"])[0], turn["text"] + shown, began, place))
    known = {turn.source_id for turn in turns}
    asked = [of_locomo(row, known) for row in sample["qa"] if row.get("category") != UNANSWERABLE]
    return Dialogue(name, turns, [question for question in asked if question.turns])


def of_locomo(row: dict[str, Any], known: set[str]) -> Question:
    turns = frozenset(located(" ".join(row.get("evidence") or ()))) & known
    kind = CATEGORIES.get(row.get("category", 0), "")
    return Question(kind, row["question"], turns, frozenset(session_of(turn) for turn in turns))


def located(evidence: str) -> list[str]:
    return [f"{session}{MARK}{turn}" for session, turn in TURN.findall(evidence)]


def longmemeval(name: str, sample: dict[str, Any]) -> Dialogue:
    """A haystack of its own for one question; one about what nobody said has no evidence, and is left out."""
    turns, evidence = list[Document](), list[str]()
    dates = [moment(one, LONGMEMEVAL_DATE) for one in sample["haystack_dates"]]
    for number, (began, session) in enumerate(zip(dates, sample["haystack_sessions"], strict=True)):
        for place, turn in enumerate(session):
            turns.append(document(f"{number}{MARK}{place}", turn["content"], began, place))
            evidence += [turns[-1].source_id] if turn.get("has_answer") else []
    answering = set(sample["answer_session_ids"])
    sessions = frozenset(str(n) for n, one in enumerate(sample["haystack_session_ids"]) if one in answering)
    question = Question(sample["question_type"], sample["question"], frozenset(evidence), sessions)
    return Dialogue(name, turns, [question] if evidence and not sample["question_id"].endswith("_abs") else [])


def moment(written: str, form: str) -> datetime:
    return datetime.strptime(written, form).replace(tzinfo=UTC)


def document(id: str, said: str, began: datetime, place: int) -> Document:
    return Document("journal", id, "", said, began + timedelta(minutes=place))


def session_of(turn: str) -> str:
    return turn.split(MARK, maxsplit=1)[0]


class Recall:
    """Shares of the evidence, by kind of question: of turns and of sessions, at each of ``PLACES``."""

    def __init__(self) -> None:
        self._shares: dict[str, list[tuple[float, ...]]] = defaultdict(list)

    def add(self, question: Question, found: Sequence[str]) -> None:
        sessions = [session_of(turn) for turn in found]
        turns_at = [share(question.turns, found[:most]) for most in PLACES]
        sessions_at = [share(question.sessions, sessions[:most]) for most in PLACES]
        self._shares[question.kind].append((*turns_at, *sessions_at))

    def tell(self, way: str) -> None:
        everything = list(itertools.chain(*self._shares.values()))
        for kind, shares in [*sorted(self._shares.items()), ("all", everything)]:
            means = "".join(f"{statistics.mean(column):10.3f}" for column in zip(*shares, strict=True))
            print(f"{way:16}{kind:28}{len(shares):10}{means}")


def share(wanted: frozenset[str], found: Sequence[str]) -> float:
    return len(wanted & {*found}) / len(wanted)


def main(path: Path = OURS) -> None:
    with tempfile.TemporaryDirectory() as folder, temporary() as services:
        environ = {name: value for name, value in os.environ.items() if OF_VECTORS.fullmatch(name)}
        environ |= {
            "APP_ENV": "test", "DATA_DIR": folder, "DATABASE_URL": services.database_url, "REDIS_URL": services.redis_url,
            "AUTH_JWT_SECRET": "of the bench " * 4, "LLM_MODELS": "offline:coach", "LOG_LEVEL": "WARNING",
        }  # fmt: skip
        app = create_app(config.load(environ))
        with app.app_context():
            flask_migrate.upgrade()
        report(path, indexing.embedder())


def report(path: Path, embedder: Embedder | None) -> None:
    by_words, by_both, turns = Recall(), Recall(), 0
    for dialogue in read(path):
        if dialogue.questions:
            turns += len(dialogue.turns)
            put(dialogue, embedder)
            ask(dialogue, by_words, by_both, embedder)
    print(f"{turns} turns{'':{44 - len(str(turns))}}{'':10}{'recall of turns':>20}{'of their sessions':>20}")
    print(f"{'':16}{'questions about':28}{'number':>10}" + "".join(f"{f'at {most}':>10}" for most in PLACES * 2))
    by_words.tell("words")
    if embedder:
        by_both.tell("words, vectors")
    else:
        print("words, vectors  not measured: EMBEDDING_MODEL is not set, and there is no such model offline")


def put(dialogue: Dialogue, embedder: Embedder | None) -> None:
    with db.begin() as session:
        put_new(session, TENANT, dialogue.name, dialogue.turns)
    while embedder and embed_pending(db, embedder):
        pass


def ask(dialogue: Dialogue, by_words: Recall, by_both: Recall, embedder: Embedder | None) -> None:
    for question in dialogue.questions:
        by_words.add(question, found(dialogue, question.text))
        if embedder:
            numbers = embedder.embed([question.text], Caller("bench.recall", TENANT, dialogue.name))[0]
            by_both.add(question, found(dialogue, question.text, Vector(numbers, embedder.model)))


def found(dialogue: Dialogue, question: str, vector: Vector | None = None) -> list[str]:
    with db.read() as session:
        return [hit.source_id for hit in search(session, TENANT, dialogue.name, question, vector)]


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
