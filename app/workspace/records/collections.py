"""The collections of the workspace: how each is spelled, what its rows look like, and where they are kept."""

from dataclasses import dataclass

from app.workspace.records import schemas
from app.workspace.records.models import Collection


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` is the plural of the URL; ``schema`` checks a row."""

    name: str
    singular: str
    schema: type[schemas.RowIn]

    def changes(self) -> schemas.RowIn:
        """Checks a part of a row, under a name of its own in the OpenAPI document."""
        schema: type[schemas.RowIn] = type(self.schema.__name__.replace("In", "ChangeIn"), (self.schema,), {})
        return schema(partial=True)

    @property
    def title(self) -> str:
        return self.singular.capitalize()


GOALS = Kind("goals", "goal", schemas.BusinessGoalIn)
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        GOALS,
        Kind(Collection.STRATEGIES, "strategy", schemas.StrategyIn),
        Kind(Collection.MEASURES, "measure", schemas.MeasureIn),
        Kind(Collection.ACTIONS, "action", schemas.ActionIn),
        Kind(Collection.ISSUES, "issue", schemas.IssueIn),
        Kind(Collection.PEOPLE, "person", schemas.PersonIn),
        Kind(Collection.DEPARTMENTS, "department", schemas.DepartmentIn),
        Kind(Collection.POSITIONS, "position", schemas.PositionIn),
    )
}
