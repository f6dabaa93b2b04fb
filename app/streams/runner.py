"""The runs of this process: started, cancelled from anywhere, kept alive, and drained when the process goes down."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import gevent
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import request_timing
from app.core.errors import AppError, RateLimited, Unavailable
from app.db.leases import RENEW_EVERY
from app.db.rows import each
from app.streams import events
from app.streams.events import Event
from app.streams.log import EventLog
from app.streams.run import Interrupted, Run, RunState
from app.streams.signals import Signals

CANCEL = "runs.cancel"
CANCEL_ALL = "runs.cancel_all"  # of one person, by their mark
DECIDING = 10.0  # seconds that a reader waits for a run's admission; then it hears of a refusal in the stream
STORING = 3.0  # seconds that an interrupted run gets to store what it said

log = structlog.get_logger()

Outcome = tuple[RunState, AppError | None]


class Runner:
    """One per process."""

    def __init__(self, event_log: EventLog, signals: Signals) -> None:
        self.log = event_log
        self.draining = False
        self._signals = signals
        self._producers: dict[str, tuple[Producer, gevent.Greenlet]] = {}
        self._renewing: gevent.Greenlet | None = None
        signals.subscribe(CANCEL, self._cancel_here)
        signals.subscribe(CANCEL_ALL, self._cancel_all_here)

    def admit(self) -> None:
        """Raises ``Unavailable`` when the process is going down."""
        if self.draining:
            raise Unavailable("The service is restarting", retry_after=1)

    def start(self, run: Run) -> gevent.Greenlet:
        """Has it made, whether or not anybody reads, and keeps its lease until it ends; the greenlet lasts as long."""
        self._signals.listen()
        producer = Producer(self.log, run)
        greenlet = gevent.spawn(producer.perform)
        self._producers[run.id] = (producer, greenlet)
        greenlet.rawlink(lambda _: self._producers.pop(run.id, None))
        if self._renewing is None or self._renewing.dead:
            self._renewing = gevent.spawn(self._renew_while_running)
        return greenlet

    def begin(self, run: Run) -> None:
        """Starts it, and returns when a model may be asked. Raises what it was refused with, once that is stored."""
        greenlet = self.start(run)
        run.decided.wait(DECIDING)
        if run.refusal is not None:
            greenlet.join()
            raise run.refusal

    def counts(self) -> dict[str, int]:
        """Of the runs that this process makes, by kind: what their ids begin with."""
        return dict(Counter(run_id.partition("_")[0] for run_id in self._producers))

    def cancel(self, run_id: str) -> None:
        """Stops a run on whatever process makes it."""
        self._signals.publish(CANCEL, run_id)

    def drain(self, seconds: float) -> None:
        """No new runs; those that run may finish, and what is left after ``seconds`` ends as interrupted."""
        self.draining = True
        running = list(self._producers.values())
        greenlets = [greenlet for _, greenlet in running]
        gevent.joinall(greenlets, timeout=seconds)
        for producer, _ in running:
            producer.stop(RunState.FAILED, Interrupted())
        gevent.joinall(greenlets, timeout=STORING)
        self.log.flush()

    def _cancel_here(self, run_id: str) -> None:
        if run_id in self._producers:
            self._producers[run_id][0].stop(RunState.CANCELLED)

    def _cancel_all_here(self, mark: str) -> None:
        for run_id in [run_id for run_id in self._producers if mark and run_id.endswith(f"_{mark}")]:
            self._cancel_here(run_id)

    def _renew_while_running(self) -> None:
        while self._producers:
            gevent.sleep(RENEW_EVERY)
            try:
                self._renew()
            except SQLAlchemyError as error:
                log.warning("runs_not_renewed", reason=type(error).__name__)

    def _renew(self) -> None:
        """Those of a kind together; a run that can't be renewed with the others ends."""
        kinds: defaultdict[type[Run], list[Run]] = defaultdict(list)
        for producer, _ in list(self._producers.values()):
            kinds[type(producer.run)].append(producer.run)
        each("runs.renew", kinds.values(), self._renew_together, self._renew_apart)

    def _renew_together(self, runs: Sequence[Run]) -> None:
        for run_id in type(runs[0]).renew(runs):
            self._cancel_here(run_id)

    def _renew_apart(self, runs: Sequence[Run]) -> None:
        each("runs.renew", [[run] for run in runs], self._renew_together, self._break)

    def _break(self, runs: Sequence[Run]) -> None:
        for run in runs:
            self._producers[run.id][0].stop(RunState.FAILED, AppError())


class Producer:
    """A run while this process makes it: its events go to its log."""

    def __init__(self, event_log: EventLog, run: Run) -> None:
        self.run = run
        self._log = event_log
        self._channel = event_log.open(run.id)
        self._length = 0
        self._timing = request_timing.current()  # of the request that waits for it
        self._producing: gevent.Greenlet | None = None
        self._stopped: Outcome | None = None

    def perform(self) -> None:
        """Whatever happens, it ends, is stored, and its readers are told."""
        self._publish(self.run.first_event())
        self._producing = gevent.spawn(self._produce)
        produced = self._producing.get()
        last = self._finished(*(self._stopped or produced))
        for event in self.run.beside:
            self._length += 1
            self._publish(event)
        self._publish(last, final=True)

    def stop(self, state: RunState, error: AppError | None = None) -> None:
        if self._producing is not None and not self._producing.dead:
            self._stopped = self._stopped or (state, error)
            self._producing.kill(block=False)

    def _produce(self) -> Outcome:
        """The stream rim: how it ended, if nobody stopped it."""
        request_timing.begin(self._timing)
        try:
            self.run.produce(self._say)
        except RateLimited as error:
            log.info("run_refused", run_id=self.run.id, code=error.code)
            self.run.refusal = error
            return RunState.FAILED, error
        except AppError as error:
            kind = str(getattr(error, "kind", error.code))
            log.warning("run_failed", run_id=self.run.id, kind=kind, provider=getattr(error, "provider", ""))
            return RunState.FAILED, error
        except Exception as error:
            log.error("run_broke", run_id=self.run.id, reason=type(error).__name__, exc_info=error)
            return RunState.FAILED, AppError()
        finally:
            self.run.decided.set()
        return RunState.COMPLETED, None

    def _finished(self, state: RunState, error: AppError | None) -> Event:
        """The other half of the rim: readers get their last event even if storing breaks."""
        try:
            return self.run.finish(state, error)
        except Exception as broken:
            log.error("run_not_stored", run_id=self.run.id, reason=type(broken).__name__, exc_info=broken)
            return self.run.failure(error or AppError())

    def _say(self, text: str) -> None:
        """The hot path: nothing here touches the database or Redis."""
        run, channel, publish = self.run, self._channel, self._log.publish
        run.said.append(text)
        for piece in events.pieces(text):
            self._length += len(piece)
            publish(channel, run.content(self._cursor(), piece))

    def _publish(self, event: Event, *, final: bool = False) -> None:
        self._log.publish(self._channel, events.encode(event, self._cursor()), final=final)

    def _cursor(self) -> str:
        return f"{self.run.id}:{len(self._channel.frames) + 1}:{self._length}"
