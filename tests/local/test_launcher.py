"""``python -m app.local run``: what is wrong is one sentence, and nothing has been started by then."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.local import banner, launcher, services
from app.local.__main__ import main
from app.local.stack import SIGNALS

ROOT = Path(launcher.__file__).parents[2]


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """The command in this process: loading everything once more would take seconds each time."""
    kept = {number: signal.getsignal(number) for number in SIGNALS}

    def call(data_dir: Path, **environ: str) -> tuple[int, str]:
        clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        code = main(["run"], {**clean, "DATA_DIR": str(data_dir), **environ})
        said, complained = capsys.readouterr()
        assert said == ""
        return code, complained

    yield call
    for number, handler in kept.items():
        signal.signal(number, handler)


def run_as_a_process(data_dir: Path, **environ: str) -> tuple[int, str]:
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    result = subprocess.run(
        [sys.executable, "-m", "app.local", "run"],
        check=False,
        cwd=ROOT,
        env={**clean, "DATA_DIR": str(data_dir), **environ},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.stdout == ""
    return result.returncode, result.stderr


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_the_way_out(tmp_path: Path, taken: int) -> None:
    code, said = run_as_a_process(tmp_path, PORT=str(taken))
    assert code == 1
    assert said.startswith(f"Port {taken} can't be opened")
    assert "make run`" in said
    assert not (tmp_path / "postgres").exists()


def test_a_setting_that_makes_no_sense_is_named(run: Run, tmp_path: Path) -> None:
    assert run(tmp_path, PORT="eighty") == (2, "PORT must be a whole number, not 'eighty'.\n")


def test_a_model_that_can_not_work_is_named(run: Run, tmp_path: Path) -> None:
    code, said = run(tmp_path, LLM_MODELS="nonsense")
    assert code == 2
    assert "LLM_MODELS" in said
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "postgres").exists()


@pytest.mark.parametrize("secret", ["", "a secret of sufficient length for all of this"])
def test_a_data_folder_below_a_file_is_named(run: Run, tmp_path: Path, secret: str) -> None:
    (tmp_path / "file").touch()
    code, said = run(tmp_path / "file" / "data", AUTH_JWT_SECRET=secret)
    assert code in (1, 2)
    assert "can't be written" in said
    assert len(said.splitlines()) == 1


def test_a_second_launcher_on_the_same_folder_is_told_so(run: Run, tmp_path: Path) -> None:
    with services.claim(tmp_path):
        code, said = run(tmp_path, PORT="0")
    assert code == 1
    assert said.startswith(f"Coachhouse already runs on {tmp_path} (process {os.getpid()})")


def test_what_an_earlier_run_announced_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "services.json").write_text("{")
    assert launcher.plan({"DATA_DIR": str(tmp_path)}).data_dir == tmp_path


def test_processes_find_the_services_through_the_folder(tmp_path: Path) -> None:
    environ = launcher.child_environ({"PATH": "/bin"}, tmp_path, 8000, 8001)
    assert environ["PATH"] == f"{Path(sys.executable).parent}:/bin"
    assert environ["DATA_DIR"] == str(tmp_path)
    assert "DATABASE_URL" not in environ


def test_the_banner_has_a_line_to_paste() -> None:
    said = banner.text(8000, 8001, banner.Health(offline=True), banner.Prepared("a-token", "a-key"), 2.0)
    assert "answered by    the offline coach" in said
    assert 'curl -N http://localhost:8000/api/v1/chat/message/stream -H "Authorization: Bearer a-token"' in said


def test_the_banner_names_the_models_in_their_order() -> None:
    said = banner.text(8000, 8001, banner.Health(models=["openai:gpt", "anthropic:claude"]), None, 2.0)
    assert "answered by    openai:gpt, then anthropic:claude" in said


def test_without_a_demo_the_banner_says_how_to_get_in() -> None:
    said = banner.text(8000, 8001, banner.Health(offline=True), None, 2.0)
    assert "token --user USER --tenant TENANT" in said
    assert "api-key create --tenant TENANT" in said
