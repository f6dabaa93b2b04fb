"""Which role may do what: a table of resources, each with who reads and who writes it. A route names its resource."""

from dataclasses import dataclass

from app.auth.principals import Principal, Role
from app.core.errors import Forbidden

READING = {"GET", "HEAD"}
EVERYBODY = frozenset(Role)
WORKING = EVERYBODY - {Role.VIEWER, Role.COACH}
RUNNING = frozenset({Role.OWNER, Role.ADMIN, Role.OPERATOR})
OWNING = frozenset({Role.OWNER, Role.OPERATOR})
ATTENDING = frozenset({Role.OWNER, Role.COACH, Role.OPERATOR})
COACHING = frozenset({Role.COACH})
OPERATING = frozenset({Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Resource:
    """What routes are about. A method that is no GET writes, whatever comes of it."""

    name: str
    about: str
    readers: frozenset[Role]
    writers: frozenset[Role]
    refusal: str = Forbidden.text

    def roles(self, method: str) -> frozenset[Role]:
        return self.readers if method in READING else self.writers

    def admit(self, principal: Principal, method: str) -> None:
        """Raises ``Forbidden``."""
        if principal.role not in self.roles(method):
            raise Forbidden(self.refusal)

    def is_open_to_all(self, method: str) -> bool:
        return self.roles(method) == EVERYBODY


OWN = Resource("own", "chats, journal, goals, coaching, settings, jobs: of the person who asks", EVERYBODY, EVERYBODY)
BUSINESS = Resource("business", "the tenant's foundation, goals, measures, issues, people and the like",
                    EVERYBODY, WORKING)  # fmt: skip
SECRETS = Resource("secrets", "what the tenant's webhooks are signed with", WORKING, RUNNING)
KEYS = Resource("keys", "the tenant's API keys", RUNNING | {Role.MANAGER}, RUNNING)
REVOCATIONS = Resource("revocations", "tokens of the tenant's people that count no more", OWNING, OWNING)
AUDIT = Resource("audit", "what was done with the tenant's access and secrets", OWNING, OWNING)
CRISES = Resource("crises", "that somebody of the tenant is in danger: events of the socket", ATTENDING, frozenset())
COACHED = Resource("coached", "people of the tenant who agreed that this coach may read theirs, or answer them",
                   COACHING, COACHING, "Coaches only")  # fmt: skip
ALARMS = Resource("alarms", "where the tenant is told of a crisis", RUNNING, RUNNING)
EXPORTS = Resource("exports", "all of the tenant's people and its rows, as one file", OWNING, OWNING)
TRACES = Resource("traces", "whether operators may read the words of the tenant's turns", RUNNING, RUNNING)
SERVICE = Resource("service", "topics, all interviews, the job queue, helplines and the figures of care",
                   OPERATING, OPERATING, "Operators only")  # fmt: skip

RESOURCES = {
    resource.name: resource
    for resource in (OWN, BUSINESS, SECRETS, KEYS, REVOCATIONS, AUDIT, CRISES, COACHED, ALARMS, EXPORTS, TRACES,
                     SERVICE)
}  # fmt: skip


def tenant_of(principal: Principal, asked: str | None) -> str:
    """Only an operator may mean another tenant than their own. Raises ``Forbidden``."""
    if asked in {None, principal.tenant_id}:
        return principal.tenant_id
    if principal.role is not Role.OPERATOR or asked is None:
        raise Forbidden
    return asked
