"""Every environment variable, read once. Nonsense stops the process with one sentence that names the variable."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from limits import parse_many

from app.config.accounts import Accounts, read_accounts
from app.config.auth import Auth, read_auth
from app.config.budgets import Bounds, read_budgets
from app.config.environment import ConfigError, Reader
from app.config.media import Media, read_media
from app.config.retention import read_retention
from app.config.stores import read_stores
from app.core.retention import Days

# With a key and nothing else said, these answer; the first provider in this order comes first.
DEFAULT_MODELS = {"openai": "gpt-5-mini", "anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-flash"}
EFFORTS = ("MINIMAL", "LOW", "MEDIUM", "HIGH")
OFFLINE = "offline:coach"
# The same for speech; the embedded engines need no key.
DEFAULT_VOICES = {"elevenlabs": "eleven_multilingual_v2", "openai": "gpt-4o-mini-tts"}
DEFAULT_EAR = "whisper-1"
EMBEDDED_VOICE, EMBEDDED_EAR = "espeak", "pocketsphinx"
# All that speech engines see of the environment: they handle strangers' audio and need no secret.
ENGINE_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "HOME", "TMPDIR", "LANG", "HF_HOME")
HOSTS_PROXIES = ("10.0.0.0/8",)  # where the routers of Render and Heroku are
FEW_THREADS = {"OPENBLAS_NUM_THREADS": "1"}  # numpy's would need more memory than an engine may have
DEFAULT_RATES = {
    "messages": "20 per minute",
    "insights": "10 per hour",
    "sessions": "100 per minute",
    "interviews": "60 per hour",
    "interviews_total": "2000 per hour",
    "ai": "1200 per minute",
    "turns": "20 per 10 seconds; 1000 per hour",
    "care": "60 per minute",
    "helplines": "300 per minute",
    "exports": "5 per hour",
    "imports": "20 per hour",
    "sign_in": "10 per 15 minutes",
    "sign_in_address": "50 per 15 minutes",
    "account_mail": "10 per hour",
    "account_mail_address": "50 per hour",
    "uploads": "120 per minute",
}


@dataclass(frozen=True, slots=True)
class Models:
    """``specs`` is the ordered ``provider:model`` list, the rest is what each provider needs."""

    specs: tuple[str, ...]
    embedding: str
    keys: Mapping[str, str]
    base_urls: Mapping[str, str]
    connect_timeout: float
    first_timeout: float
    between_timeout: float
    total_timeout: float
    reasoning_tokens: int
    reasoning_effort: str


@dataclass(frozen=True, slots=True)
class Coaching:
    """What a coaching session may last: messages of the person, idle minutes, days in all."""

    max_turns: int
    idle_minutes: int
    life_days: int
    exclusive_topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Speech:
    """``tts`` are ``provider:model`` entries, the first one speaks and the others where a voice is theirs."""

    tts: tuple[str, ...]
    stt: str
    keys: Mapping[str, str]
    base_urls: Mapping[str, str]
    engine_environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Observability:
    """Where logs, errors, traces and figures go; empty: nowhere."""

    log_level: str
    sentry_dsn: str
    otel_endpoint: str
    metrics_dir: str


@dataclass(frozen=True, slots=True)
class Settings:
    production: bool
    bind_address: str
    port: int
    data_dir: Path
    database_url: str
    redis_url: str
    embedded: bool
    auth: Auth
    accounts: Accounts
    models: Models
    speech: Speech
    rates: Mapping[str, str]
    budgets: Mapping[str, Bounds]
    retention: Days
    care: bool
    care_webhook_url: str
    prices_file: Path | None
    cors_origins: tuple[str, ...]
    scan_allow_hosts: tuple[str, ...]
    source_urls: Mapping[str, str]
    sources_file: Path | None
    webhook_secret: str  # of before they were stored: the migration that stores them reads it
    trusted_proxies: tuple[str, ...]
    connections_per_address: int
    socket_memory: int
    uploads_per_tenant: int
    import_max: int
    media: Media
    erasure_grace_days: int
    web_concurrency: int
    worker_concurrency: int
    worker_port: int
    coaching: Coaching
    interview_delay: tuple[float, float]
    interviews_need_key: bool
    interviews_at_once: int
    interview_unwatched_minutes: int
    database_pool: int
    observability: Observability


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads and checks everything; raises ``ConfigError`` with a sentence fit for a terminal."""
    environ = os.environ if environ is None else environ
    read = Reader(environ)
    production = read.production()
    data_dir = Path(read.text("DATA_DIR", ".data"))
    port = read.number("PORT", 8000, least=0, most=65535)
    database_url, redis_url, embedded = read_stores(read, data_dir)
    return Settings(
        production=production,
        bind_address=read.address("BIND_ADDRESS", "0.0.0.0" if production else "127.0.0.1"),  # noqa: S104
        port=port,
        data_dir=data_dir,
        database_url=database_url,
        redis_url=redis_url,
        embedded=embedded,
        auth=read_auth(read, production, data_dir),
        accounts=read_accounts(read, production, port),
        models=_models(read),
        speech=_speech(read),
        rates=_rates(read),
        budgets=read_budgets(read),
        retention=read_retention(read),
        care=_care(read, production),
        care_webhook_url=read.url("CARE_WEBHOOK_URL", ("http", "https")),
        prices_file=read.file("PRICES_FILE"),
        cors_origins=read.origins("CORS_ORIGINS"),
        scan_allow_hosts=read.endpoints("WEBSITE_SCAN_ALLOW_HOSTS"),
        source_urls=_source_urls(read),
        sources_file=read.file("SOURCES_FILE"),
        webhook_secret=read.text("WEBHOOK_SECRET"),
        trusted_proxies=read.networks("TRUSTED_PROXIES", HOSTS_PROXIES if read.is_hosted() else ()),
        connections_per_address=read.number("CONNECTIONS_PER_ADDRESS", 200, least=1, most=1_000_000),
        socket_memory=read.size("SOCKET_MEMORY", "256 MiB"),
        uploads_per_tenant=read.size("UPLOADS_PER_TENANT", "200 MiB"),
        import_max=read.size("IMPORT_MAX", "512 MiB"),
        media=read_media(read),
        erasure_grace_days=read.number("ERASURE_GRACE_DAYS", 7, least=0, most=90),
        web_concurrency=read.number("WEB_CONCURRENCY", 1, least=1, most=256),
        worker_port=read.number("WORKER_PORT", 0, least=0, most=65535),
        worker_concurrency=read.number("WORKER_CONCURRENCY", 500, least=1, most=5000),
        coaching=_coaching(read),
        interview_delay=read.span("INTERVIEW_DELAY", "1-3"),
        interviews_need_key=read.choice("INTERVIEWS_REQUIRE_KEY", "NO", ("YES", "NO")) == "YES",
        interviews_at_once=read.number("INTERVIEWS_AT_ONCE", 500, least=1, most=1_000_000),
        interview_unwatched_minutes=read.number("INTERVIEW_UNWATCHED_MINUTES", 0, least=0, most=1440),
        database_pool=read.number("DATABASE_POOL", 48, least=1, most=500),
        observability=_observability(read),
    )


