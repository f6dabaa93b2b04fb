"""The sockets are where docs/front-ends.md says, and take what it says."""

import re

import pytest
import websocket

from app.db.session import db as database
from app.realtime import demo
from tests.deployment.test_front_ends import PAGE, THERE
from tests.gunicorn import Web
from tests.realtime.conftest import key_of


@pytest.mark.parametrize("place", sorted(set(re.findall(r"WEBSOCKET_URL=coach\.example\.com(/\w+)", PAGE))))
def test_the_event_socket_takes_a_token_as_the_page_says(here: Web, token: str, place: str) -> None:
    url = here.url.replace("http", "ws", 1) + place
    first = f'{{"action": "auth", "token": "{token}"}}'
    for address, said, heard in (
        (url, first, '"auth.success"'),
        (f"{url}?access_token={token}", '{"action": "ping"}', '"pong"'),
    ):
        opened = websocket.create_connection(address, timeout=30)
        opened.send(said)
        assert heard in opened.recv()
        opened.close()


def test_the_realtime_socket_is_where_the_page_says(here: Web) -> None:
    key = key_of("acme", origins=(THERE,))
    with database.begin() as session:
        bot = demo.seed(session, "acme")
    place = re.search(r"wss://coach\.example\.com(/ws/chat/)\?", PAGE)
    assert place
    asked = f"bot_id={bot}&thread_id={demo.THREAD}&website_language=en&api_key={key}"
    opened = websocket.create_connection(
        f"{here.url.replace('http', 'ws', 1)}{place[1]}?{asked}", timeout=30, origin=THERE
    )
    assert '"connected"' in opened.recv()
    opened.close()
