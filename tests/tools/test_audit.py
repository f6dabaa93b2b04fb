"""Known vulnerabilities fail; nobody to ask does not."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tools.lock import ROOT

GONE = "http://127.0.0.1:9"


class Database(ThreadingHTTPServer):
    """Says of every package what it is told to say."""

    known: list[dict[str, Any]] = []


class Answer(BaseHTTPRequestHandler):
    server: Database

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        body = json.dumps({"vulns": self.server.known if asked["package"]["name"] == "six" else []}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def database() -> Iterator[Database]:
    with Database(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def audit(url: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "tools.audit", "--vulnerability-service", "osv", "--osv-url", url]
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    return done.returncode, done.stdout


def test_nothing_known_passes(database: Database) -> None:
    code, said = audit(f"http://127.0.0.1:{database.server_port}")
    assert (code, said.endswith("0 known vulnerabilities\n")) == (0, True)


def test_a_known_vulnerability_fails_and_is_named(database: Database) -> None:
    fixed = [{"type": "ECOSYSTEM", "events": [{"fixed": "1.18"}]}]
    affected = [{"package": {"ecosystem": "PyPI", "name": "six"}, "ranges": fixed}]
    database.known = [{"id": "PYSEC-2026-1", "affected": affected, "published": "2026-01-01T00:00:00Z"}]
    code, said = audit(f"http://127.0.0.1:{database.server_port}")
    assert code == 1
    assert "PYSEC-2026-1, fixed in 1.18" in said


def test_without_a_database_it_says_so_in_a_line() -> None:
    assert audit(GONE) == (0, "not audited: no database of vulnerabilities can be reached\n")
