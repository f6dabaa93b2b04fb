"""What coaching draws on: a person's goals with their milestones and progress notes, and the journal."""

from datetime import date, datetime
from enum import StrEnum
from typing import TypedDict

from sqlalchemy import ColumnElement, ForeignKey, ForeignKeyConstraint, Index, String, and_, false, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.clock import now
from app.core.ids import new_id
from app.core.json import JSONObject
from app.db.ownership import Owned, Owner
from app.db.privacy import Left, OfPerson
from app.db.restoring import Brought, Restored
from app.db.session import Base
from app.workspace import habits

CASCADE = "CASCADE"
DEFAULT_CATEGORIES = ("career", "health", "personal", "financial", "relationships", "learning", "other")


class GoalStatus(StrEnum):
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


OPEN = (GoalStatus.NOT_STARTED, GoalStatus.IN_PROGRESS)


class Origin:
    """Mixin of rows that may have been imported: from what, as what, and by which import."""

    source: Mapped[str | None] = mapped_column(String(20))
    source_id: Mapped[str | None] = mapped_column(String(200))
    import_id: Mapped[str | None] = mapped_column(String(64))


def origin_indexes(table: str) -> tuple[Index, Index]:
    """What is imported again is found to be there."""
    known, imported = text("source_id IS NOT NULL"), text("import_id IS NOT NULL")
    return (
        Index(f"uq_{table}_source", "tenant_id", "user_id", "source_id", unique=True, postgresql_where=known),
        Index(f"ix_{table}_import", "import_id", postgresql_where=imported),
    )


class Goal(Origin, Owned, Base):
    """``progress_percentage`` follows the milestones; a completed goal has 100 whatever they say.

    One that was set for the business is ``of_team``: it is left to the team when its person is erased, with no owner.
    """

    __tablename__ = "goals"
    privacy = OfPerson(restored=Brought(), left=Left(rows="of_team", emptied=("source", "source_id", "import_id")))
    __table_args__ = (
        Index("ix_goals_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_goals_owner_status", "tenant_id", "user_id", "status", "target_date"),
        *origin_indexes("goals"),
    )

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("goal"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    category: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(16), default=GoalStatus.NOT_STARTED)
    target_date: Mapped[datetime | None]
    progress_percentage: Mapped[int] = mapped_column(default=0)
    is_habit: Mapped[bool] = mapped_column(default=False)
    habit_frequency: Mapped[str | None] = mapped_column(String(10))
    habit_completed_dates: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    status_changed_at: Mapped[datetime] = mapped_column(default=now)
    last_activity: Mapped[datetime] = mapped_column(default=now)
    completed_at: Mapped[datetime | None]
    details: Mapped[JSONObject] = mapped_column(JSONB, default=dict)  # fields of business goals that have no column
    of_team: Mapped[bool] = mapped_column(default=False, server_default=false())

    milestones: Mapped[list["Milestone"]] = relationship(
        order_by="Milestone.order", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def milestone_count(self) -> int:
        return len(self.milestones)

    @property
    def completed_milestones(self) -> int:
        return sum(milestone.completed for milestone in self.milestones)

    @property
    def habit_streak(self) -> int:
        """Of today, so that a habit that was dropped shows none. Somewhere it is tomorrow already."""
        today = max([now().date(), *map(date.fromisoformat, self.habit_completed_dates[-1:])])
        return habits.streak(self.habit_completed_dates, self.habit_frequency, today) if self.is_habit else 0

    def recount(self) -> None:
        """The share of milestones that are done, halves rounded up."""
        done, total = self.completed_milestones, self.milestone_count
        share = (200 * done + total) // (2 * total) if total else 0
        self.progress_percentage = 100 if self.status == GoalStatus.COMPLETED else share

    def move(self, wanted: GoalStatus) -> None:
        """Any move may be undone. Completing a goal completes its milestones; those are open again when it is."""
        if self.status == wanted:
            return
        for milestone in self.milestones if self.completed_at else ():
            if milestone.completed_at == self.completed_at:  # only the completion had closed it
                milestone.reopen()
        self.status, self.status_changed_at = wanted, now()
        self.completed_at = self.status_changed_at if wanted == GoalStatus.COMPLETED else None
        for milestone in self.milestones if self.completed_at else ():
            milestone.complete(milestone.completed_at or self.status_changed_at)
        self.recount()
        self.touch()

    def touch(self) -> None:
        """Something happened on the way to this goal."""
        self.last_activity = self.updated_at = now()


def goal_key() -> ForeignKeyConstraint:
    """Goal ids are unique within a tenant only."""
    return ForeignKeyConstraint(["tenant_id", "goal_id"], ["goals.tenant_id", "goals.id"], ondelete=CASCADE)


class GoalPart(Owned):
    """Mixin of rows that belong to a goal, and are deleted with it."""

    goal_id: Mapped[str] = mapped_column(String(64))

    @classmethod
    def of_goal(cls, owner: Owner, goal_id: str) -> ColumnElement[bool]:
        return and_(cls.owned_by(owner), cls.goal_id == goal_id)


OF_TEAM_GOAL = (
    "EXISTS (SELECT 1 FROM goals AS g WHERE g.tenant_id = milestones.tenant_id AND g.id = milestones.goal_id"
    " AND g.of_team)"
)


class Milestone(GoalPart, Base):
    """A step towards a goal; ``order`` counts from 1 without gaps."""

    __tablename__ = "milestones"
    privacy = OfPerson(restored=Brought(prefix="milestone"), left=Left(rows=OF_TEAM_GOAL))
    __table_args__ = (goal_key(), Index("ix_milestones_goal", "goal_id", "order"))

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("milestone"))
    title: Mapped[str] = mapped_column(String(200))
    due_date: Mapped[datetime | None]
    completed: Mapped[bool] = mapped_column(default=False)
    completed_at: Mapped[datetime | None]
    order: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)

    def complete(self, moment: datetime) -> None:
        self.completed, self.completed_at = True, moment

    def reopen(self) -> None:
        self.completed, self.completed_at = False, None


