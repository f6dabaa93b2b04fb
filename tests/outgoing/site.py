"""Websites on this machine: ``Site`` speaks HTTP, ``Raw`` says whatever bytes a test wants."""

import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gevent.server import StreamServer


@dataclass
class Reply:
    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Site:
    """Answers with what ``pages`` has for a path; remembers what it was asked."""

    def __init__(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Reply] = {}
        self.asked: list[Asked] = []
        self._server = ThreadingHTTPServer((address, 0), self._handler())
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.host = f"{address}:{self.port}"
        self.url = f"http://{self.host}"
        self.allow = frozenset({self.host})

    def __enter__(self) -> "Site":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str, body: bytes | str = "", status: int = 200, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = Reply(body, status, {"Content-Type": "text/html; charset=utf-8"} | named)

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        self.page(path, status=status, Location=location)

    @property
    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                site.asked.append(Asked(self.command, self.path, dict(self.headers.items()), body))
                reply = site.pages.get(self.path, Reply(status=404))
                content = reply.body.encode() if isinstance(reply.body, str) else reply.body
                self.send_response(reply.status)
                for name, value in ({"Content-Length": str(len(content))} | reply.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = answer

            def log_message(self, *_: Any) -> None:
                pass

        return Handler


class Raw:
    """Sends the bytes that ``say`` yields to whoever connects, until they hang up."""

    def __init__(self, say: Callable[[], Iterator[bytes]]) -> None:
        self._say = say
        self._server = StreamServer(("127.0.0.1", 0), self._serve)

    def __enter__(self) -> "Raw":
        self._server.start()
        self.host = f"127.0.0.1:{self._server.server_port}"
        self.allow = frozenset({self.host})
        return self

    def __exit__(self, *_: object) -> None:
        self._server.stop(timeout=0)

    def _serve(self, sock: Any, _: object) -> None:
        try:
            sock.recv(65536)
            for data in self._say():
                sock.sendall(data)
        except OSError:
            pass
        finally:
            sock.close()
