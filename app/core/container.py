"""What the parts of a process share, found by its class."""

from typing import TypeVar, cast

T = TypeVar("T")


class Container:
    """Filled once, by the composition."""

    def __init__(self) -> None:
        self._services: dict[type, object] = {}

    def add(self, service: T) -> T:
        self._services[type(service)] = service
        return service

    def get(self, kind: type[T]) -> T:
        """Raises ``KeyError`` for a class that the composition did not add."""
        return cast(T, self._services[kind])
