"""Unexpected errors to Sentry, when there is one: types and lines of code, nothing that anybody wrote."""

from typing import TYPE_CHECKING

from structlog.typing import EventDict

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint

_on = False


def configure(dsn: str, release: str) -> None:
    """Raises ``ValueError`` for an address that is none."""
    global _on
    _on = bool(dsn)
    if not dsn:
        return
    import sentry_sdk

    sentry_sdk.init(
        dsn=dsn, release=release, before_send=_bare, include_local_variables=False, max_breadcrumbs=0,
        default_integrations=False, auto_enabling_integrations=False, server_name="coachhouse",
    )  # fmt: skip


def pass_on(_logger: object, level: str, fields: EventDict) -> EventDict:
    """A step of the log's chain: an error that was logged with its exception is reported too."""
    error = fields.get("exc_info")
    if _on and level == "error" and isinstance(error, BaseException):
        import sentry_sdk

        with sentry_sdk.new_scope() as scope:
            scope.set_tag("event", str(fields.get("event", "")))
            scope.set_tag("request_id", str(fields.get("request_id", "")))
            sentry_sdk.capture_exception(error)
    return fields


def _bare(event: "Event", _hint: "Hint") -> "Event":
    """An exception's text may quote what a user wrote."""
    for error in event.get("exception", {}).get("values", ()):
        error["value"] = ""
    return event
