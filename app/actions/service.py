"""Actions from their proposal to their end: shown, confirmed, declined, undone. Each move is one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions import rehearsal, snapshots
from app.actions.kinds import KINDS, ActionKind
from app.actions.models import LIFE, Action, ActionState
from app.actions.rehearsal import Proposal
from app.actions.wire import Shown, proposal_of
from app.actions.work import Fields, Work
from app.auth.principals import Principal
from app.care.service import Care
from app.core.clock import now
from app.core.errors import AppError, Conflict, NotFound
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import owner_columns
from app.db.session import Database


class Gone(AppError):
    code, status, text = "ACTION_EXPIRED", 410, "It is too late for this action"


class Closed(Conflict):
    code = "ACTION_CLOSED"


class Changed(Conflict):
    """``proposal`` is the fresh one; null where there can be none any more."""

    code, text = "ACTION_CONFLICT", "What this action is about has changed meanwhile"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a proposal comes from: the person's message, the answer that it stands beside, and the model."""

    session_id: str
    message_id: str
    answer_id: str
    model: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a move led to."""

    id: str
    state: ActionState
    result: JSONObject | None = None


def row_of(principal: Principal, proposal: Proposal, origin: Origin, moment: datetime) -> Action:
    """Of a proposal that is being shown."""
    return Action(
        **owner_columns(principal), id=new_id("action"), kind=proposal.kind.name, state=ActionState.PROPOSED,
        summary=proposal.summary, language=proposal.language, arguments=proposal.arguments, before=proposal.before,
        after=proposal.after, basis=proposal.basis, proposed_by=origin.model, session_id=origin.session_id,
        message_id=origin.message_id, answer_id=origin.answer_id, created_at=moment, shown_at=moment,
        expires_at=moment + LIFE,
    )  # fmt: skip


class ActionService:
    """One per process."""

    def __init__(self, db: Database, care: Care) -> None:
        self._db = db
        self._care = care

    def prepare(self, principal: Principal, kind: ActionKind, arguments: JSONObject, language: str) -> Proposal:
        """How it would be, of which nothing is written. Raises ``AppError`` when it can't be done."""
        return rehearsal.rehearse(self._db, self._care, principal, kind, arguments, language)

    def do_at_once(self, principal: Principal, proposal: Proposal, origin: Origin) -> Action:
        """For a kind that the person has allowed to. Raises ``AppError``."""
        with self._db.begin() as session:
            action = row_of(principal, proposal, origin, now())
            action.at_once = True
            session.add(action)
            session.flush()
            self._do(Work(session, principal, self._care), action)
        return action

    def confirm(self, principal: Principal, action_id: str) -> Answer:
        """Does it, once. Raises ``Changed`` with a fresh proposal, ``Closed``, ``Gone``, ``Forbidden``."""
        with self._db.begin() as session:
            action = find(session, principal, action_id, lock=True)
            if action.state == ActionState.PROPOSED and self._is_done(Work(session, principal, self._care), action):
                action.confirmed_at = action.done_at
        if action.state == ActionState.DONE:
            return Answer(action.id, ActionState.DONE, action.result)
        return self._show_again(principal, action)

    def decline(self, principal: Principal, action_id: str) -> Answer:
        with self._db.begin() as session:
            action = find(session, principal, action_id, lock=True)
            if action.state not in {ActionState.PROPOSED, ActionState.DECLINED}:
                raise Closed(f"This action is {action.state}")
            if action.state == ActionState.PROPOSED:
                action.move(ActionState.DECLINED)
                action.declined_at = now()
        return Answer(action.id, ActionState.DECLINED)

    def undo(self, principal: Principal, action_id: str) -> Answer:
        """Puts every row back as it was. Raises ``Changed`` when one has changed since, ``Gone``, ``Closed``."""
        with self._db.begin() as session:
            action = find(session, principal, action_id, lock=True)
            if action.state != ActionState.UNDONE:
                self._undo(Work(session, principal, self._care), action)
        return Answer(action.id, ActionState.UNDONE)

    def _is_done(self, work: Work, action: Action) -> bool:
        """Does it, unless what it is about has changed since it was shown."""
        if action.expires_at <= now():
            raise Gone
        kind = KINDS[action.kind]
        kind.of.admit(work.principal, "POST")
        rows = snapshots.take(work.session, work.principal, kind.handling.rows(_given(action), None))
        if snapshots.digest(rows) != action.basis:
            return False
        self._do(work, action)
        return True

    def _do(self, work: Work, action: Action) -> None:
        session, principal = work.session, work.principal
        kind, given = KINDS[action.kind], _given(action)
        handling = kind.handling
        before = snapshots.take(session, principal, handling.rows(given, kind.target(given)))
        action.subject_id = handling.do(work, given)
        action.result = handling.show(work, given, action.subject_id)
        action.rows_before = before
        action.rows_after = snapshots.take(session, principal, handling.rows(given, action.subject_id))
        action.move(ActionState.DONE)
        action.done_at = now()

    def _undo(self, work: Work, action: Action) -> None:
        if action.state != ActionState.DONE:
            raise Closed(f"This action is {action.state}")
        if action.rows_after is None or action.rows_before is None or (action.done_at or now()) + LIFE <= now():
            raise Gone
        given, subject, handling = _given(action), str(action.subject_id), KINDS[action.kind].handling
        KINDS[action.kind].of.admit(work.principal, "POST")
        as_now = snapshots.take(work.session, work.principal, handling.rows(given, subject))
        if snapshots.digest(as_now) != snapshots.digest(action.rows_after):
            raise Changed
        handling.forget(work, given, subject)
        work.session.flush()
        snapshots.restore(work.session, action.rows_before, action.rows_after)
        handling.index(work, given, subject)
        action.move(ActionState.UNDONE)
        action.undone_at, action.rows_before, action.rows_after = now(), None, None

    def _show_again(self, principal: Principal, action: Action) -> NoReturn:
        """In place of one that can't be confirmed any more."""
        if action.state in {ActionState.DECLINED, ActionState.UNDONE}:
            raise Closed(f"This action is {action.state}")
        fresh = self._successor(principal, action) if action.state == ActionState.PROPOSED else self._known(action)
        raise Changed(proposal=fresh)

    def _successor(self, principal: Principal, action: Action) -> Shown | None:
        try:
            proposal = self.prepare(principal, KINDS[action.kind], action.arguments, action.language)
        except AppError:
            proposal = None
        origin = Origin(action.session_id, action.message_id, action.answer_id, action.proposed_by)
        with self._db.begin() as session:
            old = find(session, principal, action.id, lock=True)
            if old.state != ActionState.PROPOSED:  # somebody else was quicker
                return self._known(old)
            old.move(ActionState.SUPERSEDED)
            if proposal is None:
                return None
            fresh = row_of(principal, proposal, origin, now())
            session.add(fresh)
            session.flush()
            old.successor_id = fresh.id
            return proposal_of(fresh)

    def _known(self, action: Action) -> Shown | None:
        """The one that was shown in its place."""
        with self._db.read() as session:
            fresh = session.get(Action, action.successor_id) if action.successor_id else None
            return proposal_of(fresh) if fresh else None


def find(session: Session, principal: Principal, action_id: str, *, lock: bool = False) -> Action:
    """The caller's. Raises ``NotFound``."""
    query = select(Action).where(Action.id == action_id, Action.owned_by(principal))
    action = session.scalar(query.with_for_update() if lock else query)
    if action is None:
        raise NotFound("Action not found")
    return action


def of_answers(session: Session, answer_ids: Sequence[str]) -> Sequence[Action]:
    """What stands beside answers, in the order in which it was proposed."""
    shown = Action.answer_id.in_(answer_ids), Action.state != ActionState.SUPERSEDED
    return session.scalars(select(Action).where(*shown).order_by(Action.id)).all()


def _given(action: Action) -> Fields:
    return rehearsal.load(KINDS[action.kind], action.arguments)
