"""Categories of goals: those that everybody has, and each person's own with a colour and an icon."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import delete, func, select
from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import now
from app.core.errors import BadRequest, NotFound
from app.db.ownership import Owner, owner_columns
from app.workspace import reindexing
from app.workspace.models import DEFAULT_CATEGORIES, Category, Goal

MOST = 100  # of one person
FALLBACK = "other"  # where the goals of a category go that is deleted
OUR_ID = re.compile("category_[0-9a-f]{32}")


class CategoryFields(TypedDict, total=False):
    """What may be set of a category; what is not named stays as it is."""

    name: str
    color: str | None
    icon: str | None


@dataclass(frozen=True, slots=True)
class CategoryDeletion:
    goals_affected: int
    success: bool = True
    message: str = "Category deleted successfully"


def list_all(session: Session, principal: Principal) -> list[Category]:
    """Those that everybody has, then the person's own by name."""
    return [*(_default(principal, name) for name in DEFAULT_CATEGORIES), *list_own(session, principal)]


def list_own(session: Session, principal: Principal) -> Sequence[Category]:
    own = select(Category).where(Category.owned_by(principal))
    return session.scalars(own.order_by(func.lower(Category.name)).limit(MOST)).all()


def find(session: Session, principal: Principal, category_id: str) -> Category:
    if category_id in DEFAULT_CATEGORIES:
        return _default(principal, category_id)
    return _find_own(session, principal, category_id)


def create(session: Session, principal: Principal, new: CategoryFields) -> Category:
    if len(list_own(session, principal)) >= MOST:
        raise BadRequest(f"There can be {MOST} categories")
    row = Category(**owner_columns(principal), **{"color": None, "icon": None} | dict(new))
    session.add(row)
    _save(session, row)
    return row


def update(session: Session, principal: Principal, category_id: str, changes: CategoryFields) -> Category:
    """The goals of a category that is renamed stay in it."""
    row = _find_own(session, principal, category_id, lock=True)
    before = row.name
    for name, value in changes.items():
        setattr(row, name, value)
    row.updated_at = now()
    _save(session, row)
    if row.name != before:
        _move_goals(session, principal, before, row.name)
    return row


def remove(session: Session, principal: Principal, category_id: str) -> CategoryDeletion:
    row = _find_own(session, principal, category_id, lock=True)
    moved = _move_goals(session, principal, row.name, FALLBACK)
    session.execute(delete(Category).where(Category.id == row.id, Category.owned_by(principal)))
    return CategoryDeletion(moved)


def name_of(session: Session, owner: Owner, given: str, *, keep: bool = False) -> str:
    """The word that goals have for a category: its name, where its id is given. ``keep``: nobody deletes it meanwhile.

    Any other word is a category too.
    """
    if not OUR_ID.fullmatch(given):
        return given
    query = select(Category.name).where(Category.id == given, Category.owned_by(owner))
    return session.scalar(query.with_for_update(read=True, key_share=True) if keep else query) or FALLBACK


def _default(principal: Principal, name: str) -> Category:
    moment = now()
    return Category(**owner_columns(principal), id=name, name=name, created_at=moment, updated_at=moment)


def _find_own(session: Session, principal: Principal, category_id: str, *, lock: bool = False) -> Category:
    if lock and category_id in DEFAULT_CATEGORIES:
        raise BadRequest("A default category can't be changed or deleted")
    query = select(Category).where(Category.id == category_id, Category.owned_by(principal))
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("Category not found")
    return row


def _save(session: Session, row: Category) -> None:
    taken = BadRequest("A category with this name already exists")
    if row.name.lower() in DEFAULT_CATEGORIES:
        raise taken
    try:
        session.flush()
    except IntegrityError:
        raise taken from None


def _move_goals(session: Session, principal: Principal, before: str, after: str) -> int:
    """How many goals are in the category ``after`` now that were in ``before``."""
    its = Goal.owned_by(principal), func.lower(Goal.category) == func.lower(before)
    ids = select(Goal.id).where(*its).order_by(Goal.id).with_for_update(key_share=True)
    moved = update_rows(Goal).where(Goal.owned_by(principal), Goal.id.in_(ids)).values(category=after, updated_at=now())
    count = len(session.scalars(moved.returning(Goal.id), execution_options={"synchronize_session": False}).all())
    reindexing.goals_in(session, principal, after)
    return count
