"""Starts a double in a process of its own and scripts it."""

import json
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import urllib3

ROOT = Path(__file__).parents[2]


class Double:
    """``with Double() as double: double.script({"status": 500}, {"text": "Hello"})``; fields as in ``Behaviour``."""

    def __init__(self, port: int = 0, pem: str = "") -> None:
        command = [sys.executable, "-m", "tests.double", "--port", str(port), "--pem", pem, "--attached"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.port = int(self._process.stdout.readline().split()[1])
        self.url = f"{'https' if pem else 'http'}://127.0.0.1:{self.port}"
        self._http = urllib3.PoolManager(retries=False, ca_certs=pem or None)

    def script(self, *behaviours: dict[str, Any]) -> None:
        """One behaviour per model request, after those that are still queued."""
        self._call("POST", "/_script", list(behaviours))

    def default(self, **behaviour: Any) -> None:
        """What to do whenever nothing is queued."""
        self._call("POST", "/_default", behaviour)

    def requests(self) -> list[dict[str, Any]]:
        """Model requests since the last reset: ``path``, ``headers``, ``body``, ``disconnected`` (before the end)."""
        requests: list[dict[str, Any]] = self._call("GET", "/_requests")["requests"]
        return requests

    def connections(self) -> int:
        """Accepted since the last reset, this client's own included."""
        return int(self._call("GET", "/_requests")["connections"])

    def holds(self) -> int:
        """How many answers wait to be released."""
        return int(self._call("GET", "/_requests")["held"])

    def release(self) -> None:
        """Lets all go on that are held."""
        self._call("POST", "/_release")

    def disconnected(self, within: float = 20.0) -> bool:
        """Whether the client of the last request hung up before its end; waits for it."""
        give_up = time.monotonic() + within
        while time.monotonic() < give_up:
            if self.requests()[-1]["disconnected"]:
                return True
            time.sleep(0.02)
        return False

    def reset(self) -> None:
        self._call("POST", "/_reset")

    def stop(self) -> None:
        self._http.clear()
        self._process.terminate()
        self._process.wait(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        sent = json.dumps(body).encode() if body is not None else None
        return json.loads(self._http.request(method, self.url + path, body=sent).data)
