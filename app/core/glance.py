"""Whether a socket has something to read, asked of the system: gevent's poll lets every other greenlet run first."""

import select

from gevent import monkey

_poll = monkey.get_original("select", "poll")


def has_bytes(descriptor: int) -> bool:
    """True too where the other side has gone."""
    poll = _poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
