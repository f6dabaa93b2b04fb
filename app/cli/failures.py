"""How a command fails: with one sentence."""

from collections.abc import Callable
from functools import wraps

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from app.core.errors import AppError


def told(command: Callable[..., None]) -> Callable[..., None]:
    """Failures that a person can act on, without a traceback."""

    @wraps(command)
    def told_command(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except AppError as error:
            raise click.ClickException(error.text) from None
        except OperationalError:
            raise click.ClickException("The database can't be reached.") from None
        except ProgrammingError:
            raise click.ClickException("The schema is missing: run `flask --app wsgi db upgrade` first.") from None

    return told_command
