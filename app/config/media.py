"""Where people's files lie, and how much of them there may be."""

import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, urlsplit

from app.config.environment import ConfigError, Reader

DATABASE = "database"
BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
FORM = "MEDIA_URL must be `database`, or look like s3://bucket?endpoint=https://host."


@dataclass(frozen=True, slots=True)
class Bucket:
    """``endpoint`` is host and port; ``prefix`` stands before the name of each object."""

    name: str
    prefix: str
    endpoint: str
    secure: bool
    region: str
    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Media:
    """``quota`` is a person's, ``largest`` a file's, both in bytes. Without a bucket they lie in the database."""

    bucket: Bucket | None
    quota: int
    largest: int


def read_media(read: Reader) -> Media:
    return Media(
        bucket=_bucket(read),
        quota=read.size("MEDIA_QUOTA", "500 MiB"),
        largest=read.size("MEDIA_MAX", "25 MiB"),
    )


def _bucket(read: Reader) -> Bucket | None:
    url = read.text("MEDIA_URL", DATABASE)
    if url.lower() == DATABASE:
        return None
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    region = asked.get("region", "us-east-1")
    endpoint = urlsplit(asked.get("endpoint", f"https://s3.{region}.amazonaws.com"))
    if parts.scheme != "s3" or not BUCKET.fullmatch(parts.netloc) or not _is_endpoint(endpoint):
        raise ConfigError(FORM)
    prefix = parts.path.strip("/")
    return Bucket(
        parts.netloc, f"{prefix}/" if prefix else "", endpoint.netloc, endpoint.scheme == "https", region,
        _needed(read, "AWS_ACCESS_KEY_ID"), _needed(read, "AWS_SECRET_ACCESS_KEY"), read.text("AWS_SESSION_TOKEN"),
    )  # fmt: skip


def _is_endpoint(endpoint: SplitResult) -> bool:
    return endpoint.scheme in {"http", "https"} and bool(endpoint.netloc) and endpoint.path in {"", "/"}


def _needed(read: Reader, name: str) -> str:
    value = read.text(name)
    if not value:
        raise ConfigError(f"{name} has to be set too when MEDIA_URL names a bucket.")
    return value
