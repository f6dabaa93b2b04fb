"""``python -m app.local run`` as a process that is looked at from outside."""

import http.client
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from app.local import launcher, stale_processes

ROOT = Path(launcher.__file__).parents[2]


class Run:
    """A launcher on a port of its own choice, once it has said that it is ready; ``environ`` is all that is set."""

    def __init__(self, data_dir: Path, **environ: str) -> None:
        keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "app.local", "run"],
            cwd=ROOT,
            env={**keep, "DATA_DIR": str(data_dir), "PORT": "0", **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.banner = self.read_until("answered by")
        self.family = psutil.Process(self.process.pid).children(recursive=True)

    def read_until(self, *texts: str) -> str:
        """What it says until one of the texts has come."""
        assert self.process.stdout
        said = ""
        while not any(text in said for text in texts):
            line = self.process.stdout.readline()
            assert line, said
            said += line
        return said

    def status(self, path: str) -> int:
        return self.answer(path)[0]

    def answer(self, path: str, place: str = "start page     ") -> tuple[int, str]:
        port = int(re.findall(rf"{place}http://localhost:(\d+)/", self.banner)[0])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=120)
        return self.process.returncode

    def survivors(self) -> list[psutil.Process]:
        return [process for process in self.family if stale_processes.lives(process)]
