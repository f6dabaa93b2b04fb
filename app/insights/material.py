"""What an insight is made from: the goals, the notes and a selection of the entries of a stretch of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core import weeks
from app.core.clock import now
from app.db.session import db
from app.llm import prompts
from app.llm.interfaces import Caller, Grounding, Message, Request, Task
from app.personalities import persona
from app.personalities.persona import Persona
from app.provenance.sources import Source
from app.receipts import figures, ground
from app.receipts.ground import Figure, Ground
from app.retrieval import context
from app.retrieval.index import Document
from app.workspace import documents
from app.workspace.documents import Entries, Span

PROMPTS = Path(__file__).parent / "prompts"
STREAMED = "_stream"  # of a prompt's name; the feature is the same
PERIOD = timedelta(days=30)
PERIOD_NAME = "last_30_days"
AHEAD = timedelta(days=1)  # somewhere it is tomorrow already


@dataclass(frozen=True, slots=True)
class Material:
    coach: Persona
    goals: Sequence[Document]
    notes: Sequence[Document]
    entries: Entries

    @property
    def is_empty(self) -> bool:
        return not (self.goals or self.entries.documents)

    @property
    def shown(self) -> list[Document]:
        return [*self.goals, *self.notes, *self.entries.documents]

    @property
    def documents(self) -> str:
        return context.as_xml(self.shown)

    @property
    def sources(self) -> list[Source]:
        return documents.sources_of(self.shown)

    @property
    def source_ids(self) -> list[str]:
        return [document.source_id for document in (*self.goals, *self.entries.documents)]

    @property
    def is_heavy(self) -> bool:
        return documents.are_heavy(self.shown)

    @property
    def light_entries(self) -> list[Document]:
        """Those that something may be made of: no goal, no pattern and no question comes from pain or danger."""
        return [document for document in self.entries.documents if not document.safety]

    @property
    def entry_ids(self) -> frozenset[str]:
        return frozenset(document.source_id for document in self.light_entries)

    @property
    def today(self) -> date:
        return weeks.local_date(now(), self.coach.zone)

    @property
    def figures(self) -> dict[str, object]:
        """For the model."""
        return {"entries": self.entries.total, **figures.as_data(self.shown, self.today)}

    def ground(self) -> Ground:
        """What a text may say."""
        counted = [
            Figure("journal_entries_total", float(self.entries.total), "entry", is_main=True),
            Figure("journal_entries_total", float(self.entries.total), "time", about=figures.WRITING),
            Figure("days_written", float(len(figures.days_of(self.shown))), "day", about=figures.WRITING),
            *figures.of_all(self.shown, self.today),
        ]
        return Ground(ground.passages_of(self.shown), counted, {"today": self.today}, self.today, self.coach.language)

    @property
    def based_on(self) -> dict[str, object]:
        return {
            "goals_analyzed": len(self.goals),
            "journal_entries_analyzed": len(self.entries.documents),
            "journal_entries_total": self.entries.total,
            "time_period": PERIOD_NAME,
        }


def read(principal: Principal, personality_id: str | None = None) -> Material:
    with db.read() as session:
        return gather(session, principal, personality_id)


def gather(session: Session, principal: Principal, personality_id: str | None = None) -> Material:
    """The last thirty days of a person."""
    coach = persona.of(session, principal, personality_id)
    span = Span(now() - PERIOD, now() + AHEAD, coach.zone)
    return Material(
        coach,
        documents.goals(session, principal, span.since, span.zone),
        documents.notes(session, principal, span),
        documents.entries(session, principal, span),
    )


def request(
    principal: Principal, material: Material, prompt: str, ask: str, most_tokens: int, form: str = "answer"
) -> Request:
    """A question about the material; ``prompt`` names the file, which also names the feature, ``form`` the schema."""
    values = {"coach": material.coach, "today": persona.today(material.coach), "material": material}
    system = prompts.render(PROMPTS, f"{prompt}.j2", **values)
    caller = Caller(f"chat.{prompt.removesuffix(STREAMED)}", principal.tenant_id, principal.user_id)
    grounding = Grounding(Task.REVIEW, material.shown, language=material.coach.language)
    asked = Request(
        caller, (Message("user", ask),), system, max_tokens=most_tokens, schema_name=form, grounding=grounding
    )
    return documents.guided(asked, material.shown)
