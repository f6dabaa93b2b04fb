"""What can be wrong with a request for an interview."""

from app.core.errors import AppError


class InterviewError(AppError):
    """``code`` is the contract's title of an error."""


class InvalidPersona(InterviewError):
    code, status = "Invalid persona data", 400


class NotFound(InterviewError):
    code, status = "Interview not found", 404

    def __init__(self, interview_id: str) -> None:
        super().__init__(f"No interview found with ID: {interview_id[:100]}")


class NotCompleted(InterviewError):
    code, status = "Interview not completed", 400
    text = "Insights are only available after the interview is completed"


class NotFailed(InterviewError):
    code, status, text = "Interview not failed", 400, "Only a failed interview can be tried again"


class NoInsights(InterviewError):
    code, status, text = "Insights not available", 503, "The insights are still being made; please try again"
    retry_after = 5
