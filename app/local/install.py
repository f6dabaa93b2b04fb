"""Makes ``.venv`` fit a lock file; does nothing when it already does.

Any Python runs it, before anything is installed: ``python3 -I app/local/install.py requirements.lock``
"""

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
OLDEST = (3, 11)
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq", "--no-user"]
AS_LOCKED = ["--require-hashes", "--only-binary", ":all:"]  # and nobody needs a compiler
INCLUDED = {"requirements-dev.lock": "requirements.lock"}  # what is in the one is in the other


class InstallError(RuntimeError):
    """One sentence for a terminal."""


def main(lock: str) -> int:
    try:
        if not _sound():
            _make()
        if not _is_installed(lock):
            _install(lock)
            _remember(lock)
    except InstallError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _sound() -> bool:
    """Whether its Python starts, is new enough, and has its pip; a moved folder or a replaced Python breaks that."""
    pip = VENV / "bin" / "pip"
    if not pip.is_file() or str(VENV) not in pip.read_text():
        return False
    check = f"import sys, importlib.util as u; sys.exit(sys.version_info < {OLDEST} or u.find_spec('pip') is None)"
    try:
        return subprocess.run([PYTHON, "-I", "-c", check], check=False, stderr=subprocess.DEVNULL).returncode == 0  # noqa: S603
    except OSError:
        return False


def _make() -> None:
    _say(f"Making .venv with Python {platform.python_version()} ...")
    if VENV.is_dir() and not VENV.is_symlink():
        shutil.rmtree(VENV)
    command = [sys.executable, "-m", "venv", str(VENV)]
    made = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if made.returncode:
        said = (made.stderr or made.stdout).strip() or "no reason given"
        raise InstallError(f"Python can't make .venv: {said.splitlines()[-1]}")


def _is_installed(lock: str) -> bool:
    stamp = _stamp(lock)
    return stamp.is_file() and stamp.read_text() == _fingerprint(lock)


def _stamp(lock: str) -> Path:
    return VENV / f".{lock}.stamp"


def _fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def _install(lock: str) -> None:
    _say(f"Installing {lock}, which takes a minute ...")
    command = [PYTHON, *PIP, *AS_LOCKED, "-r", lock]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:  # noqa: S603
        version = subprocess.run([PYTHON, "-V"], check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603
        raise InstallError(
            "Not everything could be installed; pip's last lines say what is missing: the network, or a wheel for "
            f"{version} on {platform.system()} {platform.machine()}."
        )


def _remember(lock: str) -> None:
    """What this file brought in is then there as well; what another file asked for may be gone."""
    for other in VENV.glob(".*.stamp"):
        other.unlink()
    for there in {lock, INCLUDED.get(lock, lock)}:
        _stamp(there).write_text(_fingerprint(there))


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
