"""Waiting for a condition, in place of sleeping for a time that is hoped to be long enough."""

from collections.abc import Callable

import gevent


def until(is_true: Callable[[], object], seconds: float = 60.0) -> None:
    """Returns when the condition holds. Raises ``gevent.Timeout`` when it does not in time."""
    with gevent.Timeout(seconds):
        while not is_true():
            gevent.sleep(0.01)
