"""What a model was told in confidence, to know it again in what the model says."""

import re
from collections.abc import Iterator
from functools import cached_property

from app.core.json import texts_in
from app.llm.interfaces import Request

LEAST = 60  # characters that are no accident
WORD = re.compile(r"\w+")
MATERIAL = re.compile(
    r"<(context|summary|data|example)\b.*?</\1>", re.DOTALL
)  # of the person, who may be quoted; and what an answer should be like


class OwnText:
    """The system text of a request. It is read when the first sentence that is long enough has been said."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def is_in(self, sentence: str) -> bool:
        """Whether a sentence repeats a long piece of it, which is nothing that the person or their data say."""
        return any(self._has(piece) and piece not in self._data for piece in _pieces(sentence))

    def _has(self, piece: str) -> bool:
        """Most pieces have a word that is not in the text at all; the last one may be cut short."""
        return self._words.issuperset(piece.split()[:-1]) and f" {piece}" in self._text

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._text.split())

    @cached_property
    def _text(self) -> str:
        return f" {_even(MATERIAL.sub(' ', self._request.system))}"

    @cached_property
    def _data(self) -> str:
        """All that went to the model beside it."""
        return _even("\n".join(self._told()))

    def _told(self) -> Iterator[str]:
        yield from (message.content for message in self._request.messages)
        grounding = self._request.grounding
        if grounding is not None:
            yield from (f"{document.title}\n{document.text}" for document in grounding.documents)
            yield from texts_in(dict(grounding.facts))
            yield from grounding.said or ()


def _pieces(text: str) -> Iterator[str]:
    """One from the beginning of each word."""
    even = _even(text)
    for word in WORD.finditer(even):
        if word.start() + LEAST > len(even):
            return
        yield even[word.start() : word.start() + LEAST]


def _even(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))
