"""The embeddings wire of OpenAI, and of every server that speaks it."""

import time
from collections.abc import Callable, Sequence

import msgspec

from app.core.request_timing import waiting_for_a_model
from app.llm.errors import Sent
from app.llm.interfaces import Caller, Deadlines, ErrorKind, ProviderError
from app.llm.openai import SDK, Client
from app.llm.tokens import estimate
from app.llm.usage import EmbeddingUsage
from app.llm.wire import Wire

Used = Callable[[Caller, EmbeddingUsage], object]


class _Vector(msgspec.Struct):
    index: int
    embedding: list[float]


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0


class _Vectors(msgspec.Struct):
    data: list[_Vector]
    usage: _Usage | None = None


_decode = msgspec.json.Decoder(_Vectors).decode


def unused(_caller: Caller, _usage: EmbeddingUsage) -> None: ...


class OpenAIEmbedder:
    """``used`` gets what each call has used; one that failed has used nothing."""

    def __init__(
        self, model: str, client: Client, deadlines: Deadlines, name: str = "openai", used: Used = unused
    ) -> None:
        self.model = model
        self._client = client
        self._deadlines = deadlines
        self._name = name
        self._used = used

    def embed(self, texts: Sequence[str], caller: Caller) -> list[list[float]]:
        if not texts:
            return []
        began = time.monotonic()
        try:
            with waiting_for_a_model():
                found = self._asked(texts)
        except ProviderError as error:
            self._note(caller, began, str(error.kind))
            raise
        tokens = found.usage.prompt_tokens if found.usage else sum(map(estimate, texts))
        self._note(caller, began, "ok", tokens, estimated=found.usage is None)
        return [row.embedding for row in sorted(found.data, key=lambda row: row.index)]

    def _note(self, caller: Caller, began: float, outcome: str, tokens: int = 0, *, estimated: bool = False) -> None:
        ms = round((time.monotonic() - began) * 1000)
        self._used(caller, EmbeddingUsage(self._name, self.model, tokens, estimated, ms, outcome))

    def _asked(self, texts: Sequence[str]) -> _Vectors:
        wire = Wire(Sent(self._name, self.model), self._deadlines, SDK)
        body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
        with wire.exchange(lambda: self._client.send("/embeddings", body)) as response:
            found = _decode(response.read())
        if len(found.data) != len(texts):
            wire.fail(ErrorKind.JUNK, "wrong number of vectors")
        return found
