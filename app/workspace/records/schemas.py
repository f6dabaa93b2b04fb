"""Bodies of the business's rows. What a schema does not know is kept as it is; the whole row is bounded."""

import msgspec
from marshmallow import INCLUDE, ValidationError, fields, pre_load, validate, validates_schema

from app.core.json import JSONObject
from app.web.schemas import Choice, Moment, Number, Schema, Text, Whole, listed
from app.web.unified import RawObject
from app.workspace.records.fields import Day, Open
from app.workspace.records.store import RowsRequest

LARGEST = 64 * 1024  # bytes of one row as JSON
MOST_AT_ONCE = 1000
PRIORITIES = ("low", "medium", "high", "critical")
SERVERS = ("id", "createdAt", "updatedAt", "previous", "trend", "changePercent")  # fields that nobody can set
OWNERS = ("tenantId", "userId", "tenant_id", "user_id")


class DocumentIn(RawObject):
    """``either`` are two names of one thing, of which the first is always filled in; ``also_either`` are two more."""

    either: tuple[str, str] | None = None
    also_either: tuple[str, str] | None = None

    class Meta:
        unknown = INCLUDE

    @pre_load
    def settled(self, data: object, **_: object) -> object:
        if not isinstance(data, dict):
            return data
        kept = {name: value for name, value in data.items() if name not in (*SERVERS, *OWNERS) or name in self.fields}
        if self.either:
            first, second = self.either
            if kept.get(first) is None and kept.get(second) is not None:
                kept[first] = kept[second]
        return kept

    @validates_schema
    def bounded(self, data: JSONObject, **_: object) -> None:
        if len(msgspec.json.encode(data)) > LARGEST:
            raise ValidationError(f"must be at most {LARGEST} bytes of JSON")


class RowIn(DocumentIn):
    id = Text(1, 64, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._:~-]*\Z", error="is not a usable id"))


def named(example: str) -> Text:
    return Text(1, 200, required=True, metadata={"example": example})


def words(most: int = 5000) -> Text:
    return Text(0, most, allow_none=True)


def percent() -> Number:
    return Number(allow_none=True, validate=validate.Range(0, 100))


def choice(*allowed: str) -> Choice:
    return Choice(allowed, allow_none=True)


class BusinessGoalIn(RowIn):
    either = "title", "name"
    also_either = "targetDate", "dueDate"

    title = named("Grow retention")
    description = words()
    intent = words()
    status = Choice(
        ("active", "not_started", "in_progress", "paused", "completed", "cancelled", "abandoned", "archived", "draft"),
        metadata={"description": "active unless said otherwise"},
    )
    type = words(100)
    category = words(100)
    progress = percent()
    startDate = Day(allow_none=True)
    targetDate = Day(allow_none=True)
    dueDate = Day(allow_none=True)
    endDate = Day(allow_none=True)
    ownerId = words(128)
    ownerName = words(200)


class StrategyIn(RowIn):
    either = "name", "title"

    name = named("Onboard in a week")
    description = words()
    status = words(40)
    type = words(100)
    progress = percent()
    ownerName = words(200)
    goalId = words(64)
    alignmentScore = percent()
    alignmentExplanation = words()


class MeasureIn(RowIn):
    either = "name", "title"

    name = named("Revenue")
    description = words()
    unit = words(40)
    direction = choice("up", "down", "maintain")
    type = words(100)
    category = words(100)
    status = words(40)
    frequency = words(40)
    currentValue = Number(allow_none=True, metadata={"example": 125000})
    targetValue = Number(allow_none=True)
    ownerName = words(200)
    goalId = words(64)


class ActionIn(RowIn):
    either = "title", "name"

    title = named("Call ten quiet customers")
    description = words()
    status = Choice(("not_started", "in_progress", "blocked", "completed", "cancelled"), load_default="not_started")
    priority = choice(*PRIORITIES)
    startDate = Day(allow_none=True)
    dueDate = Day(allow_none=True)
    assignedPersonName = words(200)
    progress = percent()
    estimatedHours = Number(allow_none=True, validate=validate.Range(0, 100_000))
    actualHours = Number(allow_none=True, validate=validate.Range(0, 100_000))
    goalId = words(64)
    connections = Open(dict, list, allow_none=True)


