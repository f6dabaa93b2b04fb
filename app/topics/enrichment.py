"""From the names that a prompt uses to their values: one call per source, side by side, then JMESPath."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import jmespath
import structlog

from app.accounts import settings
from app.core import dates, weeks
from app.core.clock import now
from app.core.errors import AppError
from app.core.json import JSONObject, JSONValue
from app.db.session import db
from app.topics.parameters import PARAMETERS
from app.workspace.sources.interfaces import KEYS, DataAccess, Gathered, RowMissing, Source, SourceFailed, Sources

log = structlog.get_logger()

OURS = (Source.REQUEST, Source.COMPUTED, Source.CONVERSATION)  # these need no call
compiled = lru_cache(maxsize=1024)(jmespath.compile)
ReadWebsite = Callable[[str, str], JSONObject]  # by its URL, for a person


@dataclass(frozen=True, slots=True)
class Context:
    """``missing`` names the sources that failed and the parameters that they would have given."""

    values: JSONObject
    missing: list[str]


def sources_of(names: Iterable[str], given: JSONObject) -> set[Source]:
    """The sources to ask. One of a single row is left out when nobody said which row."""
    wanted = {PARAMETERS[name].source for name in names if name in PARAMETERS and name not in given}
    return {source for source in wanted if source not in OURS and (source not in KEYS or given.get(KEYS[source]))}


def gather(
    sources: Sources, read_website: ReadWebsite, wanted: set[Source], access: DataAccess, given: JSONObject
) -> Gathered:
    """Each source's document, or what kept it away."""
    found: Gathered = {}
    if Source.WEBSITE in wanted:
        found[Source.WEBSITE] = _website(read_website, given, access.principal.key)
    rest = wanted - {Source.WEBSITE}
    ids = {key: str(given[key]) for key in KEYS.values() if given.get(key)}
    return found | (sources.gather(rest, access, ids) if rest else {})


def enrich(
    names: Sequence[str], required: Iterable[str], given: JSONObject, gathered: Gathered, access: DataAccess
) -> Context:
    """A value for every name; None where there is none. Raises when a source failed that a required name comes from."""
    required = frozenset(required)
    own = {"tenant_id": access.principal.tenant_id, "user_id": access.principal.user_id}
    values: dict[str, JSONValue] = {**given, **own, **_time(access)}
    missing: list[str] = []
    for name in names:
        if name in values:
            continue
        values[name], error = _value(name, gathered)
        if error is not None and (name in required or isinstance(error, RowMissing)):
            raise error
        if error is not None:
            missing.append(name)
    failed = dict.fromkeys(str(PARAMETERS[name].source) for name in missing)
    return Context(values, [*failed, *missing])


def _time(access: DataAccess) -> dict[str, JSONValue]:
    """What it is for the person: the date for data, and ``now`` in words."""
    with db.read() as session:
        zone = settings.time_zone(session, access.principal)
    return {"today": weeks.local_date(now(), zone).isoformat(), "now": dates.now_text(zone)}


def _value(name: str, gathered: Gathered) -> tuple[JSONValue, AppError | None]:
    parameter = PARAMETERS.get(name)
    if parameter is None or parameter.source not in gathered:
        return None, None
    document = gathered[parameter.source]
    if isinstance(document, AppError):
        return None, document
    try:
        return compiled(parameter.path).search(document), None
    except jmespath.exceptions.JMESPathError:
        log.warning("value_not_found", parameter=name)
        return None, None


def _website(read_website: ReadWebsite, given: JSONObject, owner: str) -> JSONObject | AppError:
    """A page that can't be read is an error of its own, never an empty profile."""
    url = given.get("website_url")
    if not url:
        return SourceFailed()
    try:
        return read_website(str(url), owner)
    except AppError as error:
        return error
