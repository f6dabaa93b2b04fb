"""Turns that are answered in one piece, by text or by data."""

from collections.abc import Callable
from typing import Any

from app.care.output_phrases import ALL, WRITTEN, Kind
from app.care.safety import Cut
from app.care.words import Words
from app.llm.interfaces import ErrorKind, ProviderError, Request
from app.llm.registry import Completion
from app.llm.structured import OutputSchema
from app.receipts.proof import Proof
from app.turns.pipeline import Pipeline, Stages, cut_short
from app.turns.trace import NOWHERE, Answer
from app.turns.watched_models import WatchedModels


def complete_text(
    pipeline: Pipeline, words: Words, request: Callable[[], Request], watched: frozenset[Kind] = ALL,
    cut: Callable[[Cut], str] = cut_short, answer: Answer = NOWHERE, proof: Proof | None = None,
) -> str:  # fmt: skip
    """The whole text of an answer. Raises ``ProviderError``, also for an answer without a word.

    ``cut`` gives it when the model says what is ``watched`` for, or raises ``CutShort``. With ``proof`` it is what is
    left of it.
    """

    def generate(models: WatchedModels, asked: Request, _: Request) -> str:
        return _worded(models.complete(asked))

    return pipeline.run(
        Stages(
            words, request, lambda asked: asked, generate, watched=watched, cut=cut, answer=answer,
            proof=lambda _: proof,
        )
    )  # fmt: skip


def complete_data(
    pipeline: Pipeline, words: Words, request: Callable[[], Request], output: OutputSchema,
    plain: Callable[[str], object] | None = None, watched: frozenset[Kind] = WRITTEN, answer: Answer = NOWHERE,
) -> Any:  # fmt: skip
    """A value that satisfies the schema; ``plain`` makes one of an answer that is prose. Raises as above."""

    def generate(models: WatchedModels, asked: Request, _: Request) -> Any:
        return models.structured(asked, output, plain=plain).value

    return pipeline.run(Stages(words, request, lambda asked: asked, generate, watched=watched, answer=answer))


def _worded(answer: Completion) -> str:
    if not answer.text.strip():
        raise ProviderError(ErrorKind.JUNK, answer.finish.provider, answer.finish.model, detail="no text")
    return answer.text
