"""Who is asking: a signed-in person, or a machine that holds an API key."""

from dataclasses import dataclass
from enum import StrEnum

from app.core.ids import joined


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    MEMBER = "member"
    VIEWER = "viewer"
    OPERATOR = "operator"  # runs the service; no tenant role implies it


@dataclass(frozen=True, slots=True)
class Principal:
    """A person of a tenant. Every row is looked up with both ids."""

    user_id: str
    tenant_id: str
    role: Role = Role.MEMBER

    @property
    def key(self) -> str:
        """What counters and channels of this person are filed under."""
        return joined(self.tenant_id, self.user_id)
