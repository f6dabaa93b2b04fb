"""What a killed launcher left running: found by where it works, so that no pid file has to be right."""

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]

MARK = "COACHHOUSE_LAUNCHED_FROM"  # in the environment of web and worker; its value is DATA_DIR


def servers(folder: Path, *names: str) -> list[psutil.Process]:
    """PostgreSQL (each of its processes) and Redis make their data folder their working directory."""
    named = (process for process in psutil.process_iter(["name"]) if process.info["name"] in names)
    return [process for process in named if _works_in(process, folder)]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    with suppress(psutil.Error):
        return bool(process.cwd() == str(folder))
    return False


def launched(data_dir: Path) -> list[psutil.Process]:
    marked = ((process, process.info["environ"] or {}) for process in psutil.process_iter(["environ"]))
    return [process for process, environ in marked if environ.get(MARK) == str(data_dir) and process.pid != os.getpid()]


def stop(processes: Iterable[psutil.Process], how: signal.Signals, patience: float = 5) -> None:
    alive = _stopped(list(processes), how, patience)
    _stopped(alive, signal.SIGKILL, 2)


def _stopped(processes: list[psutil.Process], how: signal.Signals, patience: float) -> list[psutil.Process]:
    """Those that live on."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(how)
    deadline = time.monotonic() + patience
    alive = [process for process in processes if lives(process)]
    while alive and time.monotonic() < deadline:
        time.sleep(0.02)
        alive = [process for process in alive if lives(process)]
    return alive


def lives(process: psutil.Process) -> bool:
    """A container's first process may never collect the dead; they are gone all the same."""
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False
