"""What operators see of the running service: its models and their health, and what its processes have in hand."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import ModelCall
from app.core.clock import iso, now
from app.core.json import JSONObject, as_object
from app.jobs.runner import JobRunner
from app.llm.choice import Choice
from app.llm.prices import Price, Prices
from app.llm.registry import Models
from app.sockets.registry import connections
from app.streams.roll_call import RollCall
from app.streams.runner import Runner

LATELY = timedelta(hours=1)
GOOD = ("ok", "cancelled")
BEGAN = iso(now())


@dataclass(frozen=True, slots=True)
class Breaker:
    """Of one model in one process."""

    state: str
    fault: str | None = None
    process: str = ""


@dataclass(frozen=True, slots=True)
class Presence:
    """What one process has in hand: sockets by route, streams by kind, jobs by queue."""

    process: str
    since: str
    sockets: dict[str, int]
    streams: dict[str, int]
    jobs: dict[str, int]
    breakers: dict[str, Breaker]


@dataclass(frozen=True, slots=True)
class Connections:
    sockets: int
    streams: int
    jobs: int
    processes: list[Presence]


@dataclass(frozen=True, slots=True)
class ModelRow:
    model: str
    price: Price | None
    breakers: list[Breaker]
    calls: int = 0
    failed_calls: int = 0
    median_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ModelsNow:
    models: list[ModelRow]
    prices_as_of: date


def presence(models: Models, runner: Runner, jobs: JobRunner) -> Callable[[], JSONObject]:
    """What a process says of itself."""

    def present() -> JSONObject:
        busy = {queue: count for queue, count in jobs.running().items() if count}
        breakers = {choice.spec: _breaker(choice) for choice in models.choices}
        who = f"{socket.gethostname()}:{os.getpid()}"
        found = Presence(who, BEGAN, connections.counts(), runner.counts(), busy, breakers)
        return as_object(msgspec.to_builtins(found))

    return present


def connections_now(roll: RollCall) -> Connections:
    found = _called(roll)
    sockets, streams, jobs = ([sum(counts.values()) for counts in kind] for kind in _in_hand(found))
    return Connections(sum(sockets), sum(streams), sum(jobs), found)


def models_now(session: Session, models: Models, prices: Prices, roll: RollCall) -> ModelsNow:
    processes = _called(roll)
    lately = _lately(session)
    rows = [
        ModelRow(
            choice.spec,
            prices.of(choice.provider.name, choice.model),
            [Breaker(it.state, it.fault, one.process) for one in processes if (it := one.breakers.get(choice.spec))],
            *lately.get((choice.provider.name, choice.model), (0, 0, None)),
        )
        for choice in models.choices
    ]
    return ModelsNow(rows, prices.as_of)


def _called(roll: RollCall) -> list[Presence]:
    return [msgspec.convert(answer, Presence) for answer in roll.call()]


def _breaker(choice: Choice) -> Breaker:
    return Breaker(str(choice.breaker.state), str(choice.fault) if choice.fault else None)


def _in_hand(found: list[Presence]) -> tuple[list[dict[str, int]], ...]:
    return [one.sockets for one in found], [one.streams for one in found], [one.jobs for one in found]


def _lately(session: Session) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Calls, those of them that failed, and the median of their milliseconds, by the ledger."""
    failed = func.count().filter(ModelCall.outcome.not_in(GOOD))
    median = func.percentile_cont(0.5).within_group(ModelCall.latency_ms)
    query = select(ModelCall.provider, ModelCall.model, func.count(), failed, median)
    query = query.where(ModelCall.created_at > now() - LATELY).group_by(ModelCall.provider, ModelCall.model)
    rows = session.execute(query).all()
    return {(provider, model): (calls, bad, round(ms)) for provider, model, calls, bad, ms in rows}
