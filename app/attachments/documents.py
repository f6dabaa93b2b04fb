"""What files say, for a model and for care: as documents, all of them together within a budget."""

from collections.abc import Sequence

from app.attachments.models import Attachment
from app.care.assessment import crisis_stretch
from app.llm.tokens import estimate
from app.retrieval.index import Document

TOKEN_BUDGET = 12_000
LONG = 4_000  # characters
KIND = "attachment"
NOT_SHOWN = "(What is in this file can't be shown to you.)"
REST = "\n… (the rest of the file is left out)"

Read = Sequence[tuple[Attachment, str]]


def documents(files: Read, budget: int = TOKEN_BUDGET) -> list[Document]:
    """Each as far as there is room for it; what a short one leaves is for those behind it."""
    shown = _shown([words for _, words in files], budget)
    return [
        Document(KIND, row.id, row.name, _text(words, part), row.created_at, {"type": row.content_type})
        for (row, words), part in zip(files, shown, strict=True)
    ]


def heard(files: Read) -> str:
    """Their words as care is to hear them, what a model would be shown before the rest.

    A short text is the person's own. Among the thousands of sentences of a long one some always sound like a concern,
    whoever wrote it: of that a crisis alone is heard, in both ends where it is longer than care looks.
    """
    words = [words for _, words in files]
    parts = zip(words, _shown(words, TOKEN_BUDGET), strict=True)
    ordered = [(one, part, one[len(part) :]) for one, part in parts]
    own = [one for one in words if len(one) <= LONG]
    long = [piece for one, *pieces in ordered if len(one) > LONG for piece in pieces]
    return "\n".join(filter(None, (*own, *map(crisis_stretch, long))))


def _shown(texts: Sequence[str], budget: int) -> list[str]:
    shown: list[str] = []
    for place, text in enumerate(texts):
        part = _beginning(text, budget // (len(texts) - place))
        budget -= estimate(part)
        shown.append(part)
    return shown


def _beginning(text: str, tokens: int) -> str:
    cost = estimate(text)
    return text if cost <= tokens else text[: len(text) * tokens // cost]


def _text(words: str, part: str) -> str:
    if not words:
        return NOT_SHOWN
    return part if part == words else part + REST
