"""Where PostgreSQL and Redis are."""

import json
from pathlib import Path

from app.config.environment import ConfigError, Reader

SERVICES_FILE = "services.json"  # of `make run`: where its own are


def read_stores(read: Reader, data_dir: Path) -> tuple[str, str, bool]:
    """The database and Redis: named by the environment, or embedded and then found through ``DATA_DIR``."""
    database = read.url("DATABASE_URL", ("postgres", "postgresql", "postgresql+psycopg"))
    cache = read.url("REDIS_URL", ("redis", "rediss", "unix"))
    running = _running_services(data_dir) if not (database and cache) else {}
    return (
        _psycopg_url(database or running.get("database_url", "")),
        _redis_url(read, cache) or running.get("redis_url", ""),
        not (database and cache),
    )


def _psycopg_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme.startswith("postgres") else url


def _redis_url(read: Reader, url: str) -> str:
    """Heroku's Redis speaks TLS with a certificate that nobody has signed, and the variable is Heroku's to set."""
    if not read.text("DYNO") or not url.startswith("rediss://") or "ssl_cert_reqs=" in url:
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_cert_reqs=none"


def _running_services(data_dir: Path) -> dict[str, str]:
    path = data_dir / SERVICES_FILE
    try:
        return dict(json.loads(path.read_text()))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path} can't be read ({error.__class__.__name__}); delete it and start again.") from None
