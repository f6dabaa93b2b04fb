"""Passwords: what is taken for one, kept as Argon2id. Checking costs the same whether or not there is an account."""

import functools
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import gevent
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from gevent.lock import BoundedSemaphore

from app.core.errors import BadRequest

HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)  # 19 MiB, as OWASP advises at least
SHORTEST, LONGEST = 8, 200
T = TypeVar("T")

_at_once = BoundedSemaphore(4)  # in this process: each takes a thread and its memory


class WeakPassword(BadRequest):
    code, text = "WEAK_PASSWORD", "This password is one of those that are tried first: choose another"


def check_strength(password: str, email: str) -> None:
    """Raises ``WeakPassword``."""
    plain = _normal(password).lower()
    if plain in _common() or plain in {email, email.partition("@")[0]} or len(set(plain)) < 3:
        raise WeakPassword


def hashed(password: str) -> str:
    return _apart(lambda: HASHER.hash(_normal(password)))


def matches(stored: str | None, password: str) -> bool:
    """Where nothing is stored, something is compared all the same."""
    return _apart(lambda: _fits(stored or _nobodys(), _normal(password))) and stored is not None


def _fits(stored: str, password: str) -> bool:
    """What is raised in a thread is printed, so nothing is."""
    try:
        return HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@functools.cache
def _nobodys() -> str:
    return HASHER.hash("of nobody")


@functools.cache
def _common() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())


def _normal(password: str) -> str:
    """However a keyboard composed it."""
    return unicodedata.normalize("NFKC", password)


def _apart(work: Callable[[], T]) -> T:
    """In a thread: a hash would keep everybody waiting."""
    with _at_once:
        made: T = gevent.get_hub().threadpool.apply(work)
        return made
