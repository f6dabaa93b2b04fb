"""How many jobs of a queue this process runs at once, and whose may be next."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from gevent.event import Event
from gevent.pool import Group

from app.jobs.models import QueueName

# Of what WORKER_CONCURRENCY says. One queue's jobs never take another's slots.
SHARES = {QueueName.INTERACTIVE: 1.0, QueueName.ANONYMOUS: 0.5, QueueName.BATCH: 0.1}
SPARE = 0.1  # of a queue's slots, on top


@dataclass(frozen=True, slots=True)
class Room:
    """For ``jobs`` more, ``each`` of one tenant; tenants that are ``barred`` wait."""

    jobs: int
    each: int
    is_for_all: bool
    barred: tuple[str, ...] = ()

    def after(self, tenants: Iterable[str]) -> "Room":
        """What is left for others when a job of each of these has begun."""
        begun = tuple(tenants)
        return Room(self.jobs - len(begun), self.each, self.is_for_all, self.barred + begun)


class Slots:
    """``size`` jobs of whoever comes, and some to spare for tenants that have none here: one with a thousand jobs, each
    of which takes its time, keeps nobody else from beginning.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._most = size + max(1, round(size * SPARE))
        self._jobs = Group()
        self._tenants: Counter[str] = Counter()
        self._changed = Event()

    def room(self) -> Room:
        taken = len(self._jobs)
        if taken < self._size:
            return Room(self._size - taken, self._size - taken, is_for_all=True)
        are_known = self._tenants.total() == taken
        return Room(self._most - taken if are_known else 0, 1, is_for_all=False, barred=tuple(self._tenants))

    def spawn(self, work: Callable[..., None], *arguments: object) -> None:
        self._jobs.spawn(work, *arguments).rawlink(lambda _: self._changed.set())

    def hold(self, tenant: str) -> None:
        """Says whose job it is that has been spawned."""
        self._tenants[tenant] += 1
        self._changed.set()

    def release(self, tenant: str) -> None:
        self._tenants[tenant] -= 1
        self._tenants += Counter()  # without those that have none

    def wait(self, seconds: float) -> None:
        """Until the room may have changed, or for so long."""
        self._changed.clear()
        self._changed.wait(seconds)

    def join(self, seconds: float | None = None) -> None:
        self._jobs.join(seconds)


def shares(concurrency: int) -> dict[QueueName, Slots]:
    return {queue: Slots(max(1, round(concurrency * share))) for queue, share in SHARES.items()}
