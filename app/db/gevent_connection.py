"""psycopg under gevent: waiting for the server costs one watcher instead of a poll object for every round trip."""

import gevent
import psycopg
from psycopg.abc import RV, PQGen
from psycopg.rows import TupleRow
from psycopg.waiting import Ready, Wait

READ, WRITE = 1, 2  # libev's masks
EVENTS = {Wait.R: READ, Wait.W: WRITE, Wait.RW: READ | WRITE}
READY = {Wait.R: Ready.R, Wait.W: Ready.W, Wait.RW: Ready.RW}


class CooperativeConnection(psycopg.Connection[TupleRow]):
    """Lets other greenlets run while it waits. For processes that gevent has patched."""

    def wait(self, gen: PQGen[RV], interval: float = 0.0, timeout: float | None = None) -> RV:
        if timeout is not None:
            return super().wait(gen, interval or 0.1, timeout)
        try:
            wanted = next(gen)
            while True:
                self._until(EVENTS[wanted])
                wanted = gen.send(READY[wanted])
        except StopIteration as done:
            result: RV = done.value
            return result

    def _until(self, events: int) -> None:
        hub = gevent.get_hub()
        watcher = hub.loop.io(self.pgconn.socket, events)
        try:
            hub.wait(watcher)
        finally:
            watcher.close()
