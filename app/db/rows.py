"""Work on many rows, one of which may be broken: it is set aside, and the others go on."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import structlog
from sqlalchemy.exc import DBAPIError

from app.db.patience import AWAY

R = TypeVar("R")

log = structlog.get_logger()


def each(
    work: str, rows: Iterable[R], do: Callable[[R], object], set_aside: Callable[[R], object] | None = None
) -> None:
    """Does ``do`` for every row. What breaks is logged, and ``set_aside`` sees that it does not come again.

    Raises what may pass, like a database that is away: it is no row's fault.
    """
    for row in rows:
        if not _is_done(work, row, do) and set_aside is not None:
            _is_done(f"{work}.set_aside", row, set_aside)


def _is_done(work: str, row: R, do: Callable[[R], object]) -> bool:
    try:
        do(row)
    except Exception as error:
        if _may_pass(error):
            raise
        log.error("row_set_aside", work=work, row=str(row)[:100], reason=type(error).__name__, exc_info=error)
        return False
    return True


def _may_pass(error: Exception) -> bool:
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_lost or isinstance(error, AWAY) or bool(getattr(error, "retryable", False))
