"""The worker process: a listener and its jobs for each queue, the schedule and the leases beside them."""

import signal
import time

import gevent
import redis
import structlog
from flask import Flask

from app.db.leases import renewing
from app.jobs.consumer import Consumer
from app.jobs.listener import Listener
from app.jobs.queue import queue
from app.jobs.runner import JobRunner
from app.jobs.slots import shares
from app.streams.signals import signals
from app.web.container import resolve_from

GRACE = 20.0  # seconds that running jobs get when the process is told to stop
TICK = 1.0

log = structlog.get_logger()


def work(app: Flask, server: redis.Redis, concurrency: int, *, burst: bool = False) -> None:
    """Works until told to stop, or in a burst until nothing is left."""
    runner = resolve_from(app, JobRunner)
    consumers = [Consumer(app, runner, queue, name, slots) for name, slots in shares(concurrency).items()]
    if burst:
        for consumer in consumers:
            Listener(consumer, server).work(burst=True, logging_level="WARNING")
        for consumer in consumers:
            consumer.slots.join()
        return
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, runner.stop)
    signals.listen()  # a job may be called off
    schedule = gevent.spawn(_keep_schedule, app, runner)
    log.info("worker_started", concurrency=concurrency, periodic=sorted(runner.registry.periodic))
    with renewing(runner.renew):
        gevent.joinall([gevent.spawn(_keep_listening, consumer, server) for consumer in consumers], raise_error=True)
        gevent.joinall([gevent.spawn(consumer.slots.join, GRACE) for consumer in consumers])
    schedule.kill()
    runner.release()
    log.info("worker_stopped", unfinished=sum(runner.running().values()))


def _keep_listening(consumer: Consumer, server: redis.Redis) -> None:
    """RQ ends its loop when Redis is away; we begin again, under another name, and go by the table meanwhile."""
    while not consumer.is_stopping:
        try:
            Listener(consumer, server).work(logging_level="WARNING")
        except redis.RedisError as error:
            log.warning("worker_lost_redis", queue=consumer.name, reason=type(error).__name__)
        if not consumer.is_stopping:
            consumer.begin_waiting()
            gevent.sleep(TICK)


def _keep_schedule(app: Flask, runner: JobRunner) -> None:
    """RQ's own cron pickles what it enqueues; the table of last runs needs neither that nor Redis."""
    periodic = runner.registry.periodic
    due = dict.fromkeys(periodic, 0.0)
    while True:
        for name in [name for name, moment in due.items() if moment <= time.monotonic()]:
            due[name] = time.monotonic() + periodic[name].every
            gevent.spawn(_run_periodic, app, runner, name)
        gevent.sleep(TICK)


def _run_periodic(app: Flask, runner: JobRunner, name: str) -> None:
    with app.app_context():
        runner.run_periodic(name)
