"""Coachhouse: one backend for AI coaching products."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config.settings import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The application of one process. Imported late: the launcher needs only a part of ``app``."""
    from app.composition import application

    return application.build(settings)
