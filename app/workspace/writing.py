"""What care finds in a journal entry: kept with it, and noted once for each time that somebody sits down to write."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.levels import Level
from app.care.safety import Safety
from app.care.service import Care, Shown
from app.care.words import Words
from app.core.clock import now
from app.core.json import JSONObject
from app.db.session import after_commit
from app.workspace.models import JournalEntry

FEATURE = "journal"
FIELDS = ("title", "content", "mood", "tags")
SAME_WRITING = timedelta(minutes=10)  # clients save while somebody writes


@dataclass(frozen=True, slots=True)
class Written:
    """An entry, with what was found in the whole of it."""

    subject: JournalEntry
    found: Safety


@dataclass(frozen=True, slots=True)
class Before:
    """An entry as it was before it was changed."""

    said: str
    safety: JSONObject | None
    at: datetime

    @classmethod
    def of(cls, entry: JournalEntry) -> "Before":
        return cls(_said(entry), entry.safety, entry.updated_at)


def look(
    session: Session, principal: Principal, care: Care, entry: JournalEntry, before: Before | None = None
) -> Written:
    """Sets the entry's ``safety``; what is found is noted when the entry is stored, and a crisis is followed up."""
    words = Words(principal.tenant_id, principal.user_id, FEATURE, _said(entry), place=principal.place)
    found = replace(care.look(words), follow_up=False)  # of the person, not of the entry
    entry.safety = found.stored
    if found.level is not Level.NONE and _is_news(entry, before):
        after_commit(session, partial(care.note, words, found, Shown.RESOURCES))
    return Written(entry, found)


def _is_news(entry: JournalEntry, before: Before | None) -> bool:
    if before is None or before.safety != entry.safety:
        return True
    return before.said != _said(entry) and before.at < now() - SAME_WRITING


def _said(entry: JournalEntry) -> str:
    return "\n".join((entry.title, entry.content, entry.mood or "", *entry.tags))
