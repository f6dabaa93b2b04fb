"""The collections of the workspace: how each is spelled, what its rows look like, and where they are kept."""

from dataclasses import dataclass

from app.workspace.records import schemas
from app.workspace.records.business_goals import GoalStore
from app.workspace.records.models import Collection
from app.workspace.records.store import MeasureStore, RecordStore


@dataclass(frozen=True, slots=True)
class Kind:
    """``name`` is the plural of the URL; ``schema`` checks a row."""

    name: str
    singular: str
    schema: type[schemas.RowIn]
    store: RecordStore | GoalStore

    def changes(self) -> schemas.RowIn:
        """Checks a part of a row, under a name of its own in the OpenAPI document."""
        schema: type[schemas.RowIn] = type(self.schema.__name__.replace("In", "ChangeIn"), (self.schema,), {})
        return schema(partial=True)

    @property
    def title(self) -> str:
        return self.singular.capitalize()


def _records(collection: Collection, singular: str, schema: type[schemas.RowIn]) -> Kind:
    return Kind(collection, singular, schema, RecordStore(collection))


MEASURES = MeasureStore(Collection.MEASURES)
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("goals", "goal", schemas.BusinessGoalIn, GoalStore()),
        _records(Collection.STRATEGIES, "strategy", schemas.StrategyIn),
        Kind(Collection.MEASURES, "measure", schemas.MeasureIn, MEASURES),
        _records(Collection.ACTIONS, "action", schemas.ActionIn),
        _records(Collection.ISSUES, "issue", schemas.IssueIn),
        _records(Collection.PEOPLE, "person", schemas.PersonIn),
        _records(Collection.DEPARTMENTS, "department", schemas.DepartmentIn),
        _records(Collection.POSITIONS, "position", schemas.PositionIn),
    )
}
BY_SINGULAR = {kind.singular: kind for kind in KINDS.values()}
