"""From the names that a prompt uses to their values: one call per source, side by side, then JMESPath."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import jmespath
import structlog

from app.core.clock import now
from app.core.errors import AppError
from app.topics.parameters import PARAMETERS
from app.workspace.sources.interfaces import KEYS, DataAccess, Gathered, RowMissing, Source, SourceFailed, Sources

log = structlog.get_logger()

OURS = (Source.REQUEST, Source.COMPUTED, Source.CONVERSATION)  # these need no call


@dataclass(slots=True)
class Enriched:
    """``missing`` names the sources that failed and the parameters that they would have given."""

    values: dict[str, Any]
    missing: list[str] = field(default_factory=list)


def sources_of(names: Iterable[str], given: Mapping[str, Any]) -> set[Source]:
    """The sources to ask. One of a single row is left out when nobody said which row."""
    wanted = {PARAMETERS[name].source for name in names if name in PARAMETERS and name not in given}
    return {source for source in wanted if source not in OURS and (source not in KEYS or given.get(KEYS[source]))}


def ids_of(given: Mapping[str, Any]) -> dict[str, str]:
    return {key: str(given[key]) for key in KEYS.values() if given.get(key)}


def gather(
    sources: Sources, website: Any, wanted: set[Source], access: DataAccess, given: Mapping[str, Any]
) -> Gathered:
    """Each source's document, or what kept it away."""
    found: Gathered = {}
    if Source.WEBSITE in wanted:
        found[Source.WEBSITE] = _website(website, given)
    rest = wanted - {Source.WEBSITE}
    return found | (sources.gather(rest, access, ids_of(given)) if rest else {})


def enriched(
    names: Sequence[str], needed: Iterable[str], given: Mapping[str, Any], gathered: Gathered, access: DataAccess
) -> Enriched:
    """A value for every name; None where there is none. Raises when a source failed that a needed name comes from."""
    needed = frozenset(needed)
    made = Enriched(dict(given) | _computed(access))
    failed: dict[Source, None] = {}
    for name in names:
        if name in made.values:
            continue
        made.values[name], fault = _value(name, gathered)
        if fault is None:
            continue
        if name in needed or isinstance(fault, RowMissing):
            raise fault
        failed[PARAMETERS[name].source] = None
        made.missing.append(name)
    made.missing[:0] = list(failed)
    return made


def _value(name: str, gathered: Gathered) -> tuple[Any, AppError | None]:
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


@lru_cache(maxsize=1024)
def compiled(path: str) -> Any:
    return jmespath.compile(path)


def _computed(access: DataAccess) -> dict[str, Any]:
    principal = access.principal
    today = now().date().isoformat()
    return {"tenant_id": principal.tenant_id, "user_id": principal.user_id, "today": today}


def _website(website: Any, given: Mapping[str, Any]) -> Any:
    """A page that can't be read is an error of its own, never an empty profile."""
    url = given.get("website_url")
    if not url:
        return SourceFailed()
    try:
        return website(url)
    except AppError as error:
        return error
