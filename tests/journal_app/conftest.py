"""The journaling app's client in tests: its base path in front of every path."""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.chat.conftest import Events, read
from tests.conftest import Caller

BASE = "/journal-app/api/v1"


@dataclass
class JournalClient:
    caller: Caller

    def open(self, method: str, path: str, **kwargs: Any) -> Any:
        return self.caller.open(method, BASE + path, **kwargs)

    def get(self, path: str, **kwargs: Any) -> Any:
        """The body of an answer."""
        return self.open("GET", path, **kwargs).json

    def send(self, method: str, path: str, **body: Any) -> Any:
        return self.open(method, path, json=body).json

    def stream(self, method: str, path: str, **body: Any) -> Events:
        return read(self.open(method, path, **({"json": body} if method == "POST" else {})))

    def say(self, message: str, **body: Any) -> Events:
        return self.stream("POST", "/chat/message/stream", message=message, **body)


@pytest.fixture
def app_client(owner: Caller) -> JournalClient:
    return JournalClient(owner)
