"""Bodies of the single-purpose endpoints. What is only context may be absent; what is there has the right type."""

from dataclasses import dataclass

from marshmallow import fields, validate

from app.core.json import JSONObject
from app.web.schemas import Choice, Number, Schema, Text, listed

DEGREES = ("low", "medium", "high", "critical")


def line(most: int = 500, example: str = "") -> Text:
    return Text(0, most, load_default=None, allow_none=True, metadata={"example": example} if example else {})


def lines(most: int = 100, each: int = 2000) -> fields.List[str]:
    return listed(Text(0, each), most, load_default=None, allow_none=True)


def part(schema: type[Schema]) -> fields.Nested:
    return fields.Nested(schema, load_default=None, allow_none=True)


def anything() -> fields.Dict:
    return fields.Dict(keys=fields.String(), load_default=None, allow_none=True)


def open_value() -> fields.Raw:
    return fields.Raw(metadata={"type": ["string", "number", "boolean", "object", "array"]})


class FoundationIn(Schema):
    vision = line(5000)
    purpose = line(5000)
    coreValues = listed(open_value(), 100, load_default=None, allow_none=True)
    targetMarket = line(5000)
    valueProposition = line(5000)


class AlignmentIn(Schema):
    goalIntent = line(5000, "Increase customer retention")
    strategies = listed(open_value(), 100, load_default=None, allow_none=True)
    kpis = listed(open_value(), 100, load_default=None, allow_none=True)
    measures = listed(open_value(), 100, load_default=None, allow_none=True)
    businessFoundation = part(FoundationIn)


class StrategyIn(Schema):
    description = line(5000)
    category = line(200)


class MeasureIn(Schema):
    sharedKpiId = line(128)
    sharedMeasureId = line(128)
    name = line(300)


class AlignedGoalIn(Schema):
    intent = Text(1, 5000, required=True, metadata={"example": "Increase customer retention"})
    strategies = listed(fields.Nested(StrategyIn), 100, load_default=list, allow_none=True)
    kpis = listed(fields.Nested(MeasureIn), 100, load_default=list, allow_none=True)
    measures = listed(fields.Nested(MeasureIn), 100, load_default=list, allow_none=True)


class GoalAlignmentIn(Schema):
    goal = fields.Nested(AlignedGoalIn, required=True)
    businessFoundation = part(FoundationIn)


class StrategiesIn(Schema):
    goalIntent = line(5000)
    businessContext = anything()
    existingStrategies = lines()
    constraints = anything()


class KPIsIn(Schema):
    goalIntent = line(5000)
    strategies = listed(fields.Nested(StrategyIn), 100, load_default=list, allow_none=True)
    businessContext = anything()
    preferences = anything()


class ActionIn(Schema):
    id = Text(1, 128, required=True, metadata={"example": "action-1"})
    title = line(500)
    description = line(5000)
    priority = line(40)
    status = line(40)


class BusinessGoalRefIn(Schema):
    id = Text(1, 128, required=True, metadata={"example": "goal-1"})
    intent = line(5000)
    title = line(500)
    strategies = lines()


class OperationsAlignmentIn(Schema):
    actions = listed(fields.Nested(ActionIn), 100, required=True)
    goals = listed(fields.Nested(BusinessGoalRefIn), 50, required=True)
    businessFoundation = part(FoundationIn)


class RootCauseIn(Schema):
    issueTitle = line(200, "Customer churn is rising")
    issueDescription = line(5000)
    businessImpact = Choice(DEGREES, load_default=None, allow_none=True)
    context = anything()


class IssueIn(Schema):
    title = line(200)
    description = line(5000)
    impact = Choice(DEGREES, load_default=None, allow_none=True)
    rootCause = line(5000)


class ActionsIn(Schema):
    issue = part(IssueIn)
    constraints = anything()
    context = anything()


class RankedActionIn(Schema):
    id = Text(1, 128, required=True, metadata={"example": "action-1"})
    title = line(500)
    currentPriority = Choice(DEGREES, load_default=None, allow_none=True)
    dueDate = line(40)
    impact = line(500)
    effort = line(500)
    status = line(40)
    linkedGoals = lines()


class PrioritizationIn(Schema):
    actions = listed(fields.Nested(RankedActionIn), 200, required=True)
    businessContext = anything()


class PlannedActionIn(Schema):
    id = Text(1, 128, required=True, metadata={"example": "action-1"})
    title = line(500)
    estimatedDuration = Number(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, 100_000, min_inclusive=False),
        metadata={"exclusiveMinimum": 0},
    )
    dependencies = lines(100, 128)
    assignedTo = line(200)
    currentStartDate = line(40)
    currentDueDate = line(40)
    priority = line(40)


class SchedulingIn(Schema):
    actions = listed(fields.Nested(PlannedActionIn), 100, required=True)
    constraints = anything()


class OnboardingIn(Schema):
    kind = Choice(("niche", "ica", "valueProposition"), required=True)
    current = line(5000)
    context = anything()


class OnboardingCoachingIn(Schema):
    topic = Choice(("coreValues", "purpose", "vision"), required=True)
    message = Text(1, 5000, required=True)
    context = anything()


class ScanIn(Schema):
    url = Text(1, 2083, required=True, metadata={"example": "https://example.com"})


class AnswerOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    data = fields.Raw()
    metadata = fields.Raw(metadata={"description": "`model`, `tokens_used`, `processing_time_ms`, `missing`"})


@dataclass(frozen=True, slots=True)
class InsightsFilter:
    page: int
    page_size: int
    category: str | None
    priority: str | None
    status: str | None

    @property
    def wanted(self) -> dict[str, str]:
        found = {"category": self.category, "priority": self.priority, "status": self.status}
        return {name: value for name, value in found.items() if value}


class InsightsQuery(Schema):
    into = InsightsFilter
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=20, validate=validate.Range(1, 100))
    category = Choice(("strategy", "operations", "finance", "marketing", "leadership", "technology"), load_default=None)
    priority = Choice(DEGREES, load_default=None)
    status = Choice(("active", "dismissed", "acknowledged"), load_default=None)


class PaginationOut(Schema):
    page = fields.Integer(metadata={"example": 1})
    limit = fields.Integer(metadata={"example": 20})
    total = fields.Integer(metadata={"example": 8})
    total_pages = fields.Integer(metadata={"example": 1})


class InsightsOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    data = fields.List(fields.Raw())
    pagination = fields.Nested(PaginationOut)


@dataclass(frozen=True, slots=True)
class NewConversation:
    topic: str
    initialMessage: str | None
    context: JSONObject | None


class ConversationIn(Schema):
    into = NewConversation
    topic = Text(1, 200, required=True, metadata={"example": "retention"})
    initialMessage = line(4000)
    context = anything()


class ConversationMessageIn(Schema):
    message = Text(1, 4000, required=True)
