"""How a coaching session can refuse, in the codes and texts of the contract."""

from app.core.errors import AppError


class CoachingError(AppError):
    """``detail`` holds the code and the text together."""


class SessionNotFound(CoachingError):
    code, status = "SESSION_NOT_FOUND", 422

    def __init__(self, session_id: str) -> None:
        super().__init__(f"Session not found: {session_id[:100]}")


class SessionAccessDenied(CoachingError):
    code, status, text = "SESSION_ACCESS_DENIED", 403, "You do not have access to this session"


class SessionNotActive(CoachingError):
    code, status, text = "SESSION_NOT_ACTIVE", 400, "Session is not active"


class SessionBusy(CoachingError):
    code, status, text = "SESSION_BUSY", 409, "Another message of this session is being answered"


class SessionConflict(CoachingError):
    code, status, text = "SESSION_CONFLICT", 409, "Another user has an active session for this topic"


class SessionExpired(CoachingError):
    code, status, text = "SESSION_EXPIRED", 410, "Session has expired; start a new one"


class SessionIdle(CoachingError):
    code, status, text = "SESSION_IDLE_TIMEOUT", 410, "Session was idle for too long; start resumes it"


class MaxTurnsReached(CoachingError):
    code, status = "MAX_TURNS_REACHED", 422

    def __init__(self, most: int) -> None:
        super().__init__(f"Maximum of {most} conversation turns reached; complete the session")


class InvalidTopic(CoachingError):
    code, status = "INVALID_TOPIC", 422

    def __init__(self, topic_id: str) -> None:
        super().__init__(f"Topic not found or invalid: {topic_id[:100]}")


class ExtractionFailed(CoachingError):
    code, status = "EXTRACTION_FAILED", 500
    text = "The results of this session could not be extracted; please try again"
