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


class NotInProgress(InterviewError):
    code, status, text = "Interview not in progress", 400, "Only an interview that is in progress can be stopped"


class WrongToken(InterviewError):
    code, status, text = "Wrong stop token", 403, "This is not the token that the start of the interview answered with"


class TooMany(InterviewError):
    code, status, text = "Too many interviews", 429, "Too many interviews are in progress; please try again later"
    retry_after = 30


class NoInsights(InterviewError):
    code, status, text = "Insights not available", 503, "The insights are still being made; please try again"
    retry_after = 5
