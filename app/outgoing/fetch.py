"""Reading one page of the web for a user: redirects are followed by hand, and each hop is checked anew."""

import codecs
import re
from urllib.parse import urljoin

from requests import Response

from app.outgoing import addresses
from app.outgoing.addresses import Target
from app.outgoing.interfaces import Deadline, FetchFailed, FetchRefused, FetchTimedOut, Page, Resolve
from app.outgoing.pinned import FAULTS, exchange

__all__ = ["FetchFailed", "FetchRefused", "FetchTimedOut", "Page", "fetch"]

REDIRECTS = 5
LIMIT = 2 * 1024 * 1024  # bytes of a page, after decompression
SECONDS = 10.0

HEADERS = {
    "User-Agent": "CoachhouseBot/1.0",
    "Accept": "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1",
    "Accept-Encoding": "gzip, deflate",
}
READABLE = re.compile(r"text/.+|application/xhtml\+xml")
CONTROLS = bytes(set(range(32)) - set(b"\t\n\f\r\x1b"))
WIDE = ("utf-16", "utf-32")
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


def fetch(url: str, allow: frozenset[str], *, seconds: float = SECONDS, resolve: Resolve = addresses.resolve) -> Page:
    """The page that the URL leads to, whatever its status. Raises ``FetchRefused`` and ``FetchFailed``."""
    deadline = Deadline(seconds)
    target = addresses.parse(url)
    for _ in range(REDIRECTS + 1):
        answer = _asked(target, allow, deadline, resolve)
        if isinstance(answer, Page):
            return answer
        target = answer
    raise FetchRefused


def _asked(target: Target, allow: frozenset[str], deadline: Deadline, resolve: Resolve) -> Page | Target:
    try:
        with exchange("GET", target, HEADERS, None, allow, deadline, resolve) as response:
            location = response.headers["Location"] if response.is_redirect else ""
            return _next(target, location) if location else _page(target, response)
    except FAULTS as error:
        raise (FetchTimedOut if deadline.passed else FetchFailed) from error


def _next(target: Target, location: str) -> Target:
    """Where a redirect leads; servers send UTF-8 there, which ``http.client`` reads as Latin-1."""
    try:
        url = urljoin(target.url, location.encode("latin-1").decode("utf-8", "replace"))
    except ValueError as error:
        raise FetchRefused from error
    return addresses.parse(url)


def _page(target: Target, response: Response) -> Page:
    content_type, charset = _type_of(response.headers.get("Content-Type", "text/html"))
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if not READABLE.fullmatch(content_type) or encoding not in ENCODINGS:
        raise FetchFailed
    body = response.raw.read(LIMIT + 1, decode_content=True)
    if len(body) > LIMIT or _is_binary(body[:1024], charset):
        raise FetchFailed
    return Page(target.url, response.status_code, content_type, charset, body)


def _type_of(header: str) -> tuple[str, str]:
    """``text/html; charset="UTF-8"`` as ``("text/html", "utf-8")``."""
    content_type, _, parameters = header.lower().partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", parameters, re.ASCII)
    return content_type.strip(), charset[1] if charset else ""


def _is_binary(head: bytes, charset: str) -> bool:
    """Images and archives are now and then sent as text."""
    is_wide = charset.startswith(WIDE) or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return not is_wide and len(head) - len(head.translate(None, CONTROLS)) > 32
