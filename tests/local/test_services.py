"""PostgreSQL and Redis under DATA_DIR: how they start, and from what they recover."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis

from app.config.stores import SERVICES_FILE
from app.local import postgres, services, stale_processes
from app.local.redis import PROGRAMS
from app.local.redis import start as start_redis
from app.local.server import LocalError
from app.local.services import Services

TEST_RUN = """
import time
from app.local.services import temporary
with temporary() as running:
    print(running.data_dir, flush=True)
    time.sleep(60)
"""


def query(running: Services, sql: str) -> list[object]:
    with psycopg.connect(running.database_url) as connection:
        cursor = connection.execute(sql)
        return [row[0] for row in cursor] if cursor.description else []


def answer(running: Services) -> bool:
    return query(running, "SELECT 1") == [1] and bool(redis.from_url(running.redis_url).ping())


def start_and_stop(folder: Path) -> bool:
    running = services.start(folder)
    try:
        return answer(running)
    finally:
        running.stop()


def at_work(folder: Path) -> list[psutil.Process]:
    return [
        *stale_processes.servers(folder / "postgres", "postgres"),
        *stale_processes.servers(folder / "redis", *PROGRAMS),
    ]


def crash(running: Services) -> None:
    for process in at_work(running.data_dir):
        process.kill()
    for server in running.servers:
        server.process.wait()


def test_both_answer_and_are_announced(running: Services) -> None:
    announced = json.loads((running.data_dir / SERVICES_FILE).read_text())
    assert announced == {"database_url": running.database_url, "redis_url": running.redis_url}
    assert answer(running)


def test_only_we_may_read_where_they_are(running: Services) -> None:
    assert stat.S_IMODE((running.data_dir / SERVICES_FILE).stat().st_mode) == 0o600


def test_the_database_has_vectors_letters_and_utc(running: Services) -> None:
    query(running, "CREATE EXTENSION IF NOT EXISTS vector")
    assert query(running, "SELECT lower('ÜBER')") == ["über"]
    assert query(running, "SHOW timezone") == ["UTC"]
    assert query(running, "SHOW fsync") == ["on"]


def test_strangers_can_not_use_redis(running: Services) -> None:
    port = urlsplit(running.redis_url).port or 0
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"PING\r\n")
        assert connection.recv(64).startswith(b"-NOAUTH")


def test_stopping_leaves_no_process_and_no_announcement(data_dir: Path) -> None:
    services.start(data_dir).stop()
    assert at_work(data_dir) == []
    assert not (data_dir / SERVICES_FILE).exists()


def test_a_second_start_finds_the_data(data_dir: Path) -> None:
    first = services.start(data_dir)
    query(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    redis.from_url(first.redis_url).set("kept", "42")
    first.stop()
    second = services.start(data_dir)
    assert query(second, "SELECT answer FROM kept") == [42]
    assert redis.from_url(second.redis_url).get("kept") == b"42"
    second.stop()


def test_each_can_be_left_to_somebody_else(data_dir: Path) -> None:
    running = services.start(data_dir, database=False)
    assert json.loads((data_dir / SERVICES_FILE).read_text()) == {"redis_url": running.redis_url}
    running.stop()


def test_servers_of_a_killed_launcher_are_replaced(data_dir: Path) -> None:
    orphaned = services.start(data_dir)
    assert start_and_stop(data_dir)
    assert all(server.process.poll() is not None for server in orphaned.servers)


def test_killed_servers_come_back(data_dir: Path) -> None:
    crash(services.start(data_dir))
    assert start_and_stop(data_dir)


def test_a_killed_postmaster_comes_back(data_dir: Path) -> None:
    services.start(data_dir).servers[1].process.kill()
    assert start_and_stop(data_dir)


def test_a_half_written_announcement_is_replaced(data_dir: Path) -> None:
    (data_dir / SERVICES_FILE).write_text('{"database_ur')
    (data_dir / f"{SERVICES_FILE}.new").write_text("{")
    assert start_and_stop(data_dir)


def test_a_pid_file_that_names_a_living_process_is_ignored(data_dir: Path) -> None:
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock"):
        (data_dir / "postgres" / name).write_text(f"{os.getppid()}\n{data_dir}/postgres\n1\n5432\n\n\n\nready\n")
    (data_dir / "postgres" / ".s.PGSQL.5432").write_text("not a socket")
    assert start_and_stop(data_dir)


def test_an_interrupted_first_start_begins_anew(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18\n")
    (tmp_path / "postgres").mkdir()
    assert start_and_stop(tmp_path)


def test_commands_that_redis_can_not_read_are_put_aside(data_dir: Path) -> None:
    (data_dir / "redis" / "appendonlydir" / "appendonly.aof.manifest").write_bytes(b"nonsense")
    assert start_and_stop(data_dir)
    assert list((data_dir / "redis").glob("appendonlydir.broken-*"))


def test_what_an_older_redis_wrote_is_read(tmp_path: Path) -> None:
    (tmp_path / "appendonly.aof").write_bytes(b"*3\r\n$3\r\nSET\r\n$4\r\nkept\r\n$3\r\nyes\r\n")
    server = start_redis(tmp_path)
    assert redis.from_url(server.url).get("kept") == b"yes"
    server.stop()


def test_a_long_path_with_spaces_and_quotes_works(data_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s a "long" path, ' / ("deep " * 20).strip()
    shutil.copytree(data_dir, folder)
    assert start_and_stop(folder)


def test_a_folder_of_another_postgresql_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(LocalError, match="made by PostgreSQL 16"):
        postgres.start(tmp_path / "postgres")


def test_a_damaged_database_is_one_sentence(data_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(data_dir / "postgres", tmp_path / "postgres")
    (tmp_path / "postgres" / "global" / "pg_control").write_bytes(b"")
    with pytest.raises(LocalError, match="did not start on"):
        postgres.start(tmp_path / "postgres")


def test_temporary_services_vanish() -> None:
    with services.temporary() as running:
        assert answer(running)
    assert at_work(running.data_dir) == []
    assert not running.data_dir.exists()


def test_what_a_killed_test_run_left_is_swept_away() -> None:
    orphan = subprocess.Popen([sys.executable, "-c", TEST_RUN], stdout=subprocess.PIPE, text=True)
    assert orphan.stdout
    folder = Path(orphan.stdout.readline().strip())
    orphan.kill()
    orphan.wait()
    os.utime(folder, (1, 1))
    with services.temporary():
        assert at_work(folder) == []
        assert not folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_root_gives_the_way_to_the_data_to_nobody_but_postgresql(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    process = (running := services.start(tmp_path)).servers[1].process
    assert psutil.Process(process.pid).uids().real != 0
    assert stat.S_IMODE(tmp_path.stat().st_mode) & stat.S_IRWXO == 0
    running.stop()


def test_a_stop_signal_reaches_a_server_that_hangs(running: Services) -> None:
    server = running.servers[0]
    server.process.send_signal(signal.SIGSTOP)
    server.stop(patience=0.2)
    assert server.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    "command",
    [
        ("CONFIG", "SET", "dir", "/tmp"), ("CONFIG", "GET", "*"), ("EVAL", "return 1", "0"), ("DEBUG", "SLEEP", "0"),
        ("MODULE", "LOAD", "x.so"), ("REPLICAOF", "127.0.0.1", "9"), ("SHUTDOWN",), ("SAVE",), ("ACL", "WHOAMI"),
        ("MIGRATE", "127.0.0.1", "9", "key", "0", "10"), ("MONITOR",),
        ("FUNCTION", "LIST"), ("FCALL", "f", "0"), ("EVAL_RO", "return 1", "0"), ("SCRIPT", "FLUSH"), ("FAILOVER",),
        ("CLIENT", "PAUSE", "1000"), ("ACL", "SETUSER", "eve"), ("PSYNC", "?", "-1"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_redis_does_nothing_beyond_its_data(running: Services, command: tuple[str, ...]) -> None:
    with pytest.raises(redis.ResponseError, match=r"no permission|not allowed"):
        redis.from_url(running.redis_url).execute_command(*command)
