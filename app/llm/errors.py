"""What went wrong, in our words: statuses, error codes and the SDKs' exceptions become a ``ProviderError``."""

import math
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import msgspec

from app.core.json import as_object
from app.llm import refusals
from app.llm.interfaces import ErrorKind, ProviderError

STATUSES = {
    **dict.fromkeys((400, 413, 422), ErrorKind.REFUSED),
    **dict.fromkeys((401, 402, 403), ErrorKind.ACCOUNT),
    **dict.fromkeys((408, 409, 425), ErrorKind.OVERLOADED),
    429: ErrorKind.RATE_LIMIT,
}
EXPLAINED = frozenset({400, 404, 410, 413, 422})  # statuses whose body says more
USUAL = {"invalid_request_error": ErrorKind.REFUSED}  # what an event means whose text says no more
_STATUS = re.compile("[45][0-9][0-9]")
CERTAIN = {ErrorKind.FILTERED, ErrorKind.ACCOUNT}  # what a code may say of the other statuses


@dataclass(frozen=True, slots=True)
class Sdk:
    """The exceptions of a vendor's SDK; both vendors' have the same three."""

    status: type[Exception]
    timeout: type[Exception]
    connection: type[Exception]

    @property
    def known(self) -> tuple[type[Exception], ...]:
        return self.status, self.connection, httpx2.HTTPError, msgspec.DecodeError


@dataclass(frozen=True, slots=True)
class Sent:
    """What a refusal can only be understood by: who was asked, with which limit of tokens and which schema."""

    provider: str
    model: str
    limit: int = 0
    schema_name: str = ""


def translated(error: Exception, sdk: Sdk, sent: Sent) -> ProviderError:
    """One of the ``known`` as ours. The vendor's text stays behind."""
    if isinstance(error, sdk.status):
        return _of_response(error, sent)
    return ProviderError(_kind_of(error, sdk), sent.provider, sent.model, detail=type(error).__name__)


def of_event(error: object, sent: Sent) -> ProviderError:
    """An error that came as an event of a stream whose status was 200. A number as its code is an HTTP status."""
    word = refusals.code(error)
    number = next((str(one) for one in as_object(error).values() if _STATUS.fullmatch(str(one))), "")
    usual = of_status(int(number)) if number else USUAL.get(word, ErrorKind.OVERLOADED)
    found = refusals.read(error, sent.limit, sent.schema_name, usual)
    detail = f"event {word or number}".strip()
    return ProviderError(found.kind, sent.provider, sent.model, detail=detail, refusal=found.refusal)


def of_status(status: int) -> ErrorKind:
    """Our paths are the vendors' own: where something else answers, or leads elsewhere, there is no such model."""
    return STATUSES.get(status) or (ErrorKind.OVERLOADED if status >= 500 else ErrorKind.MODEL)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, from a number or an HTTP date; never negative."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        seconds = _seconds_until(value)
    return max(0.0, seconds) if math.isfinite(seconds) else None


def _seconds_until(date: str) -> float:
    try:
        return parsedate_to_datetime(date).timestamp() - time.time()
    except ValueError:
        return math.nan


def _of_response(error: Any, sent: Sent) -> ProviderError:
    status = error.status_code
    kind = of_status(status)
    kind = ErrorKind.MODEL if kind is ErrorKind.REFUSED and _is_page(error.body) else kind
    found = refusals.read(error.body, sent.limit, sent.schema_name, kind)
    by_code = refusals.KINDS.get(found.code.lower())
    told = found.kind if status in EXPLAINED else by_code if by_code in CERTAIN else kind
    return ProviderError(
        told, sent.provider, sent.model, retry_after=retry_after(error.response.headers),
        detail=f"status {status} {found.code}".strip(), refusal=found.refusal if told is ErrorKind.PARAMETER else None,
    )  # fmt: skip


def _is_page(body: object) -> bool:
    """No model writes HTML: that is a proxy, or another service."""
    return isinstance(body, str) and body.lstrip()[:1] == "<"


def _kind_of(error: Exception, sdk: Sdk) -> ErrorKind:
    if isinstance(error, (sdk.timeout, httpx2.TimeoutException)):
        return ErrorKind.TIMEOUT
    if isinstance(error, sdk.connection):
        return ErrorKind.CONNECTION
    return ErrorKind.JUNK if isinstance(error, msgspec.DecodeError) else ErrorKind.CUT
