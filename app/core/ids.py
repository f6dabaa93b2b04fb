"""Ids that sort by the time at which they were made."""

import uuid_utils


def new_id(prefix: str) -> str:
    """``session_`` and such: the prefix and a time-ordered random part."""
    return f"{prefix}_{uuid_utils.uuid7().hex}"


def new_uuid() -> str:
    return str(uuid_utils.uuid7())
