"""Settings: defaults that work, nonsense that is named."""

from pathlib import Path

import pytest

from app.config.environment import ConfigError
from app.config.settings import load

SERVICES = {"DATABASE_URL": "postgres://u:p@h/d", "REDIS_URL": "rediss://h:1"}


def test_the_defaults_are_an_embedded_offline_coach(tmp_path: Path) -> None:
    settings = load({"DATA_DIR": str(tmp_path)})
    assert (settings.port, settings.embedded, settings.models.specs) == (8000, True, ("offline:coach",))


def test_platforms_database_urls_are_understood(tmp_path: Path) -> None:
    settings = load(SERVICES | {"DATA_DIR": str(tmp_path)})
    assert settings.database_url == "postgresql+psycopg://u:p@h/d"
    assert not settings.embedded


def test_a_key_alone_chooses_its_provider(tmp_path: Path) -> None:
    settings = load({"DATA_DIR": str(tmp_path), "ANTHROPIC_API_KEY": "x", "GEMINI_API_KEY": "y"})
    assert [spec.split(":")[0] for spec in settings.models.specs] == ["anthropic", "gemini"]


def test_the_development_secret_is_kept(tmp_path: Path) -> None:
    first, second = (load({"DATA_DIR": str(tmp_path)}).auth.secret for _ in range(2))
    assert first == second
    assert (tmp_path / "jwt_secret").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"),
        ("MEDIA_QUOTA", "much"),
        ("MEDIA_URL", "https://bucket.example.com"),
        ("MEDIA_URL", "s3://?endpoint=https://h"),
        ("MEDIA_URL", "s3://files?endpoint=h:9000"),
        ("PORT", "70000"),
        ("APP_ENV", "staging"),
        ("DATABASE_URL", "mysql://h/d"),
        ("REDIS_URL", "http://h"),
        ("RATE_LIMIT_MESSAGES", "often"),
        ("RETENTION_MESSAGES_DAYS", "0"),
        ("RETENTION_AUDIO_DAYS", "a month"),
        ("BUDGET_USER", "60 per minute"),
        ("BUDGET_TENANT", "5 EUR per month"),
        ("BUDGET_USER_DAY", "0.50"),
        ("PRICES_FILE", "/nowhere"),
        ("LOG_LEVEL", "loud"),
        ("TRUSTED_PROXIES", "everyone"),
        ("WEB_CONCURRENCY", "0"),
        ("LLM_FIRST_TIMEOUT", "-1"),
        ("OPENAI_BASE_URL", "localhost:1"),
        ("AUTH_ALGORITHMS", "none"),
        ("AUTH_ALGORITHMS", "RS256"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://*"),
        ("CORS_ORIGINS", "https://*.com"),
        ("CORS_ORIGINS", "https://app.*.com"),
        ("CORS_ORIGINS", "https://x*.example.com"),
        ("CORS_ORIGINS", "https://app.example.com/"),
        ("CORS_ORIGINS", "app.example.com"),
        ("CORS_ORIGINS", "https://.*example.com"),
        ("TRUSTED_PROXIES", "10.0.0.5/8"),
        ("TRUSTED_PROXIES", "proxy"),
        ("BIND_ADDRESS", "localhost"),
    ],
)
def test_nonsense_is_refused_with_the_variables_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load({"DATA_DIR": str(tmp_path), name: value})


@pytest.mark.parametrize(
    ("secret", "previous", "named"),
    [("", "", "AUTH_JWT_SECRET is"), ("short", "", "AUTH_JWT_SECRET is"), ("x" * 31, "", "AUTH_JWT_SECRET is"),
     ("x" * 32, "y" * 31, "AUTH_JWT_SECRET_PREVIOUS is"), ("", "y" * 32, "AUTH_JWT_SECRET is")],
)  # fmt: skip
def test_production_needs_secrets_of_some_length(tmp_path: Path, secret: str, previous: str, named: str) -> None:
    secrets = {"AUTH_JWT_SECRET": secret, "AUTH_JWT_SECRET_PREVIOUS": previous}
    with pytest.raises(ConfigError, match=named):
        load(SERVICES | {"DATA_DIR": str(tmp_path), "APP_ENV": "production"} | secrets)


