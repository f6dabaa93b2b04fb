"""The cast: a scripted vendor on the wire, providers that speak to it, and what is asked of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from app.llm.anthropic import AnthropicProvider
from app.llm.choice import Choice
from app.llm.interfaces import (
    Caller,
    Deadlines,
    Event,
    Message,
    Provider,
    ProviderError,
    Request,
    TextDelta,
)
from app.llm.openai import OpenAIProvider
from app.llm.registry import Models
from app.llm.usage import UsageRecord
from tests.double.client import Double

PATIENT = Deadlines()
BRISK = Deadlines(connect=1.0, first=0.5, between=0.4, total=4.0)
WIRES = ("openai", "gemini", "anthropic")


@dataclass(frozen=True)
class Vendor:
    """A provider and how to talk to it in one line."""

    provider: Provider
    model: str = "coach-1"

    def stream(self, deadlines: Deadlines = PATIENT, **asked: Any) -> Iterator[Event]:
        return self.provider.stream(self.model, a_request(**asked), deadlines)

    def answer(self, deadlines: Deadlines = PATIENT, **asked: Any) -> list[Event]:
        return list(self.stream(deadlines, **asked))

    def failure(self, deadlines: Deadlines = PATIENT, **asked: Any) -> ProviderError:
        with pytest.raises(ProviderError) as raised:
            self.answer(deadlines, **asked)
        return raised.value


@dataclass(frozen=True)
class Coach:
    """Models over two doubles (``coach-1`` first, ``coach-2`` next), and the ledger they write to."""

    models: Models
    records: list[UsageRecord]

    def says(self, **asked: Any) -> str:
        return self.models.complete(a_request(**asked)).text

    def fails(self, **asked: Any) -> ProviderError:
        with pytest.raises(ProviderError) as raised:
            self.models.complete(a_request(**asked))
        return raised.value


@pytest.fixture(scope="session")
def _double() -> Iterator[Double]:
    with Double() as double:
        yield double


@pytest.fixture
def double(_double: Double) -> Iterator[Double]:
    yield _double
    _double.reset()


@pytest.fixture(scope="session")
def _second() -> Iterator[Double]:
    with Double() as double:
        yield double


@pytest.fixture
def second(_second: Double) -> Iterator[Double]:
    """The vendor of the next model in line."""
    yield _second
    _second.reset()


@pytest.fixture(params=WIRES)
def vendor(request: pytest.FixtureRequest, double: Double) -> Vendor:
    """Each provider that has a wire, over the double."""
    return Vendor(a_provider(request.param, double))


@pytest.fixture
def openai(double: Double) -> Vendor:
    return Vendor(a_provider("openai", double))


@pytest.fixture
def anthropic(double: Double) -> Vendor:
    return Vendor(a_provider("anthropic", double))


@pytest.fixture
def coach(double: Double, second: Double) -> Coach:
    return a_coach(a_choice("openai", double, "coach-1"), a_choice("anthropic", second, "coach-2"))


@pytest.fixture
def lone_coach(double: Double) -> Coach:
    return a_coach(a_choice("openai", double, "coach-1"))


def a_coach(*choices: Choice, deadlines: Deadlines = BRISK) -> Coach:
    records: list[UsageRecord] = []
    return Coach(Models(choices, deadlines, records.append), records)


def a_choice(name: str, double: Double, model: str) -> Choice:
    return Choice(a_provider(name, double), model)


def a_provider(name: str, double: Double) -> Provider:
    if name == "anthropic":
        return AnthropicProvider("key", double.url)
    return OpenAIProvider("key", double.url + "/v1", name)


def a_request(*, says: str = "I want to run a marathon.", feature: str = "chat.turn", **fields: Any) -> Request:
    fields.setdefault("messages", (Message("user", says),))
    return Request(Caller(feature, "tenant-1", "user-1"), **fields)


def text_of(events: list[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextDelta))
