"""The team's documents stay; a person's id, and what else they are called there, is taken out of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, or_, select, tuple_
from sqlalchemy.orm import Session

from app.core.ids import new_id
from app.core.json import JSONObject, JSONValue, as_object, to_json
from app.db.session import Database
from app.privacy.erasure.models import Erasure
from app.workspace.models import Goal
from app.workspace.records.models import Collection, Record

AT_ONCE = 200
IDS = ("id", "userId", "personId", "email")  # by which a document says whom it is about
CALLED = ("name", "displayName", "fullName", "firstName", "lastName", "email", "phone")
TAKEN = ""  # what stands in a name's place
IS_OF_PEOPLE = Record.collection == Collection.PEOPLE
KEY = tuple_(Record.collection, Record.id)

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """``words`` are the person's id and what the list of people calls them and nobody else."""

    person: str
    words: frozenset[str]

    def without(self, value: JSONValue) -> JSONValue:
        """A value with none of the words, and without the names that stand beside one of them."""
        if isinstance(value, str):
            return TAKEN if value in self.words else value
        if isinstance(value, list):
            return [self.without(item) for item in value]
        if isinstance(value, dict):
            beside = set(self._beside(value))
            return {key: TAKEN if key in beside else self.without(item) for key, item in value.items()}
        return value

    def _beside(self, document: JSONObject) -> Iterator[str]:
        """``ownerName`` beside their ``ownerId``; all that they are called in what is about them."""
        for key in [key for key, value in document.items() if value == self.person]:
            names = CALLED if key in IDS else (f"{key.removesuffix('Id')}Name",)
            yield from (name for name in names if isinstance(document.get(name), str))


def find(db: Database, erasure: Erasure) -> tuple[Known, list[Key]]:
    """Who they are, and the documents that may say so. The list of people comes last: it is what tells."""
    with db.read() as session:
        known = _known(session, erasure)
        said = (cast(Record.document, Text).contains(to_json(word), autoescape=True) for word in known.words)
        rows = select(Record.collection, Record.id).where(
            Record.tenant_id == erasure.tenant_id, or_(*said, IS_OF_PEOPLE & (Record.id == erasure.person))
        )
        return known, [(row.collection, row.id) for row in session.execute(rows.order_by(IS_OF_PEOPLE, KEY))]


def take_names_out(session: Session, erasure: Erasure, known: Known, keys: Sequence[Key]) -> int:
    """How many of these had one. Whoever has the person's id as their own gets another."""
    rows = select(Record).where(Record.tenant_id == erasure.tenant_id, KEY.in_(keys)).with_for_update()
    changed = 0
    for record in session.scalars(rows).all():
        is_theirs = record.collection == Collection.PEOPLE and record.id == erasure.person
        document = as_object(known.without(_uncalled(record.document) if is_theirs else record.document))
        changed += is_theirs or document != record.document
        record.document = document
        record.id = new_id("person") if is_theirs else record.id
    return changed


def find_goals(db: Database, erasure: Erasure, known: Known) -> Sequence[str]:
    """Of the team's goals those with a word in what they say beside their own columns."""
    said = (cast(Goal.details, Text).contains(to_json(word), autoescape=True) for word in known.words)
    of_team = Goal.tenant_id == erasure.tenant_id, Goal.of_team
    with db.read() as session:
        return session.scalars(select(Goal.id).where(*of_team, or_(*said)).order_by(Goal.id)).all()


def take_names_out_of_goals(session: Session, erasure: Erasure, known: Known, ids: Sequence[str]) -> int:
    rows = select(Goal).where(Goal.tenant_id == erasure.tenant_id, Goal.id.in_(ids)).order_by(Goal.id)
    changed = 0
    for goal in session.scalars(rows.with_for_update()).all():
        details = as_object(known.without(goal.details))
        changed += details != goal.details
        goal.details = details
    return changed


def _known(session: Session, erasure: Erasure) -> Known:
    rows = select(Record).where(Record.tenant_id == erasure.tenant_id, IS_OF_PEOPLE)
    theirs, others = set[str](), set[str]()
    for record in session.scalars(rows):
        ids = {record.id, *(record.document.get(name) for name in IDS)}
        (theirs if erasure.person in ids else others).update(_names(record.document))
    return Known(erasure.person, frozenset(theirs - others | {erasure.person}))


def _names(document: JSONObject) -> Iterator[str]:
    values = (document.get(name) for name in CALLED)
    yield from (value for value in values if isinstance(value, str) and value)


def _uncalled(document: JSONObject) -> JSONObject:
    return {**document, **{name: TAKEN for name in CALLED if isinstance(document.get(name), str)}}
