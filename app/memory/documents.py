"""Facts, and messages that they come from, as documents: of the index, of prompts, of the offline coach."""

from sqlalchemy.orm import Session

from app.care.safety import stored_of
from app.memory.interfaces import Line
from app.memory.models import Fact
from app.retrieval import index
from app.retrieval.index import Document
from app.workspace import indexing

MEMORY, MESSAGE = "memory", "message"  # kinds of documents


def of_fact(fact: Fact) -> Document:
    about = {"about": str(fact.kind)}
    return Document(MEMORY, fact.id, "", fact.text, fact.said_at, about, safety=stored_of(fact.text))


def of_line(line: Line) -> Document:
    return Document(MESSAGE, line.id, "", line.text, line.said_at)


def put(session: Session, fact: Fact) -> None:
    """Into the index, as it is now."""
    remove(session, fact)
    indexing.put_new(session, fact, [of_fact(fact)])


def remove(session: Session, fact: Fact) -> None:
    index.remove(session, fact.tenant_id, fact.user_id, fact.id)
