"""What the parts of a process share, found by its class: for views, sockets, jobs and commands."""

from typing import TypeVar, cast

from flask import Flask, current_app

T = TypeVar("T")
NAME = "services"


class Container:
    """Filled once, by the composition."""

    def __init__(self, *services: object) -> None:
        self._services: dict[type, object] = {}
        for service in services:
            self.add(service)

    def add(self, service: object) -> None:
        self._services[type(service)] = service

    def get(self, kind: type[T]) -> T:
        """Raises ``KeyError`` for a class that the composition did not add."""
        return cast(T, self._services[kind])


def install(app: Flask, container: Container) -> None:
    app.extensions[NAME] = container


def add(app: Flask, service: object) -> None:
    cast(Container, app.extensions[NAME]).add(service)


def resolve(kind: type[T]) -> T:
    return resolve_from(current_app, kind)


def resolve_from(app: Flask, kind: type[T]) -> T:
    return cast(Container, app.extensions[NAME]).get(kind)
