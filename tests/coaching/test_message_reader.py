"""The message of a JSON answer is read while it is being written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.coaching.message_reader import MessageReader


def heard(raw: str, size: int = 1) -> str:
    told: list[str] = []
    reader = MessageReader(told.append)
    for at in range(0, len(raw), size):
        reader.feed(raw[at : at + size])
    return "".join(told)


@given(st.text(st.characters(exclude_categories=["Cs"])), st.booleans(), st.integers(1, 9))
def test_the_message_is_heard_however_it_is_cut(message: str, ascii_only: bool, size: int) -> None:
    raw = json.dumps({"message": message, "is_final": False}, ensure_ascii=ascii_only)
    assert heard(raw, size) == message


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("  Just prose, with {braces}", "Just prose, with {braces}"),
        ('```json\n{"message": "fenced"}\n```', "fenced"),
        (r'{"message": "half \ud83d of a pair"}', "half ? of a pair"),
        ('{"is_final": false, "message": "not first"}', ""),
    ],
)
def test_other_beginnings(raw: str, message: str) -> None:
    assert heard(raw) == message


def test_each_character_is_looked_at_once() -> None:
    """What is told is not kept, so that the end of a long message costs what its beginning does."""
    reader = MessageReader(lambda _: None)
    reader.feed('{"message": "')
    for _ in range(20_000):
        reader.feed("a word ")
    assert reader._rest == ""
