"""One page taken apart: title, description, main text, links and what it declares for machines.

Takes whatever is sent as a page, and may need much time and memory for that: it runs in ``parsing``'s process only.
"""

import codecs
import re
from urllib.parse import urldefrag, urljoin

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from app.outgoing.interfaces import Content, Page
from app.outgoing.website import plain, structured

TEXT_LIMIT = 50_000  # characters of one page
MOST_LINKS = 300
MOST_PROPERTIES = 100
ENOUGH = 200  # characters: with less main text, all that is visible is taken if it is more

HTML = frozenset({"text/html", "application/xhtml+xml"})
NOT_TEXT = ["script", "style", "noscript", "template", "svg", "iframe", "object", "nav", "footer", "header", "aside"]
# what browsers know: Python's other codecs are no charsets, and some take for ever
CHARSET = re.compile(
    r"utf-(8|16|32)|ascii|iso8859|cp(125|866|874|93|949)|koi8|mac-|gb|big5|euc|shift_jis|iso2022_jp|tis"
)
DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# what parsers raise on markup that nobody foresaw
UNFORESEEN = (ValueError, TypeError, AttributeError, LookupError, AssertionError, RecursionError)


def read(page: Page) -> Content:
    markup = decoded(page.body, page.charset)
    if page.content_type not in HTML:
        return Content(page.url, text=plain.lines(markup, TEXT_LIMIT))
    tree = LexborHTMLParser(markup)
    meta = _meta(tree)
    graph = {name.removeprefix("og:"): value for name, value in meta.items() if name.startswith("og:")}
    return Content(
        page.url,
        title=_title(tree) or graph.get("title", ""),
        description=meta.get("description", "") or graph.get("description", ""),
        open_graph=graph,
        structured=structured.objects(node.text() for node in tree.css('script[type="application/ld+json" i]')),
        links=_links(tree, page.url),
        text=_text(tree, markup),
    )


def decoded(body: bytes, charset: str) -> str:
    """By byte order mark, header, or declaration, as browsers do; else UTF-8, or what looks like it least wrong."""
    declared = DECLARED.search(body[:4096])
    named = (charset, declared[1].decode("ascii", "ignore") if declared else "")
    candidates = [codec for mark, codec in BOMS if body.startswith(mark)] + [_codec(name) for name in named]
    for codec in filter(None, candidates):
        return body.decode(codec, "replace")
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _codec(name: str) -> str:
    try:
        codec = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    if not CHARSET.match(codec):
        return ""
    return "cp1252" if codec in {"ascii", "iso8859-1"} else codec


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("title")
    return plain.line(node.text()) if node else ""


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """``name`` or ``property`` of the meta tags, lower-case, and their content; the first of a name counts."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]")[:MOST_PROPERTIES]:
        attributes = node.attributes
        name = plain.line(attributes.get("property") or attributes.get("name"), 100).lower()
        found.setdefault(name, plain.line(attributes.get("content"), 1000))
    return found


def _links(tree: LexborHTMLParser, url: str) -> list[dict[str, str]]:
    base = tree.css_first("base[href]")
    root = _joined(url, base.attributes.get("href")) if base else ""
    found: dict[str, str] = {}
    for node in tree.css("a[href]")[: MOST_LINKS * 4]:
        address = _joined(root or url, node.attributes.get("href"))
        if address and not found.get(address):
            found[address] = plain.line(node.text(separator=" "), 200)
    return [{"url": address, "text": text} for address, text in list(found.items())[:MOST_LINKS]]


def _joined(url: str, href: str | None) -> str:
    try:
        address = urldefrag(urljoin(url, plain.line(href, 2083))).url
    except ValueError:
        return ""
    return address if address.startswith(("http://", "https://")) else ""


def _text(tree: LexborHTMLParser, markup: str) -> str:
    main = plain.lines(_main_text(markup), TEXT_LIMIT)
    if len(main) >= ENOUGH:
        return main
    everything = plain.lines(_visible_text(tree), TEXT_LIMIT)
    return everything if len(everything) > len(main) else main


def _main_text(markup: str) -> str | None:
    """Without menus and the like. Its own memory of repeated text is left off: other people's pages are in it."""
    try:
        return trafilatura.extract(markup, include_comments=False, favor_recall=True, deduplicate=False)
    except UNFORESEEN:
        return None


def _visible_text(tree: LexborHTMLParser) -> str:
    tree.strip_tags(NOT_TEXT)
    return tree.body.text(separator="\n") if tree.body else ""
