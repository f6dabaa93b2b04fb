"""Ids that sort by the time at which they were made."""

import hashlib
from urllib.parse import quote

import uuid_utils


def new_id(prefix: str) -> str:
    """``session_`` and such: the prefix and a time-ordered random part."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def run_id(kind: str, owner: str) -> str:
    """Of what is made for a person: all of theirs are known by their end. ``owner`` is the person's key."""
    return f"{new_id(kind)}_{mark(owner)}"


def mark(owner: str) -> str:
    """Tells a person's from others', and nobody who that is."""
    return hashlib.sha256(owner.encode()).hexdigest()[:16]


def new_uuid() -> str:
    return str(uuid_utils.uuid7())


def joined(*parts: str) -> str:
    """Names as one, from which the parts can be told: ``a:b`` and ``c`` are not ``a`` and ``b:c``."""
    return ":".join(quote(part, safe="@.") for part in parts)
