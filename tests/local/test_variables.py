"""Every documented variable is set once, to something other than its default, and ``make run`` starts with it."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.local.services import Services
from tests.local.launched import ROOT, Run

NOWHERE = "http://127.0.0.1:9"
SECRET = "of the variables " * 3
VENDORS = {
    "ANTHROPIC_API_KEY": "key", "ANTHROPIC_BASE_URL": NOWHERE, "ELEVENLABS_API_KEY": "key",
    "ELEVENLABS_BASE_URL": NOWHERE, "ELEVENLABS_TTS_MODEL": "eleven_flash_v2_5",
    "EMBEDDING_MODEL": "openai:text-embedding-3-small", "GEMINI_API_KEY": "key", "GEMINI_BASE_URL": NOWHERE,
    "LLM_BETWEEN_TIMEOUT": "9", "LLM_CONNECT_TIMEOUT": "0.5", "LLM_FIRST_TIMEOUT": "9",
    "LLM_MODELS": "openai:a,anthropic:b,gemini:c,ollama:d:e,offline:coach", "LLM_REASONING_EFFORT": "low",
    "LLM_REASONING_TOKENS": "1000", "LLM_TOTAL_TIMEOUT": "60", "OLLAMA_API_KEY": "key", "OLLAMA_BASE_URL": NOWHERE,
    "OPENAI_API_KEY": "key", "OPENAI_BASE_URL": NOWHERE, "OPENAI_STT_MODEL": "gpt-4o-transcribe",
    "OPENAI_TTS_MODEL": "tts-1", "STT_MODEL": "openai:whisper-1", "TTS_MODEL": "elevenlabs:x,openai:y,espeak",
}  # fmt: skip
PRODUCTION = {
    "APP_ENV": "production", "AUTH_JWT_SECRET": SECRET, "AUTH_JWT_SECRET_PREVIOUS": f"earlier {SECRET}",
    "BIND_ADDRESS": "127.0.0.1",
    "CORS_ORIGINS": "https://app.example.com,https://*.example.org",
    "DATABASE_POOL": "6", "TRUSTED_PROXIES": "10.0.0.0/8", "WEB_CONCURRENCY": "2", "WORKER_CONCURRENCY": "20",
    "WORKER_PORT": "18031",
}  # fmt: skip
PRODUCTS = {
    "ACCOUNT_SERVICE_URL": NOWHERE, "COACHING_EXCLUSIVE_TOPICS": "core_values", "COACHING_IDLE_MINUTES": "5",
    "COACHING_LIFE_DAYS": "2", "COACHING_MAX_TURNS": "3", "INTERVIEWS_REQUIRE_KEY": "yes", "INTERVIEW_DELAY": "0",
    "INTERVIEWS_AT_ONCE": "9", "INTERVIEW_UNWATCHED_MINUTES": "5", "RATE_LIMIT_INTERVIEWS_TOTAL": "500 per hour",
    "LOG_LEVEL": "DEBUG", "OTEL_EXPORTER_OTLP_ENDPOINT": NOWHERE, "RATE_LIMIT_AI": "off",
    "RATE_LIMIT_CARE": "9 per minute", "RATE_LIMIT_HELPLINES": "9 per minute", "RATE_LIMIT_EXPORTS": "9 per hour",
    "CARE": "off", "CARE_WEBHOOK_URL": NOWHERE,
    "RETENTION_MESSAGES_DAYS": "90", "RETENTION_TRANSCRIPTS_DAYS": "60", "RETENTION_AUDIO_DAYS": "30",
    "RETENTION_USAGE_DAYS": "365", "RETENTION_EVENTS_DAYS": "off", "RETENTION_TRACES_DAYS": "10",
    "ERASURE_GRACE_DAYS": "3",
    "RATE_LIMIT_IMPORTS": "5 per hour", "IMPORT_MAX": "64 MiB",
    "MEDIA_URL": "s3://files?endpoint=http://127.0.0.1:9", "MEDIA_QUOTA": "64 MiB", "MEDIA_MAX": "10 MiB",
    "AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "key", "AWS_SESSION_TOKEN": "token",
    "RATE_LIMIT_UPLOADS": "9 per minute",
    "CONNECTIONS_PER_ADDRESS": "90",
    "RATE_LIMIT_INSIGHTS": "5 per hour", "RATE_LIMIT_INTERVIEWS": "off", "RATE_LIMIT_MESSAGES": "9 per minute",
    "BUDGET_ANONYMOUS": "100 calls per day", "BUDGET_ANONYMOUS_DAY": "2 USD", "BUDGET_KEY": "off",
    "BUDGET_TENANT": "9 calls per minute; 5 USD per month", "BUDGET_TENANT_MONTH": "50 USD",
    "BUDGET_USER": "60 calls per minute", "BUDGET_USER_DAY": "0.50 USD", "RATE_LIMIT_TURNS": "9 per minute",
    "RATE_LIMIT_SESSIONS": "50 per minute", "SOCKET_MEMORY": "64 MiB", "UPLOADS_PER_TENANT": "50 MiB",
    "SENTRY_DSN": "http://key@127.0.0.1:9/1", "TRACTION_SERVICE_URL": NOWHERE,
    "WEBHOOK_SECRET": SECRET, "WEBSITE_SCAN_ALLOW_HOSTS": "127.0.0.1:8080",
}  # fmt: skip
ACCOUNTS = {
    "ACCOUNTS": "on", "MAIL_FROM": "Coach <coach@example.com>", "OIDC_CLIENT_ID": "coachhouse",
    "OIDC_CLIENT_SECRET": "secret", "OIDC_ISSUER": "https://id.example.com", "OIDC_NAME": "Example",
    "OIDC_TRUST_EMAIL": "yes", "PUBLIC_URL": "https://coach.example.com", "RATE_LIMIT_ACCOUNT_MAIL": "5 per hour",
    "RATE_LIMIT_ACCOUNT_MAIL_ADDRESS": "9 per hour", "RATE_LIMIT_SIGN_IN": "5 per hour",
    "RATE_LIMIT_SIGN_IN_ADDRESS": "9 per hour", "SIGN_UP": "open", "SMTP_URL": "smtps://user:secret@127.0.0.1:9",
}  # fmt: skip
IDENTITY = {
    "AUTH_ALGORITHMS": "RS256", "AUTH_AUDIENCE": "coachhouse", "AUTH_CLAIMS": "user=sub,tenant=org",
    "AUTH_ISSUER": "https://id.example.com",
    "AUTH_JWKS_URL": "https://id.example.com/keys.json",
}  # fmt: skip
OF_EVERY_RUN = {"DATA_DIR", "PORT"}
FILES = {"PRICES_FILE", "PROMETHEUS_MULTIPROC_DIR", "SOURCES_FILE"}  # set to a path of the test's own
SERVICES = {"DATABASE_URL", "REDIS_URL"}


def documented() -> set[str]:
    tables = (ROOT / "docs/configuration.md").read_text()
    listed = re.findall(r"^\| (`[A-Z_`, ]+`) \|", tables, re.MULTILINE)
    return {name for names in listed for name in re.findall(r"[A-Z_]+", names)}


def test_every_variable_is_documented_in_both_places_and_tried() -> None:
    example = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    tried = {*VENDORS, *PRODUCTION, *ACCOUNTS, *PRODUCTS, *IDENTITY, *OF_EVERY_RUN, *FILES, *SERVICES}
    assert example == documented() == tried


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "sources.toml").write_text((ROOT / "app/workspace/sources/services.toml").read_text())
    (tmp_path / "prices.toml").write_text((ROOT / "app/llm/prices.toml").read_text())
    yield tmp_path


def starts(data_dir: Path, **environ: str) -> None:
    run = Run(data_dir, **environ)
    try:
        assert run.status("/health/ready") == 200
        assert run.status("/") == 200
    finally:
        assert run.end(signal.SIGINT) == 0


def test_it_starts_with_every_vendor(tmp_path: Path) -> None:
    starts(tmp_path, **VENDORS)


def test_it_starts_in_production(tmp_path: Path) -> None:
    starts(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "figures"), **PRODUCTION, **ACCOUNTS)


def test_it_starts_with_all_that_products_can_be_told(folder: Path) -> None:
    files = {"SOURCES_FILE": str(folder / "sources.toml"), "PRICES_FILE": str(folder / "prices.toml")}
    starts(folder, **files, **PRODUCTS)


def test_it_starts_with_an_identity_provider_and_services_of_its_own(tmp_path: Path, running: Services) -> None:
    starts(tmp_path, DATABASE_URL=running.database_url, REDIS_URL=running.redis_url, **IDENTITY)
