"""What reminders need of other products, given by the composition."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.ownership import Owner


@dataclass(frozen=True, slots=True)
class Conversations:
    """``begin`` opens a conversation in which the coach has said the text; it returns the conversation's id."""

    begin: Callable[[Session, Owner, str], str]
