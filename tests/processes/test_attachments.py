"""A file whose upload dies with its process is not there, and can be sent again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import gevent
from sqlalchemy import text
from urllib3.exceptions import HTTPError

from app.db.session import db as database
from tests.attachments import conftest as files
from tests.conftest import Caller
from tests.gunicorn import Web
from tests.waiting import somebody_waits_for, until

TABLES = ("attachments", "blobs", "blob_pieces", "blob_removals")


def rows() -> list[int]:
    with database.read() as session:
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in TABLES]


@contextmanager
def held() -> Iterator[None]:
    """Bytes can be written, and nobody can say whose they are."""
    with database.engine.connect() as connection:
        connection.execute(text("LOCK TABLE attachments IN EXCLUSIVE MODE"))
        yield
        connection.rollback()


def send(web: Web, caller: Caller) -> bool:
    """Whether there was an answer."""
    form = {"file": ("a.txt", b"My plan")}
    own = {"Authorization": f"Bearer {caller.token}"}
    try:
        web.http.request("POST", web.url + files.FILES, fields=form, headers=own, retries=False)
    except HTTPError:
        return False
    return True


def test_a_process_that_is_killed_while_it_stores_a_file_leaves_none(
    owner: Caller, start_web: Callable[..., Web]
) -> None:
    web = start_web()
    with held():
        sending = gevent.spawn(send, web, owner)
        until(lambda: somebody_waits_for("relation"))
        web.kill()
        assert not sending.get()
    until(lambda: not somebody_waits_for("relation"))
    assert rows() == [0, 0, 0, 0]
    files.sent(owner, "My plan", "a.txt")
    assert rows() == [1, 1, 1, 0]