class ProgressUpdate(GoalPart, Base):
    __tablename__ = "progress_updates"
    privacy = OfPerson(restored=Brought(prefix="progress"))
    __table_args__ = (
        goal_key(),
        Index("ix_progress_updates_goal", "goal_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("progress"))
    content: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class GoalEntryLink(GoalPart, Base):
    """A journal entry that is about a goal. Deleted with either."""

    __tablename__ = "goal_entry_links"
    privacy = OfPerson(restored=Brought())
    __table_args__ = (goal_key(), Index("ix_goal_entry_links_entry", "journal_entry_id"))

    tenant_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    goal_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    journal_entry_id: Mapped[str] = mapped_column(ForeignKey("journal_entries.id", ondelete=CASCADE), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class JournalEntry(Origin, Owned, Base):
    """What a person wrote. ``entry_date`` is when, and may be set; of an ``all_day`` entry only its UTC day counts.

    ``timezone`` is the entry's own, where it has one: its day is that of the clocks there.
    """

    __tablename__ = "journal_entries"
    privacy = OfPerson(restored=Brought())
    __table_args__ = (
        Index("ix_journal_entries_owner", "tenant_id", "user_id", text("entry_date DESC"), text("id DESC")),
        *origin_indexes("journal_entries"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("journal"))
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str]
    mood: Mapped[str | None] = mapped_column(String(50))
    tags: Mapped[list[str]] = mapped_column(default=list)
    entry_date: Mapped[datetime] = mapped_column(default=now)
    all_day: Mapped[bool] = mapped_column(default=False, server_default=false())
    timezone: Mapped[str | None] = mapped_column(String(64))
    place: Mapped[str | None] = mapped_column(String(200))
    safety: Mapped[JSONObject | None] = mapped_column(JSONB(none_as_null=True))  # what care found, if anything
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    linked_goals: Mapped[list[Goal]] = relationship(
        secondary="goal_entry_links", viewonly=True, order_by=(Goal.created_at.desc(), Goal.id.desc())
    )

    @property
    def linked_goal_ids(self) -> list[str]:
        return [goal.id for goal in self.linked_goals]


class Category(Owned, Base):
    """A person's own category of goals. Goals keep its name, which is unique whatever its case."""

    __tablename__ = "categories"
    privacy = OfPerson(restored=Restored(prefix="category"))

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("category"))
    name: Mapped[str] = mapped_column(String(50))
    color: Mapped[str | None] = mapped_column(String(7))
    icon: Mapped[str | None] = mapped_column(String(50))
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def is_default(self) -> bool:
        return self.id in DEFAULT_CATEGORIES


Index("uq_categories_name", Category.tenant_id, Category.user_id, func.lower(Category.name), unique=True)


class RoutineStep(TypedDict):
    id: str
    title: str
    completed: bool
    order: int


class Routine(Owned, Base):
    """Steps that a person takes each day, week or month; ``completed_dates`` are days of their calendar."""

    __tablename__ = "routines"
    privacy = OfPerson(restored=Restored(prefix="routine"))
    __table_args__ = (Index("ix_routines_owner", "tenant_id", "user_id", text("created_at DESC"), text("id DESC")),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True, default=lambda: new_id("routine"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    group: Mapped[str | None] = mapped_column(String(100))
    frequency: Mapped[str] = mapped_column(String(10))
    steps: Mapped[list[RoutineStep]] = mapped_column(JSONB, default=list)
    completed_dates: Mapped[list[str]] = mapped_column(default=list)
    last_completed_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
