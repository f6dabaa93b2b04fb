"""``make run``: everything that can be wrong is said in one sentence before anything starts."""

import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from honcho.environ import parse

from app.config.environment import ConfigError
from app.config.settings import Settings, load
from app.local import banner, preparation, services, stale_processes
from app.local.redis import free_port
from app.local.server import LocalError
from app.local.stack import SIGNALS, Stack

ROOT = Path(__file__).resolve().parents[2]
EMBEDDED = {"DATABASE_URL": "postgresql://embedded", "REDIS_URL": "redis://embedded"}


def run(environ: Mapping[str, str]) -> int:
    """The exit code: 0 after Ctrl-C or SIGTERM, 2 for a bad setting, 1 for everything else."""
    started = time.monotonic()
    _interrupt_on_signals()
    try:
        return _run(_with_env_file(environ), started)
    except ConfigError as error:
        return _fail(2, str(error))
    except LocalError as error:
        return _fail(1, str(error))
    except OSError as error:  # a full disk, a file of another user
        return _fail(1, f"{error.filename or 'The system'} stands in the way: {error.strerror}.")
    except KeyboardInterrupt:
        return 0


def _run(environ: Mapping[str, str], started: float) -> int:
    settings = plan(environ)
    data_dir = settings.data_dir.resolve()
    with services.claim(data_dir):
        stale_processes.stop(stale_processes.launched(data_dir), signal.SIGTERM)
        port, worker_port = settings.port or free_port(), settings.worker_port or free_port()
        check_port("PORT", settings.bind_address, port)
        check_port("WORKER_PORT", settings.bind_address, worker_port)
        inner = child_environ(environ, data_dir, port, worker_port)
        with preparation.begun(inner) as preparing:
            preparing.check()
            with _embedded(data_dir, _unset(environ)) as running:
                prepared = preparing.finish()
                stack = Stack(ROOT, inner, running.children)
                asked = stack.run(lambda: _announce(port, worker_port, prepared, started))
    return 0 if asked else 1


def plan(environ: Mapping[str, str]) -> Settings:
    """The settings as they will be; what an earlier run wrote about its services is not looked at."""
    return load({**environ, **{name: EMBEDDED[name] for name in _unset(environ)}})


def _unset(environ: Mapping[str, str]) -> list[str]:
    return [name for name in EMBEDDED if not environ.get(name, "").strip()]


def check_port(name: str, address: str, port: int) -> None:
    other = port + 1 if 1024 <= port < 65535 else 8001
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise LocalError(
                f"Port {port} can't be opened ({error.strerror}): choose another one with `{name}={other} make run`."
            ) from None


@contextmanager
def _embedded(data_dir: Path, unset: list[str]) -> Iterator[services.Services]:
    running = services.start(data_dir, database="DATABASE_URL" in unset, queue="REDIS_URL" in unset)
    try:
        yield running
    finally:
        for number in SIGNALS:  # a second Ctrl-C must not leave PostgreSQL behind
            signal.signal(number, signal.SIG_IGN)
        running.stop()


def child_environ(environ: Mapping[str, str], data_dir: Path, port: int, worker_port: int) -> dict[str, str]:
    """Without the services' addresses: every process reads them in ``DATA_DIR``, and so knows they are embedded."""
    programs = Path(sys.executable).parent
    return {
        **environ,
        "PATH": f"{programs}{os.pathsep}{environ.get('PATH', os.defpath)}",
        "PORT": str(port),
        "WORKER_PORT": str(worker_port),
        "DATA_DIR": str(data_dir),
        "PYTHONUNBUFFERED": "1",
        stale_processes.MARK: str(data_dir),
    }


def _announce(port: int, worker_port: int, prepared: banner.Prepared | None, started: float) -> None:
    health = banner.wait_until_ready(port)
    _say(sys.stdout, banner.text(port, worker_port, health, prepared, time.monotonic() - started))


def _with_env_file(environ: Mapping[str, str]) -> dict[str, str]:
    """What is set outside wins over ``.env``."""
    path = ROOT / ".env"
    return {**(parse(path.read_text()) if path.is_file() else {}), **environ}


def _interrupt_on_signals() -> None:
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.default_int_handler)


def _fail(code: int, sentence: str) -> int:
    _say(sys.stderr, f"{sentence}\n")
    return code


def _say(stream: TextIO, words: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        stream.write(words)
        stream.flush()