def _observability(read: Reader) -> Observability:
    return Observability(
        log_level=read.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR")),
        sentry_dsn=read.text("SENTRY_DSN"),
        otel_endpoint=read.text("OTEL_EXPORTER_OTLP_ENDPOINT"),
        metrics_dir=read.text("PROMETHEUS_MULTIPROC_DIR"),
    )


def _models(read: Reader) -> Models:
    vendors = ("OPENAI", "ANTHROPIC", "GEMINI", "OLLAMA")
    keys = {vendor.lower(): read.text(f"{vendor}_API_KEY") for vendor in vendors}
    defaults = [f"{vendor}:{model}" for vendor, model in DEFAULT_MODELS.items() if keys[vendor]]
    return Models(
        specs=read.items("LLM_MODELS") or tuple(defaults) or (OFFLINE,),
        embedding=read.text("EMBEDDING_MODEL"),
        keys=keys,
        base_urls={vendor.lower(): read.url(f"{vendor}_BASE_URL", ("http", "https")) for vendor in vendors},
        connect_timeout=read.seconds("LLM_CONNECT_TIMEOUT", 5),
        first_timeout=read.seconds("LLM_FIRST_TIMEOUT", 30),
        between_timeout=read.seconds("LLM_BETWEEN_TIMEOUT", 20),
        total_timeout=read.seconds("LLM_TOTAL_TIMEOUT", 120),
        reasoning_tokens=read.number("LLM_REASONING_TOKENS", 4096, least=0, most=200_000),
        reasoning_effort=read.choice("LLM_REASONING_EFFORT", "", ("", *EFFORTS)).lower(),
    )


