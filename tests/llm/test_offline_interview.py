"""The offline coach as both sides of an interview."""

import pytest

from app.llm.interfaces import Grounding, Message, Task
from app.llm.offline.interview import first_person
from tests.llm.offline import a_request, events, text_of

BAKER = (
    "Bakes for two cafés, starts at two, and does the books on Sunday. Throws away bread because orders change. "
    "Her brother wants her to open a second shop."
)
FACTS = {"name": "Amara", "role": "Baker", "background": BAKER, "problem": "She never knows how much to bake."}
LENGTH = 15


def line(said: list[str]) -> str:
    task = Task.IMPERSONATE if len(said) % 2 else Task.INTERVIEW
    messages = [Message("user" if place % 2 == 0 else "assistant", text) for place, text in enumerate(said[::-1])]
    grounding = Grounding(task, facts=FACTS, turn=len(said), turns=LENGTH)
    return text_of(events(a_request(messages[::-1] or [Message("user", "Please begin.")], grounding)))


@pytest.fixture(scope="module")
def talk() -> list[str]:
    said: list[str] = []
    for _ in range(LENGTH):
        said.append(line(said))
    return said


@pytest.mark.parametrize(
    ("noted", "said"),
    [
        (BAKER.split(". ", maxsplit=1)[0] + ".", "I bake for two cafés, start at two, and do the books on Sunday."),
        ("Building a tool for remote teams.", "I'm building a tool for remote teams."),
        ("Frustrated with her tools.", "I'm frustrated with my tools."),
        ("Promoted in January.", "I was promoted in January."),
        ("Sarah never sleeps before she writes her list.", "I never sleep before I write my list."),
        ("His boss told him that he has to wait.", "My boss told me that I have to wait."),
        ("Marketing manager at Acme.", "Marketing manager at Acme."),
        ("I run a bakery.", "I run a bakery."),
    ],
)
def test_notes_about_a_person_become_what_the_person_says(noted: str, said: str) -> None:
    assert first_person(noted, "Sarah Chen") == [said]


def test_the_customer_speaks_of_herself_and_tells_each_fact_once(talk: list[str]) -> None:
    said = " ".join(talk[1::2])
    assert "Her brother" not in said and said.count("My brother wants me to open a second shop.") == 1


def test_who_has_told_everything_makes_nothing_up(talk: list[str]) -> None:
    told = BAKER + FACTS["problem"]
    assert all(len(answer) > 20 for answer in talk[1::2])
    assert len(set(talk)) == LENGTH
    assert not [text for text in talk[9::2] if any(fact in text for fact in told.split(". "))]


def test_the_interviewer_takes_up_what_was_said(talk: list[str]) -> None:
    for place in range(2, LENGTH - 1, 2):
        echo = talk[place].partition("“")[2].partition("”")[0]
        assert len(echo.split()) >= 3 and any(echo.rstrip("…") in answer for answer in talk[1:place:2])
    assert talk[0].endswith("?") and "?" not in talk[-1]
