"""Web and worker of a Procfile, run as processes with signals of their own."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.local import stale_processes
from app.local.stack import SECOND_CTRL_C

LAUNCH = """
import os, signal, sys
from pathlib import Path
from app.local import stack
stack.CTRL_C_PATIENCE = float(sys.argv[2])
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a suite under nohup hands it down ignored
asked = stack.Stack(Path(sys.argv[1]), dict(os.environ)).run(lambda: None)
sys.exit(0 if asked else 1)
"""
POLITE = (
    "import signal, sys, time; signal.signal(15, lambda *_: (print('bye'), sys.exit(0))); print('up'); time.sleep(60)"
)
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"
PARENT = f"import subprocess, sys, time; subprocess.Popen([sys.executable, '-uc', {DEAF!r}]); time.sleep(60)"
READY = POLITE.replace("print('up')", "open('ready', 'w').close()")
ENDS = "import os, time\nwhile not os.path.exists('ready'): time.sleep(0.05)"  # once the other has its handler


class Launched:
    """A stack in a process of its own, with what it has printed."""

    def __init__(self, root: Path, web: str, worker: str, patience: int = 5) -> None:
        for name, program in (("web", web), ("worker", worker)):
            (root / f"{name}.py").write_text(program)
        lines = [f"{name}: {sys.executable} -u {name}.py" for name in ("web", "worker")]
        (root / "Procfile").write_text("\n".join(["release: false", *lines]))
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, root, str(patience)], stdout=subprocess.PIPE, text=True
        )
        self.output = ""

    def wait_for(self, text: str, times: int = 1) -> None:
        assert self.process.stdout
        while self.output.count(text) < times:
            line = self.process.stdout.readline()
            assert line, self.output
            self.output += line

    def children(self) -> list[psutil.Process]:
        return list(psutil.Process(self.process.pid).children(recursive=True))

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        self.output += self.process.communicate(timeout=120)[0]
        return self.process.returncode


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both_in_order(tmp_path: Path, number: signal.Signals) -> None:
    stack = Launched(tmp_path, POLITE, POLITE)
    stack.wait_for("up", 2)
    stack.send(number)
    assert stack.end() == 0
    assert stack.output.count("bye") == 2


def test_the_release_line_is_not_started(tmp_path: Path) -> None:
    stack = Launched(tmp_path, POLITE, POLITE)
    stack.wait_for("up", 2)
    assert len(stack.children()) == 2
    stack.send(signal.SIGTERM)
    stack.end()


def test_what_dies_is_started_again_and_the_other_goes_on(tmp_path: Path) -> None:
    stack = Launched(tmp_path, POLITE, POLITE)
    stack.wait_for("up", 2)
    before = {process.pid for process in stack.children()}
    psutil.Process(min(before)).kill()
    stack.wait_for("up", 3)
    assert len(before & {process.pid for process in stack.children()}) == 1
    assert "ended with code -9" in stack.output
    stack.send(signal.SIGTERM)
    assert stack.end() == 0


def test_what_held_the_port_goes_before_it_is_started_again(tmp_path: Path) -> None:
    stack = Launched(tmp_path, PARENT, POLITE)
    stack.wait_for("up", 2)
    family = {process.pid: process for process in stack.children()}
    parent = next(process for process in family.values() if process.children())
    orphan = parent.children()[0]
    parent.kill()
    stack.wait_for("up", 3)
    assert not stale_processes.lives(orphan)
    stack.send(signal.SIGTERM)
    stack.end()


def test_one_that_dies_again_and_again_is_given_up_and_it_counts_as_a_failure(tmp_path: Path) -> None:
    stack = Launched(tmp_path, ENDS, READY)
    assert stack.end() == 1
    assert stack.output.count("web        | starts again in") == 5
    assert "web        | ended 6 times within a minute, so everything stops: see the lines above" in stack.output
    assert "bye" in stack.output


def test_a_second_ctrl_c_does_not_wait(tmp_path: Path) -> None:
    stack = Launched(tmp_path, DEAF, POLITE, patience=3600)
    stack.wait_for("up", 2)
    stack.send(signal.SIGINT)
    stack.wait_for("Stopping")
    time.sleep(SECOND_CTRL_C + 0.1)
    stack.send(signal.SIGINT)
    assert stack.end() == 0


def test_the_same_ctrl_c_twice_is_still_the_first(tmp_path: Path) -> None:
    slow = POLITE.replace("sys.exit(0)", "time.sleep(1), print('drained'), sys.exit(0)")
    stack = Launched(tmp_path, slow, POLITE)
    stack.wait_for("up", 2)
    stack.send(signal.SIGINT)
    stack.send(signal.SIGINT)
    assert stack.end() == 0
    assert "drained" in stack.output


def test_what_a_process_started_ends_with_it(tmp_path: Path) -> None:
    stack = Launched(tmp_path, PARENT, POLITE)
    stack.wait_for("up", 2)
    family = stack.children()
    stack.send(signal.SIGTERM)
    stack.end()
    assert len(family) == 3
    assert [process for process in family if stale_processes.lives(process)] == []


def test_processes_of_a_killed_launcher_are_found_by_their_mark(tmp_path: Path) -> None:
    environ = {stale_processes.MARK: str(tmp_path)}
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], env=environ)
    stale_processes.stop(stale_processes.launched(tmp_path), signal.SIGTERM)
    assert orphan.wait() == -signal.SIGTERM
