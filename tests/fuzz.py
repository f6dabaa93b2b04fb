"""``make fuzz``: Schemathesis, all checks, against two web processes as they are deployed. Arguments go to it.

What the contracts give to requests that fit their schema is in ``schemathesis.toml``.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import psutil
from flask_migrate import upgrade

from app import create_app
from app.auth.tokens import Tokens
from app.cli import demo
from app.config import settings as config
from app.local.services import Services, temporary
from app.web.container import resolve_from
from tests.gunicorn import ROOT, Web

SCHEMATHESIS = str(Path(sys.executable).parent / "schemathesis")
RATES = ("MESSAGES", "INSIGHTS", "SESSIONS", "INTERVIEWS", "AI", "SIGN_IN", "SIGN_IN_ADDRESS", "ACCOUNT_MAIL_ADDRESS")
OPERATORS = ["--include-path-regex", "^/(admin|api/interviews)"]


def main(arguments: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder, temporary() as services:
        environ = settings_of(services, folder)
        app = create_app(config.load(environ))
        with app.app_context():
            upgrade()
        seeded = demo.prepare(app)
        web = Web(environ, alone=True)
        web.await_ready()
        before = megabytes(web)
        operator = resolve_from(app, Tokens).mint("opal", "demo", "operator", 86400)
        runs = [(seeded.token, arguments), (operator, [*arguments, *OPERATORS])]
        codes = [fuzzed(web, token, seeded.api_key, more) for token, more in runs]
        print(f"The web processes held {before} MiB before and hold {megabytes(web)} MiB now.")
        web.stop()
        print(web.said())
    return max(codes)


def settings_of(services: Services, folder: str) -> dict[str, str]:
    return {f"RATE_LIMIT_{name}": "off" for name in RATES} | {
        "APP_ENV": "production", "BIND_ADDRESS": "127.0.0.1", "DATA_DIR": folder, "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url, "AUTH_JWT_SECRET": "of the fuzzer " * 4,
        "LLM_MODELS": "offline:coach", "LOG_LEVEL": "ERROR", "WEB_CONCURRENCY": "2", "INTERVIEW_DELAY": "0",
        "ACCOUNTS": "on", "SIGN_UP": "open", "PUBLIC_URL": "https://coach.example",
    }  # fmt: skip


def megabytes(web: Web) -> int:
    workers = psutil.Process(web.process.pid).children()
    return int(sum(worker.memory_info().rss for worker in workers) / 1024 / 1024)


def fuzzed(web: Web, token: str, key: str, arguments: list[str]) -> int:
    given = ["-H", f"Authorization: Bearer {token}", "-H", f"X-API-Key: {key}", "--checks", "all", "--workers", "2"]
    command = [SCHEMATHESIS, "run", f"{web.url}/api/schema/", *given, "--continue-on-failure", *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
