"""CORS: exact origins with credentials; any port of localhost while developing."""

import re

from flask import Flask
from flask_cors import CORS

from app.config.settings import Settings
from app.web.requests import METHODS

HEADERS = [
    "Authorization", "Content-Type", "Cache-Control", "Pragma", "Expires", "Last-Event-ID", "X-Tenant-Id",
    "X-Request-Id", "X-Timezone", "X-API-Key", "X-CSRF-Token", "Idempotency-Key",
]  # fmt: skip
EXPOSED = [
    "X-Request-Id", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
    "X-Coachhouse-Overhead-Ms", "X-Coachhouse-Trace",
]  # fmt: skip
LOCALHOST = re.compile(r"http://(localhost|127\.0\.0\.1)(:\d+)?\Z")
LABEL = "[a-z0-9-]+"


def install(app: Flask, settings: Settings) -> None:
    """A star alone would not do: browsers refuse it together with credentials."""
    origins = [pattern_of(origin) for origin in settings.cors_origins]
    origins += [] if settings.production else [LOCALHOST]
    CORS(
        app, origins=origins, supports_credentials=True, allow_headers=HEADERS, expose_headers=EXPOSED,
        methods=list(METHODS), max_age=600, vary_header=True,
    )  # fmt: skip


def pattern_of(origin: str) -> re.Pattern[str]:
    """The origin alone; a star stands for one label of a name. The library would take it for an expression."""
    return re.compile(re.escape(origin.lower()).replace(r"\*", LABEL) + r"\Z", re.IGNORECASE)
