"""The people of the benchmark: each with goals and a journal to be retrieved from, and a token."""

from datetime import timedelta

from app.auth.tokens import Tokens
from app.config.settings import Settings
from app.core.clock import now
from app.core.ids import new_id
from app.db.session import Database
from app.retrieval.index import Document, put

TENANT = "bench"
GOALS = ["Run a 5K", "Read twelve books", "Sleep eight hours", "Launch the portfolio site"]
ENTRIES = 20
TEXT = (
    "Went out before work. The first kilometre was hard, then it got easier; the knee held. "
    "Thought about the site on the way back and wrote the outline down. Slept badly again, so tea instead of coffee."
)


def tokens(settings: Settings, count: int, lasting: int = 7200) -> list[str]:
    """Good for so many seconds."""
    minting = Tokens(settings.auth)
    return [minting.mint(f"runner-{n}", TENANT, "member", lasting) for n in range(count)]


def seed(db: Database, count: int) -> None:
    """Goals and journal entries of ``count`` people, straight into the index."""
    for n in range(count):
        with db.begin() as session:
            for document in documents():
                put(session, TENANT, f"runner-{n}", document)


def documents() -> list[Document]:
    facts = {"status": "in_progress", "progress": "40", "target": "2030-01-01", "next": "Run 3K without a break"}
    goals = [Document("goal", new_id("goal"), title, TEXT, now(), facts) for title in GOALS]
    days = [now() - timedelta(days=day) for day in range(ENTRIES)]
    return goals + [Document("journal", new_id("journal"), f"Day {n}", TEXT, day) for n, day in enumerate(days)]
