"""What an action is done with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from app.auth.principals import Principal
from app.care.service import Care

Fields = Mapping[str, Any]  # arguments, as a schema loads them


@dataclass(frozen=True, slots=True)
class Work:
    """A transaction, and on whose behalf it is."""

    session: Session
    principal: Principal
    care: Care
