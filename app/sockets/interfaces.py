"""What a socket says and how it ends. Whoever talks over one needs this file and ``serving`` only."""

from enum import IntEnum


class Code(IntEnum):
    """Why a socket ended (RFC 6455, 7.4). Contracts add their own from 4000 on."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    NONE_GIVEN = 1005  # never on the wire
    LOST = 1006  # never on the wire: the connection broke, or was cut
    NOT_TEXT = 1007
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    RESTARTING = 1012


class Closed(Exception):
    """The socket is over: by the peer's code, by ours, or by ``Code.LOST``."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(code)
