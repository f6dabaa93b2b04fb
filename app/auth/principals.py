"""Who is asking: a signed-in person, or a machine that holds an API key."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.core.ids import joined
from app.core.places import Place


class Role(StrEnum):
    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    MEMBER = "member"
    COACH = "coach"  # coaches people of the tenant and does not work in its business
    VIEWER = "viewer"
    OPERATOR = "operator"  # runs the service; no tenant role implies it


class Scope(StrEnum):
    """What an API key is good for."""

    CONNECT = "realtime:connect"  # the socket
    READ = "realtime:read"
    WRITE = "realtime:write"
    INTERVIEWS = "interviews"  # where they ask for a key


@dataclass(frozen=True, slots=True)
class Principal:
    """A person of a tenant. Every row is looked up with both ids.

    ``zone`` is the time zone that the request names; without one the person's setting counts. ``accepted`` is its
    Accept-Language; ``country`` what else tells of the place.
    """

    user_id: str
    tenant_id: str
    role: Role = Role.MEMBER
    zone: str = field(default="", compare=False)
    accepted: str = field(default="", compare=False)
    country: str = field(default="", compare=False)

    @property
    def key(self) -> str:
        """What counters and channels of this person are filed under."""
        return joined(self.tenant_id, self.user_id)

    @property
    def place(self) -> Place:
        return Place(self.country, self.zone, self.accepted)
