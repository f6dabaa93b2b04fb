"""PostgreSQL and Redis under ``DATA_DIR``, announced to other processes in one file there."""

import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.config.stores import SERVICES_FILE
from app.local import postgres, redis, stale_processes
from app.local.server import LocalError, Server

LOCK_FILE = "launcher.lock"
TEMPORARY = "coachhouse-test-"
SETTLED = 60.0  # seconds; a folder that young may belong to a run that is about to claim it


@dataclass
class EmbeddedServer:
    """A server that can be started again: ``restart`` takes the address that other processes know."""

    name: str
    log: str
    server: Server
    restart: Callable[[str], Server]

    def start(self) -> None:
        self.server = self.restart(self.server.url)

    def wait(self) -> int:
        return self.server.process.wait()


@dataclass(frozen=True, slots=True)
class Services:
    """What runs; a URL is empty when that service is somebody else's."""

    database_url: str
    redis_url: str
    data_dir: Path
    children: tuple[EmbeddedServer, ...]

    @property
    def servers(self) -> tuple[Server, ...]:
        return tuple(child.server for child in self.children)

    def stop(self) -> None:
        (self.data_dir / SERVICES_FILE).unlink(missing_ok=True)
        for server in self.servers:
            server.stop()


@contextmanager
def claim(data_dir: Path) -> Iterator[None]:
    """One launcher per folder. The lock ends with its process, however that ends; children do not inherit it."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = (data_dir / LOCK_FILE).open("a+")
    except OSError as error:
        raise LocalError(
            f"DATA_DIR {data_dir} can't be written ({error.strerror}): set it to another folder."
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LocalError(
                f"Coachhouse already runs on {data_dir} (process {_owner(data_dir)}): stop it first, "
                "or set DATA_DIR and PORT to start a second one beside it."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _owner(data_dir: Path) -> str:
    return (data_dir / LOCK_FILE).read_text().strip()


def start(data_dir: Path, *, database: bool = True, queue: bool = True, durable: bool = True) -> Services:
    """Whatever an earlier run left behind is cleared or taken up. Call it under ``claim``."""
    data_dir = data_dir.resolve()
    (data_dir / SERVICES_FILE).unlink(missing_ok=True)
    children: dict[str, EmbeddedServer] = {}
    with ExitStack() as undo:
        if queue:
            children["redis_url"] = _redis(data_dir / "redis", durable)
            undo.callback(children["redis_url"].server.stop)
        if database:
            children["database_url"] = _postgres(data_dir / "postgres", durable)
            undo.callback(children["database_url"].server.stop)
        urls = {name: child.server.url for name, child in children.items()}
        _announce(data_dir, urls)
        undo.pop_all()
    return Services(urls.get("database_url", ""), urls.get("redis_url", ""), data_dir, tuple(children.values()))


def _redis(folder: Path, durable: bool) -> EmbeddedServer:
    first = redis.start(folder, durable=durable)
    return EmbeddedServer("Redis", f"{folder}.log", first, lambda url: redis.start(folder, durable=durable, url=url))


def _postgres(folder: Path, durable: bool) -> EmbeddedServer:
    """Its address follows from the folder."""
    first = postgres.start(folder, durable=durable)
    return EmbeddedServer("PostgreSQL", f"{folder}.log", first, lambda _url: postgres.start(folder, durable=durable))


def _announce(data_dir: Path, urls: dict[str, str]) -> None:
    """Readers see the whole file or none."""
    draft = data_dir / f"{SERVICES_FILE}.new"
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(urls))
    draft.replace(data_dir / SERVICES_FILE)


@contextmanager
def temporary() -> Iterator[Services]:
    """Services for a test run: fast, not safe against a crash, gone afterwards."""
    _sweep()
    with tempfile.TemporaryDirectory(prefix=TEMPORARY, ignore_cleanup_errors=True) as name, claim(Path(name)):
        services = start(Path(name), durable=False)
        try:
            yield services
        finally:
            services.stop()


def _sweep() -> None:
    """Ends what test runs left that were killed; other users' are theirs to end."""
    for folder in Path(tempfile.gettempdir()).resolve().glob(f"{TEMPORARY}*"):
        with suppress(LocalError, OSError):
            _remove(folder)


def _remove(folder: Path) -> None:
    if time.time() - folder.stat().st_mtime < SETTLED or _owner(folder) == str(os.getpid()):
        return
    with claim(folder):
        running = (
            stale_processes.servers(folder / "postgres", "postgres"),
            stale_processes.servers(folder / "redis", *redis.PROGRAMS),
        )
        stale_processes.stop([process for found in running for process in found], signal.SIGKILL)
        shutil.rmtree(folder)
