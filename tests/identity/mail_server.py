"""An SMTP server on loopback: keeps what it is given, and refuses what it is told to."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType
from typing import Self, cast


class _Session(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        self._say("220 here")
        for line in iter(self.rfile.readline, b""):
            verb = line.decode().split(" ")[0].strip().upper()
            if verb == "QUIT":
                return self._say("221 bye")
            self._data() if verb == "DATA" else self._say(self.server.answers.get(verb, "250 ok"))
        return None

    def _data(self) -> None:
        self._say("354 go on")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        found = message_from_bytes(b"".join(lines), policy=policy.SMTP)
        self.server.mails.append(cast(EmailMessage, found))
        self._say("250 ok")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    answers: dict[str, str]
    mails: list[EmailMessage]


class MailServer:
    """``answers`` by verb, instead of yes."""

    def __init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Session)
        self._server.answers, self._server.mails = {}, []
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}"

    @property
    def mails(self) -> list[EmailMessage]:
        return self._server.mails

    @property
    def answers(self) -> dict[str, str]:
        return self._server.answers

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
