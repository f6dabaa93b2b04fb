"""Trying again while the database is away: a restart must not cost an answer."""

import math
import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError, TimeoutError

T = TypeVar("T")

AWAY = (OperationalError, TimeoutError)  # it may be back soon

PAUSES = (0.2, 0.5, 1, 2, 4, 8, 8)  # seconds between attempts

log = structlog.get_logger()


def patiently(do: Callable[[], T], seconds: float = math.inf) -> T | None:
    """Tries for about half a minute, and not again after ``seconds``. None when it could not be done."""
    give_up = time.monotonic() + seconds
    for pause in (*PAUSES, math.inf):
        try:
            return do()
        except AWAY as error:
            reason = type(error).__name__
        except SQLAlchemyError as error:
            log.error("database_refused", reason=type(error).__name__, exc_info=error)
            return None
        if not pause < give_up - time.monotonic():
            break
        time.sleep(pause)
    log.error("database_away", reason=reason)
    return None
