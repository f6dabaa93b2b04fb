"""Environment variables as typed values. One that makes no sense is named in a sentence fit for a terminal."""

import ipaddress
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")
_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
ORIGIN = re.compile(rf"[a-z][a-z0-9+.-]*://(\*\.{_LABEL}\.)?(({_LABEL}\.)*{_LABEL}|\[[0-9a-f:]+\])(:\d{{1,5}})?", re.I)

SIZE = re.compile(r"([0-9]{1,15})\s*(|[KMG]iB)", re.I)
UNITS = {"": 1, "kib": 1024, "mib": 1024**2, "gib": 1024**3}


class ConfigError(ValueError):
    """A variable has a value that we can't work with."""


def make_folder(name: str) -> None:
    """Makes the folder that a variable names, for a library that reads the variable itself."""
    if os.environ.get(name):
        Path(os.environ[name]).mkdir(parents=True, exist_ok=True)


@contextmanager
def set_by(name: str) -> Iterator[None]:
    """A ``ValueError`` inside is told of the variable."""
    try:
        yield
    except ValueError as error:
        raise ConfigError(f"{name}: {error}") from None


class Reader:
    """Typed look-ups that name the variable when its value makes no sense."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def text(self, name: str, default: str = "") -> str:
        return self._environ.get(name, "").strip() or default

    def items(self, name: str) -> tuple[str, ...]:
        return tuple(item.strip() for item in self.text(name).split(",") if item.strip())

    def origins(self, name: str) -> tuple[str, ...]:
        """``https://app.example.com``; ``*`` may stand for the first label of a name that has two more."""
        for entry in self.items(name):
            if not ORIGIN.fullmatch(entry):
                raise ConfigError(f"{name} must list origins such as https://app.example.com, not {entry!r}.")
        return self.items(name)

    def networks(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        try:
            return tuple(str(ipaddress.ip_network(item)) for item in self.items(name)) or default
        except ValueError as error:
            raise ConfigError(f"{name} must list addresses or networks: {error}.") from None

    def address(self, name: str, default: str) -> str:
        try:
            return str(ipaddress.ip_address(self.text(name, default)))
        except ValueError as error:
            raise ConfigError(f"{name} must be an address: {error}.") from None

    def endpoints(self, name: str) -> tuple[str, ...]:
        """``host:port`` entries, lower-cased; the port is never left out."""
        entries = tuple(item.lower() for item in self.items(name))
        for entry in entries:
            host, _, port = entry.rpartition(":")
            if not host or "/" in entry or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
                raise ConfigError(f"{name} must list host:port entries, not {entry!r}.")
        return entries

    def number(self, name: str, default: int, *, least: int, most: int) -> int:
        return self._bounded(name, default, int, least, most, "a whole number")

    def size(self, name: str, default: str) -> int:
        """Bytes: ``268435456``, or ``256 MiB``."""
        found = SIZE.fullmatch(self.text(name, default))
        size = int(found[1]) * UNITS[found[2].lower()] if found else 0
        if not size:
            raise ConfigError(f"{name} must look like '256 MiB' or be a number of bytes, not {self.text(name)!r}.")
        return size

    def seconds(self, name: str, default: float) -> float:
        return self._bounded(name, default, float, 0.05, 3600, "a number of seconds")

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default).upper()
        if value not in allowed:
            raise ConfigError(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
        return value

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name)
        if value and urlsplit(value).scheme not in schemes:
            raise ConfigError(f"{name} must start with {' or '.join(s + '://' for s in schemes)}.")
        return value

    def span(self, name: str, default: str) -> tuple[float, float]:
        """``1-3`` or ``2``, in seconds."""
        least, _, most = self.text(name, default).partition("-")
        try:
            found = float(least), float(most or least)
        except ValueError:
            raise ConfigError(f"{name} must look like '1-3' or be a number of seconds.") from None
        if not 0 <= found[0] <= found[1] <= 600:
            raise ConfigError(f"{name} must be from 0 to 600 seconds, the smaller one first.")
        return found

    def file(self, name: str) -> Path | None:
        value = self.text(name)
        if value and not Path(value).is_file():
            raise ConfigError(f"{name} names no file: {value}.")
        return Path(value) if value else None

    def is_hosted(self) -> bool:
        """Whether this is Render or Heroku."""
        return bool(self.text("RENDER") or self.text("DYNO"))

    def production(self) -> bool:
        """Set by APP_ENV, or by the host."""
        hosted = "production" if self.is_hosted() else "development"
        return self.choice("APP_ENV", hosted, ("PRODUCTION", "DEVELOPMENT", "TEST")) == "PRODUCTION"

    def _bounded(self, name: str, default: T, kind: Callable[[str], T], least: float, most: float, what: str) -> T:
        value = self.text(name)
        if not value:
            return default
        try:
            number = kind(value)
        except ValueError:
            raise ConfigError(f"{name} must be {what}, not {value!r}.") from None
        if not least <= float(number) <= most:  # type: ignore[arg-type]
            raise ConfigError(f"{name} must be between {least} and {most}, not {value}.")
        return number
