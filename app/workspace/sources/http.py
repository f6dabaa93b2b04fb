"""A customer's own services as sources: the caller's token is forwarded to the configured hosts and nowhere else."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import gevent
import msgspec
import requests
import structlog
from urllib3.util import Retry

from app.core.errors import AppError
from app.core.json import JSONValue, as_object
from app.outgoing.session import Client
from app.workspace.sources.interfaces import KEYS, DataAccess, Gathered, RowMissing, Source, SourceFailed, Sources

TIMEOUT = 10.0  # seconds for one answer, with what is tried again
LARGEST = 8 * 1024 * 1024  # bytes of one answer
RETRIES = Retry(total=2, backoff_factor=0.2, status_forcelist=(502, 503, 504), raise_on_status=False)
USUAL = Path(__file__).with_name("services.toml")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Route:
    service: str
    path: str
    rows: str = ""


class Services:
    """``urls`` are the base URLs by service name, without a slash at the end; ``rest`` has what no service has."""

    needs_token = True

    def __init__(self, urls: Mapping[str, str], rest: Sources, file: Path = USUAL) -> None:
        self._urls = urls
        self._rest = rest
        self._routes = {Source(name): Route(**facts) for name, facts in tomllib.loads(file.read_text()).items()}
        self._client = Client(kept=50, retries=RETRIES)

    def gather(self, wanted: Iterable[Source], access: DataAccess, ids: Mapping[str, str]) -> Gathered:
        """Side by side; one that fails says so and keeps nobody else waiting."""
        wanted = set(wanted)
        ours = {source for source in wanted if source in self._routes and self._routes[source].service in self._urls}
        calls = {source: gevent.spawn(self._document, source, access, ids) for source in ours}
        found = self._rest.gather(wanted - ours, access, ids) if wanted - ours else {}
        gevent.joinall(calls.values())
        return found | {source: call.value for source, call in calls.items()}

    def _document(self, source: Source, access: DataAccess, ids: Mapping[str, str]) -> JSONValue | AppError:
        route = self._routes[source]
        row_id = ids.get(KEYS[source], "") if source in KEYS else ""
        path = route.path.format(id=quote(row_id, safe=""), user_id=quote(access.principal.user_id, safe=""))
        try:
            return self._read(source, self._urls[route.service] + path, access, row_id, route.rows)
        except (requests.RequestException, msgspec.DecodeError, KeyError) as error:
            log.warning("source_failed", source=source, reason=type(error).__name__)
            return SourceFailed()
        except AppError as error:
            return error

    def _read(self, source: Source, url: str, access: DataAccess, row_id: str, rows: str) -> JSONValue:
        headers = {
            "Authorization": f"Bearer {access.token}",
            "X-Tenant-Id": access.principal.tenant_id,
            "Accept": "application/json",
        }
        request = requests.Request("GET", url, headers)
        answer = self._client.send(request, seconds=TIMEOUT, max_size=LARGEST)
        if answer.status == 404 and row_id:
            raise RowMissing(source, row_id)
        if answer.status != 200:
            log.warning("source_failed", source=source, status=answer.status)
            raise SourceFailed
        found = unwrapped(msgspec.json.decode(answer.body))
        return listed(found, rows) if rows else found


def unwrapped(body: JSONValue) -> JSONValue:
    """What is inside ``{success, data}``, which these services wrap once or twice."""
    for _ in range(2):
        if isinstance(body, dict) and "data" in body and ("success" in body or len(body) == 1):
            body = body["data"]
    return body


def listed(body: JSONValue, rows: str) -> list[JSONValue]:
    """The rows of a list, whatever they are called."""
    if isinstance(body, list):
        return body
    inside = as_object(body)
    found = next((value for key in ("items", rows, "data") if isinstance(value := inside.get(key), list)), None)
    if found is None:
        raise SourceFailed
    return found
