"""Web processes as they are deployed, and clients that can be cut off."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import urllib3

from tests import nursery, sse
from tests.waiting import until

ROOT = nursery.ROOT
LAST = {"Connection": "close"}  # a connection that is kept holds up a process that goes down, for five seconds


class Web:
    """One web service process tree; ``alone``, or by a ``command`` of its own: started from nothing."""

    def __init__(
        self, environ: dict[str, str], application: str = "wsgi:app", stderr: int | None = None, *,
        alone: bool = False, command: Sequence[str] = (), root: Path = nursery.ROOT,
    ) -> None:  # fmt: skip
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environ = os.environ | environ | {"PORT": str(self.port)}
        self.output = tempfile.TemporaryFile()  # noqa: SIM115
        output = stderr or self.output.fileno()
        self.process: nursery.Process = (
            subprocess.Popen(command, cwd=root, env=self.environ, stderr=output)
            if command
            else nursery.start([nursery.GUNICORN, application], self.environ, output, alone=alone)
        )
        self.http = urllib3.PoolManager(retries=False, timeout=60, maxsize=50)
        self.url = f"http://127.0.0.1:{self.port}"

    def await_ready(self) -> None:
        give_up = time.monotonic() + 120
        while time.monotonic() < give_up:
            with suppress(urllib3.exceptions.HTTPError):
                if self.http.request("GET", f"{self.url}/health/ready", headers=LAST).status == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the web process did not come up: {self.said()}")

    def said(self) -> str:
        """What the processes have logged."""
        self.output.seek(0)
        return self.output.read().decode()

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.await_end()

    def await_end(self) -> None:
        self.http.clear()
        self.process.wait(120)

    def kill(self) -> None:
        """Nothing gets to clean up: master and workers at once."""
        children = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], check=False, capture_output=True, text=True
        )
        for pid in [self.process.pid, *map(int, children.stdout.split())]:
            os.kill(pid, signal.SIGKILL)
        self.process.wait(60)

    def ask(self, token: str, message: str = "Hello", **body: Any) -> "Reading":
        return self.stream(token, "/api/v1/chat/message/stream", message=message, **body)

    def stream(self, token: str, path: str, **body: Any) -> "Reading":
        return Reading(self._sent(token, path, body, preload_content=False))

    def post(self, token: str, path: str, **body: Any) -> Any:
        return json.loads(self._sent(token, path, body).data)

    def abandon(self, token: str, path: str, until_then: Callable[[], object], **body: Any) -> None:
        """A client that gives up before it has an answer."""
        payload = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(head.encode() + payload)
            until(until_then)

    def _sent(self, token: str, path: str, body: dict[str, Any], **how: Any) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.http.request("POST", self.url + path, body=json.dumps(body), headers=headers, **how)

    def resume(self, token: str, session_id: str, after: str) -> "Reading":
        return self.follow(token, f"/api/v1/chat/session/{session_id}/stream", after)

    def week(self, token: str, method: str = "GET", place: str = "stream", after: str = "") -> "Reading":
        """The stream of the current week's insight."""
        return self.follow(token, f"/api/v1/chat/weekly-insights/{place}", after, method)

    def follow(self, token: str, path: str, after: str = "", method: str = "GET") -> "Reading":
        headers = {"Authorization": f"Bearer {token}"} | ({"Last-Event-ID": after} if after else {})
        return Reading(self.http.request(method, self.url + path, headers=headers, preload_content=False))

    def get(self, token: str, path: str) -> Any:
        return json.loads(self.http.request("GET", self.url + path, headers={"Authorization": f"Bearer {token}"}).data)


class Reading:
    """A stream read event by event."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.items: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self._events = self._parsed()

    def _parsed(self) -> Iterator[None]:
        for event in sse.read(self.response.stream(65536)):
            self.items.append(event.data)
            self.ids.append(event.id)
            yield

    def next(self, count: int) -> None:
        for _ in range(count):
            next(self._events)

    def cut(self) -> None:
        self.response.close()

    def rest(self) -> "Reading":
        for _ in self._events:
            pass
        return self

    @property
    def text(self) -> str:
        return "".join(item["content"] for item in self.items if item["type"] in {"content", "chunk"})

    @property
    def session_id(self) -> str:
        found: str = self.items[0]["sessionId"]
        return found
