"""The one exception tree. Each contract renders it in a body of its own (see ``app/web/errors.py``)."""

from typing import Any


class AppError(Exception):
    """A failure that a client may be told about.

    ``code`` is the machine's word for it, ``status`` the HTTP status, ``text`` what a person reads; ``data`` are
    declared extra fields of the body. Whatever else is known stays in the log.
    """

    code = "INTERNAL_ERROR"
    status = 500
    text = "Internal server error"

    def __init__(self, text: str | None = None, *, code: str | None = None, **data: Any) -> None:
        self.text = text or type(self).text
        self.code = code or type(self).code
        self.data = data
        super().__init__(self.text)


class BadRequest(AppError):
    code, status, text = "VALIDATION_ERROR", 400, "The request is not valid"


class Unauthorized(AppError):
    code, status, text = "UNAUTHORIZED", 401, "Invalid token"


class Forbidden(AppError):
    code, status, text = "FORBIDDEN", 403, "This is not allowed for your role"


class NotFound(AppError):
    code, status, text = "NOT_FOUND", 404, "Not found"


class RequestTimeout(AppError):
    code, status, text = "REQUEST_TIMEOUT", 408, "The request took too long to arrive"


class Conflict(AppError):
    code, status, text = "CONFLICT", 409, "The request conflicts with the current state"


class Unprocessable(AppError):
    code, status, text = "UNPROCESSABLE", 422, "The request can't be processed"


class RetryLater(AppError):
    """``retry_after`` is in whole seconds, at least 1."""

    def __init__(self, text: str | None = None, *, retry_after: int = 5, **data: Any) -> None:
        super().__init__(text, **data)
        self.retry_after = max(1, retry_after)


class RateLimited(RetryLater):
    code, status, text = "RATE_LIMIT_EXCEEDED", 429, "Rate limit exceeded"


class BudgetExceeded(RateLimited):
    code, text = "BUDGET_EXCEEDED", "The budget for AI answers is used up for now"


class Unavailable(RetryLater):
    """A part that we need is away for now."""

    code, status, text = "SERVICE_UNAVAILABLE", 503, "The service is temporarily unavailable"
