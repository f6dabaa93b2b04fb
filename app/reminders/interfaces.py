"""What reminders need of other products, given by the composition."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.ownership import Owner


@dataclass(frozen=True, slots=True)
class Conversations:
    """``begin`` opens a conversation for each, in which the coach has said the text; it returns their ids."""

    begin: Callable[[Session, Sequence[tuple[Owner, str]]], list[str]]
