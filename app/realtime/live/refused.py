"""A handshake that is refused. The socket is open by then, since browsers see no other code."""

from app.realtime.live.events import Refusal


class Refused(Exception):
    """A handshake ends with this code."""

    def __init__(self, code: Refusal, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)
