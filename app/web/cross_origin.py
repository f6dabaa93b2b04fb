"""CORS: exact origins with credentials; any port of localhost while developing."""

from flask import Flask
from flask_cors import CORS

from app.config.settings import Settings

HEADERS = [
    "Authorization", "Content-Type", "Cache-Control", "Pragma", "Expires", "Last-Event-ID", "X-Tenant-Id",
    "X-Request-Id", "X-Timezone", "X-API-Key", "Idempotency-Key",
]  # fmt: skip
EXPOSED = [
    "X-Request-Id", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset",
]  # fmt: skip
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
LOCALHOST = r"^http://(localhost|127\.0\.0\.1)(:\d+)?$"


def install(app: Flask, settings: Settings) -> None:
    """A star would not do: browsers refuse it together with credentials."""
    origins = list(settings.cors_origins) + ([] if settings.production else [LOCALHOST])
    CORS(
        app, origins=origins, supports_credentials=True, allow_headers=HEADERS, expose_headers=EXPOSED, methods=METHODS,
        max_age=600, vary_header=True,
    )  # fmt: skip