class IssueIn(RowIn):
    either = "title", "name"

    title = named("Deliveries arrive late")
    description = words()
    status = Choice(("open", "in_progress", "resolved", "closed"), load_default="open")
    priority = choice(*PRIORITIES)
    impact = words(2000)
    assignedPersonName = words(200)
    reporterName = words(200)
    dueDate = Day(allow_none=True)
    tags = listed(Text(1, 100), 50, allow_none=True)
    connections = Open(dict, list, allow_none=True)


class PersonIn(RowIn):
    either = "name", "displayName"

    name = named("Ada Byron")
    email = words(320)
    role = Open(str, dict, allow_none=True)
    departmentName = words(200)
    positionName = words(200)


class DepartmentIn(RowIn):
    name = named("Customer success")
    description = words()


class PositionIn(RowIn):
    either = "name", "title"

    name = named("Head of customer success")
    role = Open(str, dict, allow_none=True)
    organizationUnit = Open(str, dict, allow_none=True)
    person = Open(str, dict, allow_none=True)
    specificAccountability = words()


class SectionIn(Schema):
    class Meta:
        unknown = INCLUDE


class ProfileIn(SectionIn):
    businessName = words(200)
    businessDescription = words()
    industry = words(200)
    subIndustry = words(200)
    companyStage = words(100)
    companySize = words(100)
    revenueRange = words(100)
    yearFounded = Whole(allow_none=True, validate=validate.Range(1000, 3000))
    geographicFocus = Open(list, str, allow_none=True)
    website = words(2083)


class IdentityIn(SectionIn):
    vision = words()
    visionTimeframe = words(200)
    purpose = words()
    whoWeServe = words()
    values = fields.List(Open(dict, str), validate=validate.Length(max=100), allow_none=True)


class MarketIn(SectionIn):
    nicheStatement = words()
    marketSize = words(500)
    growthTrend = words(500)
    characteristics = Open(list, str, allow_none=True)
    icas = fields.List(Open(dict, str), validate=validate.Length(max=100), allow_none=True)


class PropositionIn(SectionIn):
    uniqueSellingProposition = words()
    valueProposition = words()
    keyDifferentiators = Open(list, str, allow_none=True)
    competitiveAdvantages = Open(list, str, allow_none=True)
    brandPromise = words()
    positioningStatement = words()


class ModelIn(SectionIn):
    types = Open(list, str, allow_none=True)
    revenueStreams = Open(list, str, allow_none=True)
    pricingStrategy = words()
    keyPartnerships = Open(list, str, allow_none=True)
    distributionChannels = Open(list, str, allow_none=True)


class FoundationIn(DocumentIn):
    """The business in sections. PATCH changes what is named, section by section."""

    profile = fields.Nested(
        ProfileIn, allow_none=True, metadata={"example": {"businessName": "Brass & Bloom", "industry": "Lighting"}}
    )
    identity = fields.Nested(
        IdentityIn,
        allow_none=True,
        metadata={"example": {"purpose": "We make evenings gentle", "values": [{"name": "Candour"}]}},
    )
    market = fields.Nested(MarketIn, allow_none=True)
    products = fields.List(Open(dict, str), validate=validate.Length(max=200), allow_none=True)
    proposition = fields.Nested(PropositionIn, allow_none=True)
    model = fields.Nested(ModelIn, allow_none=True)
    pillars = fields.List(Open(dict, str), validate=validate.Length(max=50), allow_none=True)


class RowsQuery(Schema):
    into = RowsRequest
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 500))
    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))
    status = Text(0, 40, load_default="")


class RowsOut(Schema):
    items = fields.List(fields.Dict(keys=fields.String()))
    total = fields.Integer(metadata={"example": 3})
    hasMore = fields.Boolean(
        attribute="has_more", metadata={"example": False, "description": "Go on at `offset` and the number of `items`"}
    )


class ValueOut(Schema):
    value = fields.Float(metadata={"example": 118000})
    recordedAt = Moment(attribute="recorded_at")


class HistoryOut(Schema):
    measureId = fields.String(metadata={"example": "measure-1"})
    history = fields.List(fields.Nested(ValueOut))
    total = fields.Integer(metadata={"example": 2})
    hasMore = fields.Boolean(metadata={"example": False})


class ImportOut(Schema):
    success = fields.Boolean(metadata={"example": True})
    imported = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"example": {"measures": 2}})
