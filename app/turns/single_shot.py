"""Turns that are answered in one piece, by text or by data."""

from collections.abc import Callable
from typing import Any

from app.care.words import Words
from app.llm.interfaces import ErrorKind, ProviderError, Request
from app.llm.registry import Completion, Models
from app.llm.structured import OutputSchema, structured
from app.turns.pipeline import Pipeline, Stages


def complete_text(pipeline: Pipeline, words: Words, request: Callable[[], Request]) -> str:
    """The whole text of an answer. Raises ``ProviderError``, also for an answer without a word."""
    stages = Stages(words, request, lambda asked: asked, lambda models, asked, _: models.complete(asked), _has_words)
    return pipeline.run(stages).text


def complete_data(
    pipeline: Pipeline, words: Words, request: Callable[[], Request], output: OutputSchema,
    plain: Callable[[str], object] | None = None,
) -> Any:  # fmt: skip
    """A value that satisfies the schema; ``plain`` makes one of an answer that is prose. Raises ``ProviderError``."""

    def generate(models: Models, asked: Request, _: Request) -> Any:
        return structured(models, asked, output, plain=plain).value

    return pipeline.run(Stages(words, request, lambda asked: asked, generate))


def _has_words(answer: Completion) -> None:
    if not answer.text.strip():
        raise ProviderError(ErrorKind.JUNK, answer.finish.provider, answer.finish.model, detail="no text")
