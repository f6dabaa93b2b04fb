"""Saying that this is a machine: when a conversation begins, and every three hours while it goes on."""

import re
from datetime import datetime, timedelta

from app.care import texts
from app.core.clock import now
from app.core.places import Place

AGAIN_AFTER = timedelta(hours=3)
TAG = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")


def is_due(last: datetime | None) -> bool:
    return last is None or last <= now() - AGAIN_AFTER


def text_for(place: Place) -> str:
    return texts.of_language(language_of(place)).disclosure


def language_of(place: Place) -> str:
    """The first language of the client that we have a text in."""
    known = texts.languages()
    spoken = (tag.lower() for tag in TAG.findall(place.accepted))
    return next((tag for tag in spoken if tag in known), texts.FALLBACK)
