"""A company's website in a few pages: the one that was named, and those that tell what it does and for whom."""

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

from gevent.lock import BoundedSemaphore

from app.core.errors import RateLimited
from app.core.json import JSONObject
from app.outgoing import addresses
from app.outgoing.fetch import FetchFailed, FetchRefused, Page, fetch
from app.outgoing.interfaces import Content, Resolve
from app.outgoing.website.reader import contents

MORE_PAGES = 4
SECONDS = 20.0
AT_ONCE = 2  # scans of one person
PAGE_SECONDS = 10.0
READING_SECONDS = 6.0
LEAST_TEXT = 40  # characters without which a page says nothing
TEXT_LIMIT = 50_000  # characters of all pages together
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://|[a-z]+:(?!\d)", re.I)

# in the order of what they tell; a path or a link's text says which a page is
SUBJECTS = tuple(
    re.compile(rf"(?<![a-z])({words})(?![a-z])")
    for words in (
        r"about|about[ _-]?us|company|our[ _-]story|who[ _-]we[ _-]are|mission",
        r"products?|platform|features?|solutions?",
        r"services?|what[ _-]we[ _-]do|offerings?",
        r"pricing|prices?|plans?",
        r"customers?|clients?|case[ _-]?stud(y|ies)|testimonials?|success[ _-]stories",
    )
)
NO_PAGE = re.compile(r"\.(pdf|jpe?g|png|gif|webp|svg|zip|gz|mp[34]|webm|docx?|xlsx?|pptx?|exe|dmg|xml|json|css|js)$")


class TooManyScans(RateLimited):
    text = "Other scans of yours are still running"


class Scanner:
    """For people: two scans at a time for each in this process; a third waits as long as one may take."""

    def __init__(self, allow: frozenset[str], resolve: Resolve = addresses.resolve) -> None:
        self._allow = allow
        self._resolve = resolve
        self._turns: WeakValueDictionary[str, BoundedSemaphore] = WeakValueDictionary()

    def scan(self, url: str, owner: str) -> JSONObject:
        """``owner`` names the person. Raises ``TooManyScans`` and what ``scan`` raises."""
        turns = self._turns.setdefault(owner, BoundedSemaphore(AT_ONCE))
        if not turns.acquire(timeout=SECONDS):
            raise TooManyScans(retry_after=round(SECONDS))
        try:
            return scan(url, self._allow, resolve=self._resolve)
        finally:
            turns.release()


def scan(url: str, allow: frozenset[str], *, resolve: Resolve = addresses.resolve) -> JSONObject:
    """Plain JSON: what the first page is, and the text of all. Raises ``FetchRefused`` and ``FetchFailed``."""
    end = time.monotonic() + SECONDS
    first = _first(_with_scheme(url), allow, resolve)
    seconds = min(PAGE_SECONDS, end - time.monotonic() - READING_SECONDS / 2)
    pages = _fetched(_worth_reading(first), first.url, allow, seconds, resolve)
    return _told(first, [first, *_more(pages, end - time.monotonic())])


def _with_scheme(url: str) -> str:
    bare = url.strip()
    return bare if SCHEME.match(bare) else f"https://{bare}"


def _first(url: str, allow: frozenset[str], resolve: Resolve) -> Content:
    page = fetch(url, allow, seconds=PAGE_SECONDS, resolve=resolve)
    read = contents([page], READING_SECONDS) if page.found else []
    if not read:
        raise FetchFailed
    if len(read[0].text) < LEAST_TEXT:
        raise FetchFailed("The website has no readable text")
    return read[0]


def _worth_reading(first: Content) -> list[str]:
    """Addresses of the same site: the best of each subject, then others of a subject."""
    own = [link for link in first.links if _is_page_of(first.url, link["url"])]
    of_subjects = [[link["url"] for link in own if subject.search(_wording(link))] for subject in SUBJECTS]
    ranked = [*(urls[0] for urls in of_subjects if urls), *(url for urls in of_subjects for url in urls)]
    return _each_once(ranked, known=first.url)[:MORE_PAGES]


def _is_page_of(site: str, url: str) -> bool:
    return _site(site) == _site(url) and not NO_PAGE.search(urlsplit(url).path.lower())


def _site(url: str) -> tuple[str, int | None]:
    """Host and port that make a site one; ``www.`` and TLS make no other of it."""
    try:
        parts = urlsplit(url)
        port = None if parts.port in {None, 80, 443} else parts.port
    except ValueError:
        return "", None
    return (parts.hostname or "").removeprefix("www."), port


def _wording(link: dict[str, str]) -> str:
    text = link["text"] if len(link["text"]) <= 40 else ""  # a headline that mentions a product is none
    return f"{urlsplit(link['url']).path} {text}".lower()


def _each_once(urls: Iterable[str], known: str) -> list[str]:
    found = {known.rstrip("/"): known}
    for url in urls:
        found.setdefault(url.rstrip("/"), url)
    return list(found.values())[1:]


def _fetched(urls: Sequence[str], site: str, allow: frozenset[str], seconds: float, resolve: Resolve) -> list[Page]:
    """Side by side; those that fail, or lead elsewhere, are left out."""
    if not urls or seconds <= 0:
        return []
    with ThreadPoolExecutor(len(urls)) as threads:
        asked = [threads.submit(fetch, url, allow, seconds=seconds, resolve=resolve) for url in urls]
    pages = {page.url: page for page in _answered(asked) if page.found and _is_page_of(site, page.url)}
    return [page for url, page in pages.items() if url != site]


def _answered(asked: Iterable[Future[Page]]) -> Iterator[Page]:
    for answer in asked:
        if not isinstance(answer.exception(), FetchFailed | FetchRefused):
            yield answer.result()


def _more(pages: Sequence[Page], seconds: float) -> list[Content]:
    if not pages or seconds <= 0:
        return []
    try:
        read = contents(pages, min(READING_SECONDS, seconds))
    except FetchFailed:
        return []
    return [content for content in read if len(content.text) >= LEAST_TEXT]


def _told(first: Content, pages: Sequence[Content]) -> JSONObject:
    keys = ("url", "title", "description", "text")
    return {
        "url": first.url,
        "title": first.title,
        "description": first.description,
        "text": "\n\n".join(page.text for page in pages)[:TEXT_LIMIT],
        "pages": [{key: getattr(page, key) for key in keys} for page in pages],
        "open_graph": first.open_graph,
        "structured": first.structured,
        "links": first.links,
    }
