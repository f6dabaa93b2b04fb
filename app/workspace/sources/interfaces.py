"""Where the facts in a prompt come from: one document per source, whoever keeps it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from app.auth.principals import Principal
from app.core.errors import AppError, NotFound
from app.core.json import JSONValue


class Source(StrEnum):
    REQUEST = "request"  # what the caller sent
    ONBOARDING = "onboarding"  # the business foundation
    GOAL = "goal"
    GOALS = "goals"
    STRATEGY = "strategy"
    STRATEGIES = "strategies"
    MEASURE = "measure"
    MEASURES = "measures"
    ACTION = "action"
    ACTIONS = "actions"
    ISSUE = "issue"
    ISSUES = "issues"
    PERSON = "person"
    PEOPLE = "people"
    DEPARTMENTS = "departments"
    POSITION = "position"
    POSITIONS = "positions"
    WEBSITE = "website"
    CONVERSATION = "conversation"
    COMPUTED = "computed"  # from other parameters


# The request parameter that says which row a source of one row means.
ONE = (
    Source.GOAL, Source.STRATEGY, Source.MEASURE, Source.ACTION, Source.ISSUE, Source.PERSON, Source.POSITION,
)  # fmt: skip
KEYS: Mapping[Source, str] = {source: f"{source}_id" for source in ONE}


@dataclass(frozen=True, slots=True)
class DataAccess:
    """On whose behalf; ``token`` is forwarded to a customer's own services and kept nowhere."""

    principal: Principal
    token: str = ""


class SourceFailed(AppError):
    code, status, text = "ENRICHMENT_FAILED", 500, "Parameter enrichment failed"


class RowMissing(NotFound):
    def __init__(self, source: Source, row_id: str) -> None:
        super().__init__(f"{source.capitalize()} not found: {row_id}")


Gathered = dict[Source, JSONValue | AppError]  # a document, or the error that kept it away


class Sources(Protocol):
    """``needs_token`` says that a run can only gather while the caller's token is at hand."""

    needs_token: bool

    def gather(self, wanted: Iterable[Source], access: DataAccess, ids: Mapping[str, str]) -> Gathered:
        """A document per source, in the fields of the workspace's rows. Sources of one row need their id."""
        ...
