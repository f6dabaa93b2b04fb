"""One launcher per data folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.local import services
from app.local.server import LocalError

HOLD = """
import sys, time
from pathlib import Path
from app.local.services import claim
with claim(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], stdout=subprocess.PIPE, text=True)
    assert process.stdout and process.stdout.readline() == "held\n"
    return process


def test_a_second_launcher_is_told_who_was_first(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    with pytest.raises(LocalError, match=rf"already runs on .* \(process {holder.pid}\)"), services.claim(tmp_path):
        pass
    holder.kill()
    holder.wait()


def test_the_claim_of_a_killed_launcher_is_void(tmp_path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    with services.claim(tmp_path):
        assert (tmp_path / services.LOCK_FILE).exists()


def test_a_folder_that_can_not_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match="can't be written"), services.claim(tmp_path / "file" / "data"):
        pass
