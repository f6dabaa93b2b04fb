"""A feed: a durable log with positions that grow, and a channel that is signalled when it has grown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sqlalchemy.orm import Session

from app.core.ids import joined
from app.streams.signals import signals

LARGEST_POSITION = 2**63 - 1

Key = tuple[str, ...]


class Range(NamedTuple):
    """The entries of one feed after a position, up to and with another."""

    key: Key
    after: int
    through: int = LARGEST_POSITION


@dataclass(frozen=True, slots=True)
class Entry:
    """``data`` is JSON as clients get it. Nothing comes after an entry with a close code, which is for sockets."""

    position: int
    type: str
    data: bytes
    close_code: int = 0

    @property
    def final(self) -> bool:
        return self.close_code != 0


class FeedSource(Protocol):
    @property
    def channel(self) -> str:
        """The first part of the channels' names."""

    def read(self, session: Session, ranges: Sequence[Range], limit: int) -> list[list[Entry]]:
        """The first entries of each range, in order; all asked for by one query."""


class Feed(NamedTuple):
    """``beside`` are channels of other feeds whose entries are in this one too."""

    source: FeedSource
    key: Key
    beside: tuple[str, ...] = ()

    @property
    def channel(self) -> str:
        return f"{self.source.channel}:{joined(*self.key)}"

    @property
    def channels(self) -> tuple[str, ...]:
        return self.channel, *self.beside

    def signal(self) -> None:
        """Something was appended and committed: wakes its readers in every process."""
        signals.publish(self.channel)
