"""Saying that this is a machine: when a conversation begins, and every three hours while it goes on."""

from datetime import datetime, timedelta

from app.care import texts
from app.care.languages import spoken
from app.core.clock import now
from app.core.places import Place

AGAIN_AFTER = timedelta(hours=3)


def is_due(last: datetime | None) -> bool:
    return last is None or last <= now() - AGAIN_AFTER


def text_for(place: Place) -> str:
    return texts.of_language(language_of(place)).disclosure


def language_of(place: Place) -> str:
    """The first language of the client that we have a text in."""
    known = texts.languages()
    return next((tag for tag in spoken(place.accepted) if tag in known), texts.FALLBACK)
