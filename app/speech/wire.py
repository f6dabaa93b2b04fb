"""A vendor's HTTP: kept connections, a deadline that holds whatever the peer does, our own errors."""

from collections.abc import Mapping

import requests

from app.outgoing.session import Answer, AnswerTooLarge, Client
from app.speech.interfaces import ErrorKind, SpeechError

KEPT = 64  # idle connections
LARGEST = 32 * 1024 * 1024
File = tuple[str, bytes, str]  # name, content, type
STATUSES = {
    **dict.fromkeys((401, 403), ErrorKind.AUTH),
    **dict.fromkeys((408, 409, 425), ErrorKind.OVERLOADED),
    429: ErrorKind.RATE_LIMIT,
}


class Wire:
    def __init__(self, name: str, base_url: str, headers: Mapping[str, str]) -> None:
        self.name = name
        self._base_url = base_url.rstrip("/")
        self._headers = dict(headers)
        self._client = Client(kept=KEPT)

    def post_json(self, path: str, body: dict[str, str], deadline: float) -> bytes:
        return self._post(requests.Request("POST", self._base_url + path, self._headers, json=body), deadline)

    def post_form(self, path: str, fields: dict[str, str], file: File, deadline: float) -> bytes:
        url = self._base_url + path
        return self._post(requests.Request("POST", url, self._headers, {"file": file}, fields), deadline)

    def _post(self, request: requests.Request, deadline: float) -> bytes:
        """The body of the answer. Raises ``SpeechError``."""
        answer = self._answer(request, deadline)
        if answer.status != 200:
            kind, retry_after = of_status(answer.status), _seconds(answer.headers)
            raise SpeechError(kind, self.name, retry_after, f"status {answer.status}")
        return answer.body

    def junk(self, detail: str) -> SpeechError:
        return SpeechError(ErrorKind.JUNK, self.name, detail=detail)

    def _answer(self, request: requests.Request, deadline: float) -> Answer:
        try:
            return self._client.send(request, seconds=deadline, max_size=LARGEST)
        except AnswerTooLarge:
            raise self.junk("too large") from None
        except requests.Timeout:
            raise SpeechError(ErrorKind.TIMEOUT, self.name) from None
        except requests.RequestException as error:
            raise SpeechError(ErrorKind.CONNECTION, self.name, detail=type(error).__name__) from None


def of_status(status: int) -> ErrorKind:
    return STATUSES.get(status) or (ErrorKind.OVERLOADED if status >= 500 else ErrorKind.REFUSED)


def _seconds(headers: Mapping[str, str]) -> float | None:
    """``Retry-After``, when it is a number."""
    value = headers.get("retry-after", "").strip()
    return float(value) if value.isascii() and value.isdigit() else None
