"""What a language model is to the rest of the house: one call, a stream of events, one error."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from app.core.errors import AppError
from app.core.json import JSONObject
from app.llm.capabilities import ALL, Capabilities, Refusal

if TYPE_CHECKING:
    from app.llm.usage import UsageRecord

JSONSchema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool run. ``arguments`` are parsed JSON, checked by whoever owns the tool.

    ``extra`` is what the vendor sent along, by provider: it goes back to the same provider with the call, unread.
    """

    id: str
    name: str
    arguments: JSONObject
    extra: Mapping[str, JSONObject] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of the conversation. A ``tool`` message answers the call named by ``tool_call_id``."""

    role: Literal["user", "assistant", "tool"]
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    parameters: JSONSchema


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose account a call goes, and which feature made it (``chat.turn``); ``key_id`` where a machine asks."""

    feature: str
    tenant_id: str = ""
    user_id: str = ""
    key_id: str = ""


class Evidence(Protocol):
    """A goal, note or entry that an answer may rest on. ``attributes`` are its facts (status, progress, mood, …)."""

    @property
    def kind(self) -> str: ...
    @property
    def source_id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def dated_at(self) -> datetime: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...


class Task(StrEnum):
    """What kind of text is wanted when there is no schema."""

    REPLY = "reply"  # to the last message
    GREET = "greet"  # opens a conversation about the subject
    RESUME = "resume"  # opens it again
    REVIEW = "review"  # of the documents, under the headings of the outline if there is one
    SUMMARY = "summary"  # of what was said
    INTERVIEW = "interview"  # the next question of a researcher
    IMPERSONATE = "impersonate"  # the answer of the person whom the facts describe
    REMEMBER = "remember"  # facts of the messages among the documents, by a schema; those that are known are there too


@dataclass(frozen=True, slots=True)
class Grounding:
    """What the prompt was made from, as data, for a provider that reads no prompts. It never goes over the wire.

    ``facts`` are named JSON values, the most important first. ``said`` is what the person said, where the messages do
    not show it. ``turn`` counts the person's messages, of at most ``turns``; 0 when there is no such limit.
    ``gently``: they are not well.
    """

    task: Task = Task.REPLY
    documents: Sequence[Evidence] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    name: str = ""
    subject: str = ""
    outline: tuple[str, ...] = ()
    said: tuple[str, ...] | None = None
    turn: int = 0
    turns: int = 0
    gently: bool = False


def unheard() -> None: ...
def unnoted(_: str) -> None: ...
def unused(_: "UsageRecord") -> None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """A vendor-neutral model call. With ``schema`` the answer's text is one JSON value that should satisfy it.

    ``model`` names the configured model (``provider:model``) to try before the others. ``max_tokens`` is for the
    answer, without thoughts. ``effort`` (``low``, ``medium``, ``high``) is how hard to think; empty leaves it to the
    vendor. ``capabilities`` bounds what may be sent. ``admitted`` is called once the budget has let the call in,
    ``answering`` with the name of the model that begins to answer, ``used`` with what the call has used.
    """

    caller: Caller
    messages: tuple[Message, ...]
    system: str = ""
    tools: tuple[Tool, ...] = ()
    schema: JSONSchema | None = None
    schema_name: str = "answer"
    temperature: float | None = None
    max_tokens: int = 1024
    model: str = ""
    grounding: Grounding | None = None
    effort: str = ""
    capabilities: Capabilities = ALL
    admitted: Callable[[], object] = unheard
    answering: Callable[[str], object] = unnoted
    used: Callable[["UsageRecord"], object] = unused


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the vendor counted them; ``estimated`` when it gave no count. ``thought``: some were thoughts."""

    input_tokens: int
    output_tokens: int
    estimated: bool = False
    thought: bool = False

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens,
            self.estimated or other.estimated, self.thought or other.thought,
        )  # fmt: skip


class FinishReason(StrEnum):
    STOP = "stop"
    LENGTH = "length"
    TOOL = "tool"
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event of every stream that did not fail. ``model`` is the model that really answered."""

    reason: FinishReason
    provider: str
    model: str


Event = TextDelta | ToolCall | Usage | Finish


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds: to connect, to the first event, between two events, and for the whole call."""

    connect: float = 5.0
    first: float = 30.0
    between: float = 20.0
    total: float = 120.0

    def unstreamed(self) -> "Deadlines":
        """For an answer that comes in one piece: nothing tells before its end whether it is on its way."""
        return replace(self, first=self.total)


class Provider(Protocol):
    """One vendor's wire. A file per vendor maps our types to the SDK's and back, and nothing else.

    ``stream`` yields text and tool calls as they come, then one ``Usage``, then one ``Finish``; it raises
    ``ProviderError`` and nothing else. Closing the iterator ends the upstream call.
    """

    name: str

    def stream(self, model: str, request: Request, deadlines: Deadlines) -> Iterator[Event]: ...


class Embedder(Protocol):
    """Vectors for texts, in the order of the texts, on the caller's account. Raises ``ProviderError``."""

    model: str

    def embed(self, texts: Sequence[str], caller: Caller) -> list[list[float]]: ...


class ErrorKind(StrEnum):
    CONNECTION = "connection"  # refused, DNS, TLS, reset before an answer
    TIMEOUT = "timeout"  # one of the deadlines passed
    RATE_LIMIT = "rate_limit"
    OVERLOADED = "overloaded"  # 5xx, 529, an error event that says so
    CUT = "cut"  # the stream ended without its end
    JUNK = "junk"  # an answer that can't be understood
    EMPTY = "empty"  # an answer without a word
    MODEL = "model"  # the model is unknown, retired or not for this account
    ACCOUNT = "account"  # the key or the balance: 401, 402, 403
    PARAMETER = "parameter"  # a part of the request that this model does not take
    REFUSED = "refused"  # the request itself: 400, 413, 422
    FILTERED = "filtered"  # the vendor's content filter
    INVALID = "invalid"  # structured output stayed broken after the repair


RETRYABLE = frozenset({
    ErrorKind.CONNECTION, ErrorKind.TIMEOUT, ErrorKind.RATE_LIMIT, ErrorKind.OVERLOADED, ErrorKind.CUT, ErrorKind.JUNK,
    ErrorKind.EMPTY,
})  # fmt: skip
BROKEN = frozenset({ErrorKind.MODEL, ErrorKind.ACCOUNT})  # the model answers nobody
OF_THE_MODEL = BROKEN | {ErrorKind.PARAMETER}  # another model may answer
PUBLIC = {
    ErrorKind.FILTERED: ("CONTENT_FILTERED", 422, "The AI service declined to answer this"),
}  # what clients see of a kind; the others are an outage to them


@dataclass(eq=False)
class ProviderError(AppError):
    """A model call failed. ``detail`` is for the log and never holds the vendor's text or ours; clients see ``text``.

    ``retry_after`` is in seconds, when the vendor named it. ``usage`` is what an answer without words has cost.
    """

    kind: ErrorKind
    provider: str = ""
    model: str = ""
    retry_after: float | None = None
    detail: str = ""
    data: dict[str, object] = field(default_factory=dict)
    refusal: Refusal | None = None
    usage: Usage | None = None

    code = "AI_SERVICE_UNAVAILABLE"
    status = 503
    text = "AI service temporarily unavailable"

    def __post_init__(self) -> None:
        Exception.__init__(self, f"{self.provider}:{self.model} {self.kind} {self.detail}".strip())
        if self.kind in PUBLIC:
            self.code, self.status, self.text = PUBLIC[self.kind]

    @property
    def retryable(self) -> bool:
        return self.kind in RETRYABLE