def _source_urls(read: Reader) -> dict[str, str]:
    """A customer's own data services by name; what a service that is not named would know comes from the workspace."""
    names = {"account": "ACCOUNT_SERVICE_URL", "traction": "TRACTION_SERVICE_URL"}
    urls = {service: read.url(name, ("http", "https")).rstrip("/") for service, name in names.items()}
    return {service: url for service, url in urls.items() if url}


def _coaching(read: Reader) -> Coaching:
    return Coaching(
        max_turns=read.number("COACHING_MAX_TURNS", 10, least=1, most=100),
        idle_minutes=read.number("COACHING_IDLE_MINUTES", 30, least=1, most=1440),
        life_days=read.number("COACHING_LIFE_DAYS", 14, least=1, most=365),
        exclusive_topics=read.items("COACHING_EXCLUSIVE_TOPICS"),
    )


def _speech(read: Reader) -> Speech:
    """A key alone chooses its provider; OpenAI's with a base URL does not, for few compatible servers speak: that one
    serves the voices that say they are its own."""
    keys = {vendor: read.text(f"{vendor.upper()}_API_KEY") for vendor in DEFAULT_VOICES}
    base_urls = {vendor: read.url(f"{vendor.upper()}_BASE_URL", ("http", "https")) for vendor in DEFAULT_VOICES}
    models = {vendor: read.text(f"{vendor.upper()}_TTS_MODEL", model) for vendor, model in DEFAULT_VOICES.items()}
    chosen = [vendor for vendor in DEFAULT_VOICES if keys[vendor] and not (vendor == "openai" and base_urls[vendor])]
    asked = [vendor for vendor in DEFAULT_VOICES if base_urls[vendor] and vendor not in chosen]
    named = {vendor: f"{vendor}:{model}" for vendor, model in models.items()}
    voices = (*map(named.__getitem__, chosen), EMBEDDED_VOICE, *map(named.__getitem__, asked))
    return Speech(
        tts=read.items("TTS_MODEL") or voices,
        stt=read.text("STT_MODEL") or _stt(read, bool(keys["openai"] or base_urls["openai"]), "openai" in chosen),
        keys=keys,
        base_urls=base_urls,
        engine_environ=FEW_THREADS | {name: read.text(name) for name in ENGINE_VARIABLES if read.text(name)},
    )


def _stt(read: Reader, reachable: bool, chosen: bool) -> str:
    """OpenAI's when it is chosen, or when its model is named and there is somewhere to ask."""
    model = read.text("OPENAI_STT_MODEL", DEFAULT_EAR if chosen else "")
    return f"openai:{model}" if model and reachable else EMBEDDED_EAR


def _care(read: Reader, production: bool) -> bool:
    """Whether people's words are looked at. Nobody who serves people may do without."""
    is_on = read.choice("CARE", "ON", ("ON", "OFF")) == "ON"
    if production and not is_on:
        raise ConfigError("CARE can't be off in production: people in danger have to be told where help is.")
    return is_on


def _rates(read: Reader) -> dict[str, str]:
    """What each rate is, ``""`` for one that is lifted."""
    return {name: _rate(read, f"RATE_LIMIT_{name.upper()}", default) for name, default in DEFAULT_RATES.items()}


def _rate(read: Reader, name: str, default: str) -> str:
    value = read.text(name, default)
    if value.lower() == "off":
        return ""
    try:
        parse_many(value)
    except ValueError:
        raise ConfigError(f"{name} must look like '20 per minute' or be 'off', not {value!r}.") from None
    return value
