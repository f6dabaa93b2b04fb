"""The worker's readiness over HTTP, for whoever decides whether it is kept: ``GET /health/ready`` and ``/health``."""

from collections.abc import Iterable
from http import HTTPStatus
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from app.core.json import JSONObject, to_json
from app.jobs.runner import JobRunner
from app.observability.readiness import Readiness

MOST_AT_ONCE = 20  # connections
ALIVE = ("/health", "/health/live")

log = structlog.get_logger()


class WorkerProbe:
    def __init__(self, readiness: Readiness, runner: JobRunner) -> None:
        self._readiness = readiness
        self._runner = runner

    def serve(self, address: str, port: int) -> None:
        """Beside the jobs. A port that somebody else has costs the probe, not the worker."""
        server = WSGIServer((address, port), self, log=None, error_log=None, spawn=Pool(MOST_AT_ONCE))
        try:
            server.start()
        except OSError as error:
            log.warning("worker_probe_not_served", port=port, reason=error.strerror)
            return
        log.info("worker_probe_served", port=server.server_port)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body, status = self._answer(environ["PATH_INFO"])
        start_response(f"{status.value} {status.phrase}", [("Content-Type", "application/json")])
        return [to_json(body).encode()]

    def _answer(self, path: str) -> tuple[JSONObject, HTTPStatus]:
        if path in ALIVE:
            return {"status": "ok"}, HTTPStatus.OK
        if path != "/health/ready":
            return {"error": "Not found"}, HTTPStatus.NOT_FOUND
        if self._runner.is_stopping:
            return {"status": "draining"}, HTTPStatus.SERVICE_UNAVAILABLE
        body, status = self._readiness.answer()
        return {**body, "running": {**self._runner.running()}}, status
