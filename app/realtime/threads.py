"""Whose threads are: a person's own has their id, one of the team's a name of this form."""

import re

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

FORM = r"user_[0-9a-f]{16}"
LONGEST = 100  # letters


def may_be_own(user_id: str) -> bool:
    """Whoever is called as a team's threads are could not be told from one."""
    return len(user_id) <= LONGEST and not re.fullmatch(FORM, user_id)


def is_teams(thread_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Those that keys of the team's may see."""
    return thread_id.regexp_match(f"^{FORM}$")
