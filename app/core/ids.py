"""Ids that sort by the time at which they were made."""

from urllib.parse import quote

import uuid_utils


def new_id(prefix: str) -> str:
    """``session_`` and such: the prefix and a time-ordered random part."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def new_uuid() -> str:
    return str(uuid_utils.uuid7())


def joined(*parts: str) -> str:
    """Names as one, from which the parts can be told: ``a:b`` and ``c`` are not ``a`` and ``b:c``."""
    return ":".join(quote(part, safe="@.") for part in parts)
