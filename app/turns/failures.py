"""What clients are told of a turn that failed, live and when it is read again."""

from dataclasses import dataclass

from app.core.errors import AppError, BudgetExceeded
from app.llm.interfaces import PUBLIC, ProviderError
from app.streams.run import Interrupted

UNAVAILABLE = ProviderError.text
CODE = "AI_SERVICE_ERROR"


@dataclass(frozen=True, slots=True)
class Failure:
    text: str
    code: str = CODE
    status: int = 500
    retryable: bool = True


OVER_BUDGET = Failure(BudgetExceeded.text, BudgetExceeded.code, BudgetExceeded.status)
LATER = 60  # seconds after which an answer that others were refused may be asked for again
# a failure is stored as its text: the rest is known by it
FAILURES = {text: Failure(text, code, status, retryable=False) for code, status, text in PUBLIC.values()} | {
    OVER_BUDGET.text: OVER_BUDGET
}


class TurnFailed(AppError):
    """The chat contract's answer to a failed model call."""

    def __init__(self, text: str | None, **data: object) -> None:
        failure = failure_of(text)
        super().__init__(failure.text, code=failure.code, **data)
        self.status = failure.status
        self.retry_after = LATER if failure is OVER_BUDGET else None


def failure_of(text: str | None) -> Failure:
    """By the text that is stored of it; none was stored when the model could not be had."""
    return FAILURES.get(text or "") or Failure(text or UNAVAILABLE)


def failure_text(error: AppError | None) -> str:
    """What a person reads of a failure: that it was interrupted, was refused, or that the model can't be had."""
    is_public = isinstance(error, Interrupted | BudgetExceeded) or (
        isinstance(error, ProviderError) and error.kind in PUBLIC
    )
    return error.text if error and is_public else UNAVAILABLE
