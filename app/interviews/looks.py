"""Whether anybody still looks at an interview: a status that is asked for, a feed that is read, a page."""

import time
from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import func, update

from app.db.session import db
from app.interviews.models import Interview, Status

NOTED_EVERY = 30.0  # seconds


class Looks:
    """Of this process. What nobody has looked at for ``patience`` is abandoned; without it, nothing is noted."""

    def __init__(self) -> None:
        self.patience = timedelta()
        self._noted: set[str] = set()
        self._since = 0.0

    def note(self, interview_ids: Iterable[str]) -> None:
        """Somebody looks. The database hears of it by one statement, and of each interview now and then."""
        if not self.patience:
            return
        if time.monotonic() - self._since > NOTED_EVERY:
            self._noted, self._since = set(), time.monotonic()
        fresh = set(interview_ids) - self._noted
        if fresh:
            self._noted |= fresh
            _write(fresh)

    def is_over(self, interview_id: str, text: str) -> bool:
        """Whether an interview ends here because nobody has looked for so long; ``text`` says so then."""
        if not self.patience:
            return False
        last = func.coalesce(Interview.seen_at, Interview.created_at)
        alone = Interview.id == interview_id, Interview.status == Status.IN_PROGRESS
        left = last < func.clock_timestamp() - self.patience
        ended = update(Interview).where(*alone, left).values(status=Status.ABANDONED, error=text)
        with db.single() as connection:
            return connection.execute(ended).rowcount > 0


def _write(interview_ids: Iterable[str]) -> None:
    seen = update(Interview).where(Interview.id.in_(interview_ids), Interview.status == Status.IN_PROGRESS)
    with db.single() as connection:
        connection.execute(seen.values(seen_at=func.clock_timestamp()))


looks = Looks()  # of this process; told its patience by the composition
