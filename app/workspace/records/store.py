"""Where rows are kept: one document each, in the fields of its collection. Everybody of a tenant shares them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, ColumnElement, Text, bindparam, cast, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.core.clock import iso, now
from app.core.json import JSONObject, JSONValue
from app.db.pages import Page, Sizes, fitting, numbered_page, sized_page
from app.workspace.records.models import Collection, MeasureValue, Record

MOST = 500  # rows of one collection in a prompt's source
MOST_VALUES = 1000  # of a measure's history
SECTIONS = ("profile", "identity", "market", "products", "proposition", "model")


@dataclass(frozen=True, slots=True)
class RowsRequest:
    """A numbered page; no ``status`` means any."""

    limit: int
    offset: int = 0
    status: str = ""


def of(
    tenant: str | BindParameter[str], collection: str | BindParameter[str]
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Record.tenant_id == tenant, Record.collection == collection


# Most topics need it: built once, since composing a statement costs as much as running it.
FOUNDATION = select(Record.document).where(
    *of(bindparam("tenant"), Collection.FOUNDATION), Record.id == Collection.FOUNDATION
)
BYTES = func.octet_length(cast(Record.document, Text))
SIZES = Sizes(Record.id, (Record.created_at.desc(), Record.id.desc()), BYTES)
NEWEST = fitting(select(Record).where(*of(bindparam("tenant"), bindparam("collection"))), SIZES, MOST)


def foundation(session: Session, tenant: str) -> dict[str, JSONValue]:
    """All sections, empty ones too."""
    document = session.scalar(FOUNDATION, {"tenant": tenant}) or {}
    empty: dict[str, JSONValue] = {name: [] if name == "products" else {} for name in SECTIONS}
    return empty | {name: value for name, value in document.items() if value is not None}


def put(session: Session, tenant: str, collection: Collection, row_id: str, document: JSONObject) -> None:
    moment = now()
    row = insert(Record).values(
        tenant_id=tenant, collection=collection, id=row_id, document=document, created_at=moment, updated_at=moment
    )
    fresh = {"document": document, "updated_at": moment}
    session.execute(row.on_conflict_do_update(index_elements=["tenant_id", "collection", "id"], set_=fresh))
    session.expire_all()


@dataclass(frozen=True, slots=True)
class RecordStore:
    collection: Collection

    def page(self, session: Session, principal: Principal, asked: RowsRequest) -> Page[JSONObject]:
        """Newest first."""
        query = select(Record).where(*of(principal.tenant_id, self.collection))
        query = query.where(Record.document["status"].astext == asked.status) if asked.status else query
        found = sized_page(session, query, SIZES, asked.limit, asked.offset)
        rows = [_shown(record) for record in found.items]
        return Page(self._compared(session, principal.tenant_id, rows), found.has_more, total=found.total)

    def newest(self, session: Session, principal: Principal) -> Sequence[JSONObject]:
        """What a prompt may draw on."""
        found = session.scalars(NEWEST, {"tenant": principal.tenant_id, "collection": self.collection})
        return self._compared(session, principal.tenant_id, [_shown(record) for record in found])

    def read(self, session: Session, principal: Principal, row_id: str) -> JSONObject | None:
        record = session.get(Record, (principal.tenant_id, self.collection, row_id), populate_existing=True)
        return self._compared(session, principal.tenant_id, [_shown(record)])[0] if record else None

    def is_taken(self, session: Session, tenant: str, row_id: str) -> bool:
        return session.get(Record, (tenant, self.collection, row_id)) is not None

    def write(self, session: Session, principal: Principal, row_id: str, document: JSONObject) -> None:
        """Makes the row, or makes it what ``document`` says."""
        put(session, principal.tenant_id, self.collection, row_id, document)

    def remove(self, session: Session, principal: Principal, row_id: str) -> None:
        session.execute(delete(Record).where(*of(principal.tenant_id, self.collection), Record.id == row_id))

    def _compared(self, session: Session, tenant: str, rows: Sequence[JSONObject]) -> Sequence[JSONObject]:
        return rows


class MeasureStore(RecordStore):
    """Every change of a measure's value is kept, and its rows say how the value moved."""

    def write(self, session: Session, principal: Principal, row_id: str, document: JSONObject) -> None:
        tenant, value = principal.tenant_id, document.get("currentValue")
        before = session.get(Record, (tenant, self.collection, row_id), populate_existing=True)
        if value is not None and (before is None or before.document.get("currentValue") != value):
            session.add(MeasureValue(tenant_id=tenant, measure_id=row_id, value=value, recorded_at=now()))
            session.flush()
        put(session, tenant, self.collection, row_id, document)

    def remove(self, session: Session, principal: Principal, row_id: str) -> None:
        RecordStore.remove(self, session, principal, row_id)
        its = MeasureValue.tenant_id == principal.tenant_id, MeasureValue.measure_id == row_id
        session.execute(delete(MeasureValue).where(*its))

    def history(self, session: Session, tenant: str, measure_id: str) -> Page[MeasureValue]:
        """Newest first."""
        query = select(MeasureValue).where(MeasureValue.tenant_id == tenant, MeasureValue.measure_id == measure_id)
        return numbered_page(session, query.order_by(MeasureValue.id.desc()), MOST_VALUES, 0)

    def _compared(self, session: Session, tenant: str, rows: Sequence[JSONObject]) -> Sequence[JSONObject]:
        """The rows with ``previous``, ``trend`` and ``changePercent``."""
        before = _values_before(session, tenant, [str(row["id"]) for row in rows]) if rows else {}
        return [{**row, **_change(row.get("currentValue"), before.get(str(row["id"])))} for row in rows]


def _change(current: JSONValue, previous: float | None) -> JSONObject:
    """From the value before to the one now; in percent with one decimal, null when there is nothing to compare."""
    if previous is None or not isinstance(current, int | float):
        return {"previous": previous, "trend": None, "changePercent": None}
    trend = "up" if current > previous else "down" if current < previous else "stable"
    share = round((current - previous) / abs(previous) * 100, 1) if previous else None
    return {"previous": previous, "trend": trend, "changePercent": share}


def _values_before(session: Session, tenant: str, ids: list[str]) -> dict[str, float]:
    """The last value but one of each measure."""
    place = func.row_number().over(partition_by=MeasureValue.measure_id, order_by=MeasureValue.id.desc())
    query = select(MeasureValue.measure_id, MeasureValue.value, place.label("place"))
    ranked = query.where(MeasureValue.tenant_id == tenant, MeasureValue.measure_id.in_(ids)).subquery()
    found = session.execute(select(ranked.c.measure_id, ranked.c.value).where(ranked.c.place == 2))
    return {measure_id: int(value) if value.is_integer() else value for measure_id, value in found}


def _shown(record: Record) -> JSONObject:
    own = {"id": record.id, "createdAt": iso(record.created_at), "updatedAt": iso(record.updated_at)}
    return {**record.document, **own}
