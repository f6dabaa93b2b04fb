"""The next version of slides: what a person typed into the last one stays, unless they asked to change it."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass

from app.core.json import JSONObject, JSONValue, as_object
from app.realtime.live.conversation import Deck, Slides
from app.realtime.live.editorjs import blocks_of, plain, safe_html, text_of

TOOL = "tool:"  # how the name of a writer begins that is no person
Section = list[JSONObject]  # blocks, the first of them its header; the first section may have none


@dataclass(frozen=True, slots=True)
class Part:
    """One text of a deck: title, summary, a heading, an item of a list, or another block. ``heading`` is above it."""

    text: str
    heading: str
    typed: bool


def parts_of(deck: Deck) -> list[Part]:
    """Every text once, in order; the title and the summary come first."""
    found: dict[str, Part] = {}
    heading = ""
    for text, is_heading in [(deck.title, False), (deck.summary, False), *_readable(deck.editorjs)]:
        heading = text if is_heading else heading
        if key := key_of(text):
            found.setdefault(key, Part(plain(text), plain(heading), key in deck.typed))
    return list(found.values())


def typed_by_hand(revisions: Iterable[tuple[str, Slides]]) -> frozenset[str]:
    """The keys of texts that first came from a person. ``revisions`` are a writer and a version, oldest first."""
    authors: dict[str, str] = {}
    for by, slides in revisions:
        for text in (slides.title, slides.summary, *(text for text, _ in _readable(slides.editorjs))):
            authors.setdefault(key_of(text), by)
    return frozenset(key for key, by in authors.items() if key and not by.startswith(TOOL))


def key_of(text: str) -> str:
    """Equal for texts that read the same."""
    return plain(text).casefold()


def merged(made: JSONObject, current: JSONObject, kept: Set[str]) -> JSONObject:
    """The new document with every kept text of the current one: where it stood, and as it was written."""
    old = _sections(blocks_of(current))
    new = _sections(_with_originals(blocks_of(made), current))
    said = {key for section in new for block in section for key in _keys(block)}
    for at, section in enumerate(old):
        lost = {key for block in section for key in _keys(block) if key in kept and key not in said}
        if lost:
            _restore(section, _counterpart(new, old, at), lost)
    return {**made, "blocks": [block for section in new for block in section]}


def _counterpart(new: list[Section], old: list[Section], at: int) -> Section:
    """The new section of the same heading, or the one that took its place, or another one."""
    heading, known = _heading(old[at]), {_heading(section) for section in old}
    same = next((section for section in new if _heading(section) == heading), None)
    if same is not None:
        return same
    if at < len(new) and _heading(new[at]) not in known:
        return new[at]
    fresh: Section = old[at][:1] if heading else []
    new.insert(at, fresh)
    return fresh


def _restore(section: Section, target: Section, lost: Set[str]) -> None:
    for at, block in enumerate(section):
        if not lost.isdisjoint(_keys(block)) and block not in target:
            twin = _twin(section, block, target)
            replaced = slice(at, at) if twin is None else slice(twin, twin + 1)
            target[replaced] = [_with_items(target[twin], block, lost) if twin is not None and _items(block) else block]


def _twin(section: Section, block: JSONObject, target: Section) -> int | None:
    """Where the block stands that was written in place of this one: the one of its type, counted alike."""
    alike = [other for other in section if other.get("type") == block.get("type")]
    places = [at for at, other in enumerate(target) if other.get("type") == block.get("type")]
    count = next(at for at, other in enumerate(alike) if other is block)
    if count >= len(places) or (target[places[count]] in section and not _items(block)):
        return None
    return places[count]


def _with_items(new: JSONObject, old: JSONObject, lost: Set[str]) -> JSONObject:
    items = list(_items(new))
    for at, item in enumerate(_items(old)):
        if key_of(text_of(item)) in lost:
            items.insert(at, item if items and type(item) is type(items[0]) else safe_html(text_of(item)))
    return {**new, "data": {**as_object(new.get("data")), "items": items}}


def _with_originals(blocks: list[JSONObject], current: JSONObject) -> list[JSONObject]:
    """What reads as before is as before: with its marks, and its id."""
    originals = {(block.get("type"), tuple(_keys(block))): block for block in blocks_of(current)}
    return [originals.get((block.get("type"), tuple(_keys(block))), block) for block in blocks]


def _sections(blocks: Iterable[JSONObject]) -> list[Section]:
    found: list[Section] = []
    for block in blocks:
        if not found or block.get("type") == "header":
            found.append([])
        found[-1].append(block)
    return found


def _heading(section: Section) -> str:
    return key_of(text_of(section[0].get("data"))) if section and section[0].get("type") == "header" else ""


def _readable(editorjs: JSONObject) -> Iterator[tuple[str, bool]]:
    """Texts in order, and whether each is a heading."""
    for block in blocks_of(editorjs):
        for text in _block_texts(block):
            yield text, block.get("type") == "header"


def _keys(block: JSONObject) -> list[str]:
    return [key for text in _block_texts(block) if (key := key_of(text))]


def _block_texts(block: JSONObject) -> list[str]:
    return [text_of(item) for item in _items(block)] or [text_of(block.get("data"))]


def _items(block: JSONObject) -> list[JSONValue]:
    """Of a list or a checklist."""
    items = as_object(block.get("data")).get("items")
    return list(items) if isinstance(items, list) else []
