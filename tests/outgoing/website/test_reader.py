"""Pages that would cost minutes or gigabytes cost a scan and nothing else."""

import gevent
import pytest

from app.outgoing.fetch import Page
from app.outgoing.website.reader import contents

TEXT = "<p>Acme builds scales for bakeries, and has done so since 1911.</p>"


def page(markup: str) -> Page:
    return Page("https://acme.test/", 200, "text/html", "utf-8", markup.encode())


BOMBS = {
    "attributes": "<html><body " + " ".join(f"a{number}=1" for number in range(150_000)) + f">{TEXT}",
    "nesting": "<div>" * 100_000 + TEXT + "</div>" * 100_000,
    "formatting": "<body><p>" + "".join(f"<font a{number}>" for number in range(3000)) + "<p>x" * 60_000,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_left_out_and_what_came_before_it_is_kept(bomb: str) -> None:
    found = contents([page(TEXT), page(BOMBS[bomb])], seconds=60, cpu_seconds=2)
    assert [content.url for content in found] == ["https://acme.test/"]


def test_time_is_up_for_what_takes_too_long() -> None:
    assert contents([page(BOMBS["attributes"])], seconds=0.1) == []


def test_others_run_while_a_page_is_read() -> None:
    beats: list[int] = []
    other = gevent.spawn(lambda: [(beats.append(turn), gevent.sleep(0.01)) for turn in range(10_000)])
    contents([page(TEXT)], seconds=60)
    other.kill()
    assert len(beats) > 5
