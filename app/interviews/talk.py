"""Two agents who talk: each has a prompt and a memory of its own, and takes the other for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from app.interviews.manuscript import cleaned
from app.interviews.models import Agent
from app.llm import prompts
from app.llm.interfaces import Caller, ErrorKind, Message, ProviderError, Request
from app.llm.registry import Models

PROMPTS = Path(__file__).parent / "prompts"
MOST_TOKENS = 2000  # reasoning counts, so this is no bound on the length of a message
BEGIN = "Please begin the interview."
PHASES = (
    "open: thank the person, ask what they do and about a recent ordinary day",
    "find the moment: ask for the last time the trouble happened, as a story",
    "dig: ask why that mattered, what it felt like, what happened next",
    "cost: ask what it costs in time, money, sleep or relations",
    "attempts: ask what they have tried and why it did not last",
    "people: ask who else is affected and who decides",
    "wish: ask what would be different if it were solved",
    "close: thank the person warmly, say in one sentence what you take with you, ask no more questions",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What both agents need to know. ``said`` are the texts so far, the interviewer's first, up to ``last_at``."""

    interview_id: str
    persona: dict[str, Any]
    problem: str
    solution: str
    length: int
    said: Sequence[str]
    last_at: datetime | None = None

    @property
    def turn(self) -> Agent:
        return Agent.CUSTOMER if len(self.said) % 2 else Agent.INTERVIEWER

    @property
    def phase(self) -> str:
        """Where the interviewer stands, spread over the whole length."""
        if len(self.said) >= self.length - 1:
            return PHASES[-1]
        return PHASES[min(len(PHASES) - 2, len(self.said) * (len(PHASES) - 1) // self.length)]


def speak(models: Models, scene: Scene) -> str:
    """The next message, without labels and stage directions. Raises ``ProviderError``."""
    answer = models.complete(request(scene))
    text = cleaned(answer.text, scene.persona["name"])
    if not text:
        raise ProviderError(ErrorKind.JUNK, answer.finish.provider, answer.finish.model, detail="empty message")
    return text


def request(scene: Scene) -> Request:
    agent = scene.turn
    system = prompts.render(
        PROMPTS, f"{agent}.j2", persona=scene.persona, problem=scene.problem, solution=scene.solution,
        phase=scene.phase, left=scene.length - len(scene.said),
    )  # fmt: skip
    return Request(
        Caller(f"interviews.{agent}", "", scene.interview_id),
        tuple(_heard(scene.said, agent)),
        system,
        temperature=0.8,
        max_tokens=MOST_TOKENS,
    )


def _heard(said: Sequence[str], agent: Agent) -> list[Message]:
    """The talk as the agent lived it: its own words are the assistant's."""
    first = [Message("user", BEGIN)] if agent is Agent.INTERVIEWER else []
    own = 0 if agent is Agent.INTERVIEWER else 1
    return first + [Message("assistant" if place % 2 == own else "user", text) for place, text in enumerate(said)]
