"""What files say, for a model and for care: as documents, all of them together within a budget."""

from collections.abc import Sequence

from app.attachments.models import Attachment
from app.llm.tokens import estimate
from app.retrieval.index import Document

TOKEN_BUDGET = 12_000
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


def said(files: Read) -> str:
    """All their words, first what a model would be shown: of what is long care looks at both ends."""
    words = [words for _, words in files]
    shown = _shown(words, TOKEN_BUDGET)
    rest = [one[len(part) :] for one, part in zip(words, shown, strict=True)]
    return "\n".join(part for part in (*shown, *rest) if part)


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
