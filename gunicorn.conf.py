"""gunicorn: gevent workers that drain on SIGTERM. Runs before anything is patched, so it imports next to nothing."""

import os
import signal
import tempfile

hosted = "production" if os.environ.get("RENDER") or os.environ.get("DYNO") else "development"
production = (os.environ.get("APP_ENV") or hosted).lower() == "production"
address = os.environ.get("BIND_ADDRESS") or ("0.0.0.0" if production else "127.0.0.1")  # noqa: S104
bind = f"{f'[{address}]' if ':' in address else address}:{os.environ.get('PORT') or '8000'}"
worker_class = "app.web.worker.Worker"  # gevent, with deadlines for requests
workers = int(os.environ.get("WEB_CONCURRENCY") or "1")
worker_connections = 4000
backlog = 2048
keepalive = 5  # kept; how long, app/web/worker.py says
limit_request_line = 8190  # longer ones get gunicorn's own answer
timeout = 60  # heartbeats come from the hub: this only ends a frozen process
graceful_timeout = 28  # platforms kill after 30
max_requests = 0  # recycling would cut streams
forwarded_allow_ips = "127.0.0.1"  # the application unwraps what TRUSTED_PROXIES send
control_socket_disable = True
accesslog = None  # the application logs requests, without query strings
loglevel = "warning"

DRAIN = 20.0  # seconds that running answers get to finish

if workers > 1 and not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="coachhouse-metrics-")


def post_worker_init(worker):
    import gevent

    from app.care.warm import warm
    from app.composition import memory
    from app.observability import logs

    warm()
    memory.settle()
    gevent.spawn(memory.give_back)
    logs.adopt(worker.log.error_log)
    _drain_on_term(worker)


def _drain_on_term(worker):
    """gunicorn has no hook for SIGTERM; the drain must begin with it, beside gunicorn's own handling."""
    gunicorns = signal.getsignal(signal.SIGTERM)

    def drain(number, frame):
        import gevent

        from app.sockets.registry import connections

        gevent.spawn(connections.drain)
        gevent.spawn(_finish, worker)
        gunicorns(number, frame)

    signal.signal(signal.SIGTERM, drain)
    signal.siginterrupt(signal.SIGTERM, False)


def worker_exit(server, worker):
    """Answers without a reader are not among gunicorn's requests; they get their time too."""
    from app.composition.going_down import write_last_rows

    _finish(worker)
    if application := getattr(worker, "wsgi", None):
        write_last_rows(application)


def child_exit(server, worker):
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)


def _finish(worker):
    """Answers get the time that they share; readers of feeds are sent elsewhere."""
    import gevent

    from app.feeds.dispatcher import FeedDispatcher
    from app.streams.runner import Runner
    from app.web.container import resolve_from

    application = getattr(worker, "wsgi", None)
    makers = [resolve_from(application, kind) for kind in (Runner, FeedDispatcher)] if application else []
    gevent.joinall([gevent.spawn(maker.drain, DRAIN) for maker in makers])
