"""What the database says to new rows of a person who is erased (triggers of migration 0035)."""

from sqlalchemy.exc import DBAPIError

PERSON_IS_ERASED = "CH410"


def is_refusal(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", "") == PERSON_IS_ERASED
