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

from app.llm.interfaces import ErrorKind, ProviderError

STATUSES = {
    **dict.fromkeys((401, 403), ErrorKind.AUTH),
    **dict.fromkeys((408, 409, 425), ErrorKind.OVERLOADED),
    429: ErrorKind.RATE_LIMIT,
}
WORDS = {
    ErrorKind.AUTH: "authentication_error billing_error invalid_api_key permission_error",
    ErrorKind.FILTERED: "content_filter content_policy_violation",
    ErrorKind.REFUSED: "context_length_exceeded invalid_prompt invalid_request_error not_found_error request_too_large",
    ErrorKind.RATE_LIMIT: "rate_limit_error rate_limit_exceeded tokens",
}
CODES = {code: kind for kind, codes in WORDS.items() for code in codes.split()}
_CODE = re.compile(r"[a-z0-9_]{1,40}")


@dataclass(frozen=True, slots=True)
class Sdk:
    """The exceptions of a vendor's SDK; both vendors' have the same three."""

    status: type[Exception]
    timeout: type[Exception]
    connection: type[Exception]

    @property
    def known(self) -> tuple[type[Exception], ...]:
        return self.status, self.connection, httpx2.HTTPError, msgspec.DecodeError


def translated(error: Exception, sdk: Sdk, provider: str, model: str) -> ProviderError:
    """One of the ``known`` as ours. The vendor's text stays behind."""
    if isinstance(error, sdk.status):
        return _of_response(error, provider, model)
    return ProviderError(_kind_of(error, sdk), provider, model, detail=type(error).__name__)


def of_event(error: object, provider: str, model: str) -> ProviderError:
    """An error that came as an event of a stream whose status was 200."""
    code = _code(error)
    kind = CODES.get(code) or (of_status(int(code)) if code.isdecimal() else ErrorKind.OVERLOADED)
    return ProviderError(kind, provider, model, detail=f"event {code}".strip())


def of_status(status: int) -> ErrorKind:
    return STATUSES.get(status) or (ErrorKind.OVERLOADED if status >= 500 else ErrorKind.REFUSED)


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


def _of_response(error: Any, provider: str, model: str) -> ProviderError:
    code = _code(error.body)
    kind = of_status(error.status_code)
    if kind is ErrorKind.REFUSED and CODES.get(code) is ErrorKind.FILTERED:
        kind = ErrorKind.FILTERED
    after = retry_after(error.response.headers)
    return ProviderError(kind, provider, model, retry_after=after, detail=f"status {error.status_code} {code}".strip())


def _kind_of(error: Exception, sdk: Sdk) -> ErrorKind:
    if isinstance(error, (sdk.timeout, httpx2.TimeoutException)):
        return ErrorKind.TIMEOUT
    if isinstance(error, sdk.connection):
        return ErrorKind.CONNECTION
    return ErrorKind.JUNK if isinstance(error, msgspec.DecodeError) else ErrorKind.CUT


def _code(body: object) -> str:
    """The vendor's machine word, if it is one; free text is dropped."""
    error = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(error, dict):
        return ""
    words = (str(error.get(name) or "") for name in ("code", "type"))
    return next((word for word in words if _CODE.fullmatch(word)), "")
