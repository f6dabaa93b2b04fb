"""What the review of a week is made from: its entries with their dates, its moods, and what moved."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core import weeks
from app.core.clock import now
from app.core.weeks import Week
from app.llm import prompts
from app.llm.interfaces import Caller, Grounding, Message, Request, Task
from app.personalities import persona
from app.personalities.persona import Persona
from app.provenance.sources import Source
from app.receipts import figures, ground
from app.receipts.ground import Figure, Ground
from app.retrieval import context
from app.retrieval.index import Document
from app.workspace import documents, moods
from app.workspace.documents import Entries, Span

PROMPTS = Path(__file__).parent / "prompts"
FEATURE = "chat.weekly_insights"
MOST_TOKENS = 1600
ASK = "Please write the review of my week."
SECTIONS = ("Your Week in Review", "Patterns", "Wins", "Challenges", "Recommendations")  # as in the prompt


@dataclass(frozen=True, slots=True)
class Material:
    coach: Persona
    week: Week
    goals: Sequence[Document]
    moved: Sequence[Document]
    entries: Entries
    moods: dict[str, int]
    days_written: int

    @property
    def shown(self) -> list[Document]:
        return [*self.goals, *self.moved, *self.entries.documents]

    @property
    def sources(self) -> list[Source]:
        return documents.sources_of(self.shown)

    @property
    def documents(self) -> str:
        return context.as_xml(self.shown)

    @property
    def today(self) -> date:
        return weeks.local_date(now(), self.coach.zone)

    @property
    def figures(self) -> dict[str, object]:
        """For the model, beside the facts."""
        return figures.as_data(self.shown, self.today)

    def ground(self) -> Ground:
        """What a review may say."""
        counted = [
            Figure("entries_in_the_week", float(self.entries.total), "entry", is_main=True),
            Figure("entries_in_the_week", float(self.entries.total), "time", about=figures.WRITING),
            Figure("days_written", float(self.days_written), "day", about=figures.WRITING),
            *figures.moods(self.moods),
            *figures.of_all(self.shown, self.today),
        ]
        dates = {"from": self.week.of, "to": self.week.of + timedelta(days=6), "today": self.today}
        return Ground(ground.passages_of(self.shown), counted, dates, self.today, self.coach.language)

    @property
    def facts(self) -> dict[str, object]:
        return {
            "from": self.week.of.isoformat(), "to": (self.week.of + timedelta(days=6)).isoformat(),
            "entries_in_the_week": self.entries.total, "entries_shown": len(self.entries.documents),
            "days_written": self.days_written, "moods": self.moods,
        }  # fmt: skip


def span(week: Week) -> Span:
    return Span(week.start, week.next_start, week.zone)


def gather(session: Session, principal: Principal, week: Week, personality_id: str | None) -> Material:
    its = span(week)
    counted = moods.by_day(session, principal, [week])
    noted = sum(counted.values(), Counter())
    return Material(
        persona.of(session, principal, personality_id),
        week,
        documents.goals(session, principal, its.since, its.zone),
        [*documents.completed_milestones(session, principal, its), *documents.notes(session, principal, its)],
        documents.entries(session, principal, its),
        {mood: number for mood, number in noted.most_common(12) if mood},
        len(counted),
    )


def request(principal: Principal, material: Material) -> Request:
    system = prompts.render(
        PROMPTS, "weekly.j2", coach=material.coach, today=persona.today(material.coach), material=material
    )
    caller = Caller(FEATURE, principal.tenant_id, principal.user_id)
    grounding = Grounding(
        Task.REVIEW, material.shown, material.facts, language=material.coach.language, outline=SECTIONS
    )
    asked = Request(caller, (Message("user", ASK),), system, max_tokens=MOST_TOKENS, grounding=grounding)
    return documents.guided(asked, material.shown)
