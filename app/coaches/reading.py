"""What a coach reads of a person who agreed: as the person sees it themselves, and written down for them."""

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.chat import sessions as chats
from app.chat.models import ChatSession
from app.chat.sessions import MessagesRequest, SessionPage
from app.coaches.access import consent_for, consent_of, note_read, person_of
from app.coaches.models import Scope, Seen
from app.db.pages import Page, PageRequest
from app.workspace import goal_lists, journal
from app.workspace.goal_lists import GoalDetail, GoalQuery
from app.workspace.journal import EntryQuery
from app.workspace.models import Goal, JournalEntry
from app.workspace.queries import find_entry


def sessions(session: Session, coach: Principal, user_id: str, asked: PageRequest) -> Page[ChatSession]:
    consent = consent_of(session, coach, user_id, Scope.READ)
    found = chats.page(session, person_of(consent), asked)
    note_read(session, consent, Seen.SESSIONS, [row.id for row in found.items])
    return found


def conversation(session: Session, coach: Principal, session_id: str, asked: MessagesRequest) -> SessionPage:
    consent = consent_for(session, coach, session_id, Scope.READ)
    found = chats.read(session, person_of(consent), asked, session_id)
    note_read(session, consent, Seen.SESSION, [session_id])
    return found


def goals(session: Session, coach: Principal, user_id: str, asked: GoalQuery) -> Page[Goal]:
    consent = consent_of(session, coach, user_id, Scope.READ)
    found = goal_lists.list_goals(session, person_of(consent), asked)
    note_read(session, consent, Seen.GOALS, [row.id for row in found.items])
    return found


def goal(session: Session, coach: Principal, user_id: str, goal_id: str) -> GoalDetail:
    consent = consent_of(session, coach, user_id, Scope.READ)
    found = goal_lists.goal_detail(session, person_of(consent), goal_id)
    note_read(session, consent, Seen.GOAL, [goal_id, *(row.id for row in found.linked_journal_entries)])
    return found


def entries(session: Session, coach: Principal, user_id: str, asked: EntryQuery) -> Page[JournalEntry]:
    consent = consent_of(session, coach, user_id, Scope.READ)
    found = journal.list_entries(session, person_of(consent), asked)
    note_read(session, consent, Seen.ENTRIES, [row.id for row in found.items])
    return found


def entry(session: Session, coach: Principal, user_id: str, entry_id: str) -> JournalEntry:
    consent = consent_of(session, coach, user_id, Scope.READ)
    found = find_entry(session, person_of(consent), entry_id)
    note_read(session, consent, Seen.ENTRY, [entry_id])
    return found
