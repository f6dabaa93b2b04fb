"""Editor.js documents: text of models made safe to show, and the text that is in a document."""

import re
from html import escape, unescape

from app.core.json import JSONObject, JSONValue, as_object, objects_of

# what the editor's own inline tools write
_MARK = re.compile(r"<(/?)(a|b|br|code|em|i|mark|s|strong|sub|sup|u)((?:\s[^<>]*)?)/?>", re.IGNORECASE)
_CLASSES = {"mark": "cdx-marker", "code": "inline-code", "u": "cdx-underline"}
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_SAFE_SCHEMES = frozenset({"http:", "https:", "mailto:", "tel:"})
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028\u2029]+")  # browsers ignore these in a scheme
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_TYPE = re.compile(r"[\w-]{1,40}")
LINKS = frozenset({"url", "href", "link", "src", "source", "embed", "image", "photo", "thumbnail"})
SETTINGS = LINKS | {"id", "type", "style", "alignment", "class", "service"}  # no text to read


def safe_html(text: str) -> str:
    """Inline marks stay; whatever else looks like HTML is shown as it was written."""
    parts, opened, at = list[str](), list[str](), 0
    for mark in _MARK.finditer(text):
        parts += [_escaped(text[at : mark.start()]), _safe_mark(mark, opened)]
        at = mark.end()
    return "".join([*parts, _escaped(text[at:]), *_closing(opened, 0)])


def safe_document(editorjs: JSONObject) -> JSONObject:
    """Every text of every block, however deep it lies."""
    return {**as_object(_safe(editorjs, "")), "blocks": [_safe_block(block) for block in blocks_of(editorjs)]}


def blocks_of(editorjs: JSONObject) -> list[JSONObject]:
    """Of any document: clients store what they like."""
    return objects_of(editorjs.get("blocks"))


def plain(text: str) -> str:
    """Without marks, for places that show text as it is."""
    return " ".join(unescape(_TAG.sub("", text.replace("<br>", " "))).split())


def text_of(value: JSONValue) -> str:
    """All that can be read in a block, or in a part of one."""
    return " ".join(filter(None, map(plain, _texts(value))))


def _safe_block(block: JSONObject) -> JSONObject:
    kind = block.get("type")
    known = kind if isinstance(kind, str) and _TYPE.fullmatch(kind) else "paragraph"
    return {**as_object(_safe(block, "")), "type": known}


def _safe(value: JSONValue, name: str) -> JSONValue:
    if isinstance(value, str):
        return _safe_link(value) if name in LINKS else safe_html(value)
    if isinstance(value, list):
        return [_safe(part, name) for part in value]
    return {key: _safe(part, key) for key, part in value.items()} if isinstance(value, dict) else value


def _safe_link(link: str) -> str:
    """``""`` for a link that runs something."""
    seen = _UNSEEN.sub("", link)
    scheme = _SCHEME.match(seen)
    if scheme and scheme[0].lower() not in _SAFE_SCHEMES:
        return ""
    return re.sub(r"[<>\"'`]", lambda found: f"%{ord(found[0]):02X}", link.strip())


def _safe_mark(mark: re.Match[str], opened: list[str]) -> str:
    name = mark[2].lower()
    if name == "br":
        return "<br>"
    if mark[1]:
        return "".join(_closing(opened, len(opened) - 1 - opened[::-1].index(name))) if name in opened else ""
    attributes = _attributes(name, mark[3])
    if attributes is None:
        return ""
    opened.append(name)
    return f"<{name}{attributes}>"


def _closing(opened: list[str], down_to: int) -> list[str]:
    closed, opened[down_to:] = opened[down_to:][::-1], []
    return [f"</{name}>" for name in closed]


def _attributes(name: str, given: str) -> str | None:
    """None for a link that leads nowhere."""
    if name != "a":
        known = _CLASSES.get(name, "")
        return f' class="{known}"' if known and known in given else ""
    found = _HREF.search(given)
    link = _safe_link(unescape(next(filter(None, found.groups()), ""))) if found else ""
    return f' href="{escape(link)}"' if link else None


def _escaped(text: str) -> str:
    """Text that is escaped already stays as it is."""
    return escape(unescape(text), quote=False)


def _texts(value: JSONValue) -> list[str]:
    if isinstance(value, str):
        return [value]
    named = as_object(value).items()
    parts = value if isinstance(value, list) else [part for name, part in named if _is_readable(name, part)]
    return [text for part in parts for text in _texts(part)]


def _is_readable(name: str, part: JSONValue) -> bool:
    return name not in SETTINGS or isinstance(part, dict | list)
