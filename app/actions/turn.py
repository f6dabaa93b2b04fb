"""Actions in one turn of a conversation: what the model called becomes proposals, or happens at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from app.actions import wording
from app.actions.kinds import BY_TOOL, KINDS
from app.actions.models import Action
from app.actions.rehearsal import Proposal
from app.actions.service import ActionService, Origin, row_of
from app.actions.settings import NOTHING, Standing
from app.actions.wire import Shown, proposal_of
from app.auth.principals import Principal
from app.care.output_phrases import Kind as Claim
from app.core.clock import now
from app.core.errors import AppError, Unavailable
from app.db.patience import AWAY
from app.llm.interfaces import ToolCall
from app.llm.offline.chat import language_of

MOST = 5  # of one answer

log = structlog.get_logger()


@dataclass(slots=True)
class TurnActions:
    """``standing`` is known once the turn's context is read."""

    service: ActionService
    principal: Principal
    language: str = ""
    standing: Standing = NOTHING
    proposals: list[Proposal] = field(default_factory=list)
    done: list[Action] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_settled: bool = False

    def begin(self, question: str, wanted: str, standing: Standing) -> None:
        """``wanted`` is the person's language where that of the question is unclear."""
        self.language, self.standing = language_of(question, wanted) or wanted, standing

    def settle(self, calls: Sequence[ToolCall], origin: Origin) -> frozenset[Claim]:
        """Makes proposals of the calls; what may happen at once is done, and may be said to be."""
        self.is_settled = True
        for call in calls[:MOST]:
            try:
                self._settle(call, origin)
            except AppError as error:
                log.info("proposal_dropped", tool=call.name[:40], code=error.code)
                self.problems.append(error.text)
            except AWAY as error:
                log.warning("proposal_lost", tool=call.name[:40], reason=type(error).__name__)
                self.problems.append(Unavailable.text)
        return frozenset(KINDS[action.kind].claim for action in self.done)

    def words(self, *, has_text: bool) -> str:
        """What is said in our own words: always of what was done, of the rest where the model says nothing."""
        parts = ["" if has_text else self._suggested, self._receipt]
        told = "\n\n".join(part for part in parts if part)
        return f"\n\n{told}" if told and has_text else told

    @property
    def _suggested(self) -> str:
        if self.proposals:
            return wording.sentence(self.language, "proposed", [one.summary for one in self.proposals])
        if self.problems and not self.done:
            return wording.sentence(self.language, "lost", reason=self.problems[0])
        return ""

    @property
    def _receipt(self) -> str:
        return wording.sentence(self.language, "done", [one.summary for one in self.done]) if self.done else ""

    def rows(self, origin: Origin) -> Sequence[Action]:
        """Of the proposals, to be stored with the answer."""
        return [row_of(self.principal, proposal, origin, now()) for proposal in self.proposals]

    def _settle(self, call: ToolCall, origin: Origin) -> None:
        kind = BY_TOOL.get(call.name)
        if kind is None:
            return
        proposal = self.service.prepare(self.principal, kind, call.arguments, self.language)
        if kind.name in self.standing.allowed:
            self.done.append(self.service.do_at_once(self.principal, proposal, origin))
        else:
            self.proposals.append(proposal)


def shown(actions: Sequence[Action]) -> list[Shown]:
    return [proposal_of(action) for action in sorted(actions, key=lambda action: action.id)]
