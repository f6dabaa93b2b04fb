"""How many jobs of a queue this process runs at once, and whose may be next."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from gevent.event import Event
from gevent.pool import Pool

from app.jobs.models import QueueName

# Of what WORKER_CONCURRENCY says. One queue's jobs never take another's slots.
SHARES = {QueueName.INTERACTIVE: 1.0, QueueName.ANONYMOUS: 0.5, QueueName.BATCH: 0.1}
SPARE = 0.1  # of a queue's slots, on top


@dataclass(frozen=True, slots=True)
class Room:
    """For ``jobs`` more, ``each`` of one tenant; tenants that are ``barred`` wait."""

    jobs: int
    each: int
    barred: tuple[str, ...] = ()

    @property
    def is_for_all(self) -> bool:
        return self.jobs > 0 and not self.barred

    def after(self, tenants: Iterable[str]) -> "Room":
        """What is left when jobs of these have begun, for others."""
        begun = tuple(tenants)
        return Room(self.jobs - len(begun), self.each, self.barred + begun)


class Slots:
    """``size`` jobs of whoever comes, and ``spare`` more of tenants that have none here: one with a thousand jobs, each
    of which takes its time, keeps nobody else from beginning.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._most = size + max(1, round(size * SPARE))
        self._jobs = Pool()
        self._tenants: Counter[str] = Counter()
        self._ended = Event()

    def room(self) -> Room:
        running = len(self._jobs)
        if running < self._size:
            return Room(self._size - running, self._size - running)
        return Room(max(0, self._most - running), 1, tuple(self._tenants))

    def spawn(self, work: Callable[..., None], *arguments: object) -> None:
        self._jobs.spawn(work, *arguments).rawlink(lambda _: self._ended.set())

    @contextmanager
    def held_by(self, tenant: str) -> Iterator[None]:
        self._tenants[tenant] += 1
        try:
            yield
        finally:
            self._tenants[tenant] -= 1
            self._tenants += Counter()  # without those that have none

    def wait(self, seconds: float) -> None:
        """Until a job has ended, or for so long."""
        self._ended.clear()
        self._ended.wait(seconds)

    def join(self, seconds: float | None = None) -> None:
        self._jobs.join(seconds)

    def __len__(self) -> int:
        return len(self._jobs)


def shares(concurrency: int) -> dict[QueueName, Slots]:
    return {queue: Slots(max(1, round(concurrency * share))) for queue, share in SHARES.items()}