@pytest.mark.parametrize("host", ["RENDER", "DYNO"])
def test_known_hosts_have_known_proxies(tmp_path: Path, host: str) -> None:
    environ = SERVICES | {"DATA_DIR": str(tmp_path), host: "here", "AUTH_JWT_SECRET": "x" * 32}
    assert load(environ).trusted_proxies == ("10.0.0.0/8",)
    assert load(environ | {"TRUSTED_PROXIES": "192.0.2.1"}).trusted_proxies == ("192.0.2.1/32",)
    assert load(environ | {host: ""}).trusted_proxies == ()


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("rediss://:p@host:6380", "rediss://:p@host:6380?ssl_cert_reqs=none"),
        ("rediss://:p@host:6380/0?x=1", "rediss://:p@host:6380/0?x=1&ssl_cert_reqs=none"),
        ("rediss://host?ssl_cert_reqs=required", "rediss://host?ssl_cert_reqs=required"),
        ("redis://host", "redis://host"),
    ],
)
def test_the_certificate_of_herokus_redis_is_nobodys(tmp_path: Path, url: str, read: str) -> None:
    environ = SERVICES | {"DATA_DIR": str(tmp_path), "AUTH_JWT_SECRET": "x" * 32, "REDIS_URL": url}
    assert load(environ | {"DYNO": "web.1"}).redis_url == read
    assert load(environ).redis_url == url


def test_a_data_dir_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="DATA_DIR"):
        load({"DATA_DIR": str(tmp_path / "file" / "below")})


def test_speech_is_embedded_without_keys(tmp_path: Path) -> None:
    speech = load({"DATA_DIR": str(tmp_path)}).speech
    assert (speech.tts, speech.stt) == (("espeak",), "pocketsphinx")


def test_a_key_alone_chooses_who_speaks_and_who_hears(tmp_path: Path) -> None:
    speech = load({"DATA_DIR": str(tmp_path), "OPENAI_API_KEY": "x", "ELEVENLABS_API_KEY": "y"}).speech
    assert [spec.split(":")[0] for spec in speech.tts] == ["elevenlabs", "openai", "espeak"]
    assert speech.stt == "openai:whisper-1"


def test_a_compatible_server_speaks_with_its_own_voices_only(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path), "OPENAI_API_KEY": "x", "OPENAI_BASE_URL": "http://localhost:1/v1"}
    speech = load(environ).speech
    assert (speech.tts, speech.stt) == (("espeak", "openai:gpt-4o-mini-tts"), "pocketsphinx")
    assert load(environ | {"STT_MODEL": "openai:whisper-1"}).speech.stt == "openai:whisper-1"


def test_vendors_models_can_be_named(tmp_path: Path) -> None:
    models = {"OPENAI_STT_MODEL": "gpt-4o-transcribe", "ELEVENLABS_TTS_MODEL": "eleven_turbo_v2"}
    keys = {"OPENAI_API_KEY": "x", "ELEVENLABS_API_KEY": "y"}
    speech = load({"DATA_DIR": str(tmp_path)} | models | keys).speech
    assert (speech.tts[0], speech.stt) == ("elevenlabs:eleven_turbo_v2", "openai:gpt-4o-transcribe")
    assert load({"DATA_DIR": str(tmp_path)} | models).speech.stt == "pocketsphinx"


def test_engines_see_nothing_secret_of_the_environment(tmp_path: Path) -> None:
    speech = load({"DATA_DIR": str(tmp_path), "PATH": "/bin", "OPENAI_API_KEY": "x", "AUTH_JWT_SECRET": "y"}).speech
    assert speech.engine_environ == {"PATH": "/bin", "OPENBLAS_NUM_THREADS": "1"}


def test_care_can_be_off_in_development_alone(tmp_path: Path) -> None:
    off = SERVICES | {"DATA_DIR": str(tmp_path), "CARE": "off"}
    assert load(off).care is False
    with pytest.raises(ConfigError, match="CARE can't be off in production"):
        load(off | {"APP_ENV": "production", "AUTH_JWT_SECRET": "s" * 40})


def test_a_bucket_needs_its_keys(tmp_path: Path) -> None:
    wanted = {"DATA_DIR": str(tmp_path), "MEDIA_URL": "s3://files/house?endpoint=https://h:9000&region=eu-central-1"}
    with pytest.raises(ConfigError, match="AWS_ACCESS_KEY_ID"):
        load(wanted)
    bucket = load(wanted | {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}).media.bucket
    assert bucket and (bucket.name, bucket.prefix, bucket.endpoint) == ("files", "house/", "h:9000")
    assert (bucket.secure, bucket.region) == (True, "eu-central-1")
