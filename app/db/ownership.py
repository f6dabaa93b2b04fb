"""Rows that belong to one person of one tenant. Every query for such rows names both ids."""

from typing import Protocol

from sqlalchemy import ColumnElement, String, and_
from sqlalchemy.orm import Mapped, mapped_column


class Owner(Protocol):
    """Who owns rows: a principal, or another row of the same owner."""

    @property
    def tenant_id(self) -> str: ...
    @property
    def user_id(self) -> str: ...


class Owned:
    """Mixin of models whose rows have an owner. Somebody else's rows are not forbidden: they are not there."""

    tenant_id: Mapped[str] = mapped_column(String(128))
    user_id: Mapped[str] = mapped_column(String(128))

    @classmethod
    def owned_by(cls, owner: Owner) -> ColumnElement[bool]:
        return and_(cls.tenant_id == owner.tenant_id, cls.user_id == owner.user_id)


def owner_columns(owner: Owner) -> dict[str, str]:
    """The values that make a new row the owner's."""
    return {"tenant_id": owner.tenant_id, "user_id": owner.user_id}
