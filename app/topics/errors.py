"""How a run can fail, in the words of the contract."""

from app.core.errors import AppError, BadRequest, NotFound, Unprocessable


class TopicNotFound(NotFound):
    code = "TOPIC_NOT_FOUND"

    def __init__(self, topic_id: str) -> None:
        super().__init__(f"Topic not found: {topic_id}")


class WrongKind(BadRequest):
    code = "TOPIC_TYPE"


class NotActive(BadRequest):
    code = "TOPIC_NOT_ACTIVE"

    def __init__(self, topic_id: str) -> None:
        super().__init__(f"Topic is not active: {topic_id}")


class ParametersInvalid(Unprocessable):
    code = "PARAMETER_VALIDATION"


class AnswerBroken(AppError):
    """The model's answer did not fit, and neither did its second one."""

    code, text = "AI_RESPONSE_INVALID", "The AI answer did not fit the result schema"


class PromptBroken(AppError):
    code, text = "PROMPT_RENDER_ERROR", "The prompt of this topic can't be rendered"
