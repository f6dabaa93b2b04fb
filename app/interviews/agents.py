"""Two agents who talk: each has a prompt and a memory of its own, and takes the other for a person."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import cycle
from pathlib import Path

from app.care.output_phrases import HARMFUL
from app.care.words import Words
from app.core import dates
from app.interviews.cleanup import clean_message
from app.interviews.models import Agent
from app.interviews.personas import Persona
from app.llm import prompts
from app.llm.interfaces import Caller, ErrorKind, Grounding, Message, ProviderError, Request, Task
from app.turns.pipeline import Pipeline
from app.turns.single_shot import complete_text
from app.turns.trace import Answer

PROMPTS = Path(__file__).parent / "prompts"
MAX_TOKENS = 2000  # reasoning counts, so this is no bound on the length of a message
ZONE = "UTC"  # of people who are made up
BEGIN = "Please begin the interview."
PHASES = (PROMPTS / "phases.txt").read_text().splitlines()  # of an interview, in order


@dataclass(frozen=True, slots=True)
class Transcript:
    """What both agents need to know. ``texts`` are the messages so far, the interviewer's first, up to ``last_at``."""

    interview_id: str
    persona: Persona
    problem: str
    solution: str
    length: int
    texts: Sequence[str]
    last_at: datetime | None = None

    @property
    def messages(self) -> list[tuple[Agent, str]]:
        return list(zip(cycle((Agent.INTERVIEWER, Agent.CUSTOMER)), self.texts, strict=False))

    @property
    def next_agent(self) -> Agent:
        return Agent.CUSTOMER if len(self.texts) % 2 else Agent.INTERVIEWER

    @property
    def phase(self) -> str:
        """Where the interviewer stands, spread over the whole length."""
        if len(self.texts) >= self.length - 1:
            return PHASES[-1]
        return PHASES[min(len(PHASES) - 2, len(self.texts) * (len(PHASES) - 1) // self.length)]


def next_message(pipeline: Pipeline, transcript: Transcript, message_id: str) -> str:
    """Without labels and stage directions. Raises ``ProviderError`` or ``Withheld``."""  # they play people
    request = _request(transcript)
    place = Answer(message_id, transcript.interview_id)
    answer = complete_text(pipeline, Words.nobodys(request.caller), lambda: request, HARMFUL, answer=place)
    text = clean_message(answer, transcript.persona.name)
    if not text:
        raise ProviderError(ErrorKind.JUNK, detail="empty message")
    return text


def _request(transcript: Transcript) -> Request:
    agent = transcript.next_agent
    system = prompts.render(
        PROMPTS, f"{agent}.j2", persona=transcript.persona, problem=transcript.problem, solution=transcript.solution,
        phase=transcript.phase, left=transcript.length - len(transcript.texts), today=dates.now_text(ZONE),
    )  # fmt: skip
    caller = Caller(f"interviews.{agent}", "", transcript.interview_id)
    grounding = Grounding(
        Task.INTERVIEW if agent is Agent.INTERVIEWER else Task.IMPERSONATE,
        facts={**asdict(transcript.persona), "problem": transcript.problem},
        turn=len(transcript.texts), turns=transcript.length,
    )  # fmt: skip
    messages = tuple(_memory(transcript, agent))
    return Request(caller, messages, system, temperature=0.8, max_tokens=MAX_TOKENS, grounding=grounding)


def _memory(transcript: Transcript, agent: Agent) -> list[Message]:
    """The interview as the agent lived it: its own words are the assistant's."""
    first = [Message("user", BEGIN)] if agent is Agent.INTERVIEWER else []
    return first + [Message("assistant" if said_by is agent else "user", text) for said_by, text in transcript.messages]
