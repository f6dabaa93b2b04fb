"""Whether a person asks for slides, and what these should be about."""

import re
from collections.abc import Sequence

from app.realtime.live.conversation import Exchange
from app.speech.sentences import split

LONGEST = 200  # characters
NOTHING = "the next step"
_WORDS = r"(?:slide[ -]?shows?|slide[ -]?decks?|slides?|decks?|presentations?|power ?points?|pptx?|keynotes?)"
SLIDES = re.compile(rf"\b{_WORDS}(?: of \w+ {_WORDS})?\b(?! skills)", re.IGNORECASE)
# a person's own talk is no request, unless something is to be done about it
_OWN = re.compile(rf"\b(?:my|our|your|his|her|their|the|this|that|last|next)(?: \w+)? {_WORDS}\b", re.IGNORECASE)
_UNWANTED = re.compile(
    r"\b(?:don't|don’t|do not|no|not|never|without|stop|instead of)\s+"
    r"(?:(?:make|making|create|creating|generate|need|want|show|give|me|any|more|new|another|the|a)\s+){0,4}"
    rf"{_WORDS}\b",
    re.IGNORECASE,
)
_DOING = re.compile(
    r"\b(?:make|create|generate|prepare|build|write|draft|design|produce|update|change|add|remove|delete|revise|edit|"
    r"improve|extend|shorten|translate|give|show|need|want|like|turn|put|please)\b",
    re.IGNORECASE,
)
_CHANGING = re.compile(
    r"\b(?:update|change|add|remove|delete|revise|edit|improve|extend|shorten|translate)\b", re.IGNORECASE
)
_THESE = rf"(?:the|this|that|these|those|my|our|existing|current|same)(?: \w+)? {_WORDS}"
_MAKING = re.compile(r"\b(?:make|create|generate|prepare|build|write|draft|design|produce|new)\b", re.IGNORECASE)
_REPLACING = re.compile(
    r"\b(?:change|replace|rename|retitle|rewrite|reword|rephrase|redo|shorten|translate|remove|delete|drop|correct|fix)\b",
    re.IGNORECASE,
)
_REPLACING_ALL = re.compile(
    r"\bstart over\b|\bfrom scratch\b|\b(?:replace|rewrite|reword|rephrase|redo|shorten|translate)\s+"
    rf"(?:it|them|all|everything|(?:the |this |that |these |those |my |our |whole |all ){{0,3}}{_WORDS})\b",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\b(?:title|headline|name|call|called|rename|retitle)\b", re.IGNORECASE)
_MARKS = " .,:;!?\"'“”‘’«»"
_ABOUT = r"(?:about|on|for|of|regarding|concerning|covering|titled|called|named)"
_SUBJECT = re.compile(r"(?:(?:the )?(?:topic|subject|theme)(?: of)?:? )(?=\S)", re.IGNORECASE)
_NOTHING_NEW = frozenset({"it", "this", "that", "them", "these", "those"})
_LEADS = re.compile(rf"(?:[\s,:–-]*{_ABOUT}|\s*[:–-])\s+(.+)", re.IGNORECASE | re.DOTALL)
_CHANGE = re.compile(r"(?:add|change|include|insert|put)\b.*?\b(?:about|on|regarding)\s+(.+)", re.IGNORECASE)
_BEFORE = re.compile(
    r"(?:(?:please|can|could|would|will|you|i'd|i'm|i|we|need|want|like|to|make|create|generate|prepare|build|write|"
    r"draft|give|show|tell|turn|have|get|me|us|a|an|the|some|this|that|it|into|in|as|with|of|about|on|for|short|few|"
    r"simple|nice|my|our|hi|hello|hey|\d+(?:-\w+)?)\b[\s,:.!-]*)+",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:[\s,]+(?:please|for (?:me|us)|thanks|thank you|now|with|into|in|as|to|of|about|on|for|a|an|the))+$",
    re.IGNORECASE,
)


def asks_for_slides(text: str) -> bool:
    """Whether a person plainly asks for slides, so that models without tools make them too."""
    if _UNWANTED.search(text):
        return False
    asked = SLIDES.search(_OWN.sub(" ", text)) or (SLIDES.search(text) and _DOING.search(text))
    return asked is not None


def topic_of(query: str, history: Sequence[Exchange] = (), shown: str = "") -> str:
    """What the slides should be about: named in the request, or shown already (a title), or spoken of last."""
    named = _named(query)
    if shown and not named and _CHANGING.search(query):
        return shown
    subjects = (_bare(SLIDES.sub(" ", text)) for text in (query, *(turn.query for turn in reversed(history))))
    return named or next(filter(None, subjects), shown or NOTHING)


def asks_for_others(query: str, shown: str) -> bool:
    """Whether new slides are wanted, about something else than those that are shown."""
    named = _named(query).casefold()
    old = _CHANGING.search(query) or re.search(rf"\b(?:{_THESE}|slide)\b", query, re.IGNORECASE)
    return bool(named and not old and _MAKING.search(query)) and named != shown.casefold()


def asks_to_replace(query: str, text: str, heading: str, is_title: bool) -> bool:
    """Whether a text of the slides is what the person wants changed or gone. English only: else the model says so."""
    if _REPLACING_ALL.search(query):
        return True
    asked = query.casefold()
    named = text.casefold() in asked or (len(heading) > 3 and heading.casefold() in asked)
    return bool(_REPLACING.search(query)) and (named or (is_title and _TITLE.search(query) is not None))


def _named(query: str) -> str:
    tails = (query[mention.end() :] for mention in SLIDES.finditer(query))
    lead = next((found[1] for tail in tails if (found := _LEADS.match(tail))), "")
    if change := _CHANGE.match(lead):
        lead = change[1]
    return _trimmed(_SUBJECT.sub("", lead.lstrip(), count=1))


def _bare(text: str) -> str:
    asking = _BEFORE.match(text.lstrip())
    return _trimmed(text.lstrip()[asking.end() :] if asking else text)


def _trimmed(text: str) -> str:
    """The first sentence, without what is polite."""
    sentence = next(iter(split(text.strip())), "").strip(_MARKS)
    found = " ".join(_AFTER.sub("", f" {sentence}").split()).strip(_MARKS)
    return found[:LONGEST] if found.lower() not in _NOTHING_NEW and any(map(str.isalnum, found)) else ""
