"""What the model may ask for in a turn: an encyclopaedia, and slides."""

from collections.abc import Callable
from urllib.parse import quote

import gevent
import structlog

from app.core.errors import AppError
from app.core.json import JSONObject
from app.llm.interfaces import Tool
from app.llm.json_schema import closed_object

SECONDS = 8.0  # for one look into the encyclopaedia
LONGEST = 2500  # characters of an answer
WIKIPEDIA = "search_wikipedia"
SLIDES = "generate_or_update_slides"
UNREACHABLE = (
    "Wikipedia can't be reached at the moment. Answer from what you know and say that you could not look it up."
)

TOOLS = {
    WIKIPEDIA: Tool(
        WIKIPEDIA, "Look a fact up in Wikipedia. Only for facts about the world, never about the person.",
        closed_object(query={"type": "string", "description": "title or key words"}),
    ),
    SLIDES: Tool(
        SLIDES, "Make or change slides for the person. Call it when they ask for slides or a presentation.",
        closed_object(request={"type": "string", "description": "what the slides should be about"}),
    ),
}  # fmt: skip
SUBJECT_NAMES = ("request", "topic", "title", "summary")  # models trained on other tools name it otherwise

log = structlog.get_logger()

ReadPage = Callable[[str], JSONObject]  # a page of the web, read with the guard


def search_wikipedia(read_page: ReadPage, query: str, language: str) -> str:
    """The beginning of the article that fits best, or that it can't be had."""
    place = language if language.isascii() and language.isalpha() and len(language) == 2 else "en"
    url = f"https://{place.lower()}.wikipedia.org/wiki/Special:Search?go=Go&search={quote(query[:200])}"
    try:
        with gevent.Timeout(SECONDS, TimeoutError):
            page = read_page(url)
    except (AppError, TimeoutError) as error:
        log.info("wikipedia_failed", reason=type(error).__name__)
        return UNREACHABLE
    return f"{page['title']}: {str(page['text'])[:LONGEST]}"


def subject(arguments: JSONObject) -> str:
    """What a call wants slides about, ``""`` when it does not say."""
    texts = (arguments.get(name) for name in SUBJECT_NAMES)
    return next((text.strip()[:LONGEST] for text in texts if isinstance(text, str) and text.strip()), "")
