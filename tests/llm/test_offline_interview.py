"""The offline coach as both sides of an interview."""

import pytest
from app.llm.offline.first_person import told

from app.llm.interfaces import Caller, Message, Request
from app.llm.offline.interview import speech

BAKER = (
    "Bakes for two cafés, starts at two, and does the books on Sunday. Throws away bread because orders change. "
    "Her brother wants her to open a second shop."
)


def line(agent: str, said: list[str], phase: str = "dig") -> str:
    own = 0 if agent == "interviewer" else 1
    first = [Message("user", "Please begin.")] if agent == "interviewer" else []
    heard = [Message("assistant" if place % 2 == own else "user", text) for place, text in enumerate(said)]
    system = f'<data name="name">Amara</data><data name="role">Baker</data><data name="background">{BAKER}</data>'
    asked = Request(Caller(f"interviews.{agent}", "", ""), (*first, *heard), f"Now: {phase}. {system}")
    return speech(asked) or ""


def talk(length: int) -> list[str]:
    said: list[str] = []
    for place in range(length):
        phase = "close" if place == length - 1 else "dig"
        said.append(line("customer" if place % 2 else "interviewer", said, phase))
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
    assert told([noted], "Sarah Chen") == [said]


def test_the_customer_speaks_of_herself_and_tells_each_fact_once() -> None:
    said = " ".join(talk(15)[1::2])
    assert "Her brother" not in said and said.count("My brother wants me to open a second shop.") == 1


def test_the_interviewer_takes_up_what_was_said() -> None:
    said = talk(15)
    for place in range(2, 14, 2):
        echo = said[place].partition("“")[2].partition("”")[0]
        assert len(echo.split()) >= 3 and echo in said[place - 1]
    assert said[0].endswith("?") and "?" not in said[-1]
