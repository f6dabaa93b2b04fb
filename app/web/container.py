"""The current application's services, for views, sockets, jobs and commands."""

from typing import TypeVar, cast

from flask import Flask, current_app

from app.core.container import Container

T = TypeVar("T")
NAME = "services"


def install(app: Flask, container: Container) -> None:
    app.extensions[NAME] = container


def resolve(kind: type[T]) -> T:
    """The application's one object of a class."""
    return resolve_from(current_app, kind)


def resolve_from(app: Flask, kind: type[T]) -> T:
    return cast(Container, app.extensions[NAME]).get(kind)
