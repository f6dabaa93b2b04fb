"""The coach of a session: what the model is asked for, and what comes back."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.coaching import errors
from app.coaching.partial import MessageReader
from app.coaching.sessions import Turn
from app.llm.interfaces import Caller, ErrorKind, Message, ProviderError, Request
from app.llm.registry import Completion
from app.llm.structured import OutputSchema, Structured, parsed, structured
from app.topics import prompting
from app.topics.engine import Engine, TopicCall
from app.topics.topic import Topic
from app.workspace.sources.interfaces import DataAccess

REMEMBERED = 60  # messages of a session that the model sees
LONGEST = 6000  # characters of a coach's message
Body = dict[str, Any]
Listener = Callable[[str], None]
NUDGES = {  # models answer to somebody
    "initiation": "Hello! I would like to begin with {topic}.",
    "resume": "Hello again, I am back and would like to go on.",
    "extraction": "Please write down what we have found.",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What the coach said. ``result`` is there when the session is over, and fits the topic's schema."""

    message: str
    metadata: Body
    result: Body | None = None

    @property
    def is_final(self) -> bool:
        return self.result is not None


class Coach:
    """Speaks in the sessions of this process. Keeps nothing between two calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._output_schemas: dict[str, OutputSchema] = {}

    def open(self, turn: Turn, access: DataAccess) -> Said:
        return self._speak(turn, access, "initiation")

    def resume(self, turn: Turn, access: DataAccess) -> Said:
        return self._speak(turn, access, "resume")

    def answer(self, turn: Turn, access: DataAccess, listener: Listener | None = None) -> Said:
        """The answer to the last message. Raises ``ExtractionFailed`` when the session should end and can't."""
        request, topic = self._request(turn, access, "")
        began = time.perf_counter()
        close = Closing(topic)
        try:
            found = self._asked(request, self._output_schema(topic), listener, close)
        except ProviderError as error:
            if error.kind is not ErrorKind.INVALID or close.value is None:
                raise
            extracted = self.extract(turn, access)
            return replace(extracted, message=_message(close.value))
        said = Said(_message(found.value), _metadata(found, began))
        return replace(said, result=found.value["result"]) if found.value["is_final"] else said

    def extract(self, turn: Turn, access: DataAccess) -> Said:
        """The results of a conversation, in a call of their own."""
        request, topic = self._request(turn, access, "extraction")
        began = time.perf_counter()
        try:
            found = structured(self._engine.models, request, topic.output_schema)
        except ProviderError as error:
            if error.kind is ErrorKind.INVALID:
                raise errors.ExtractionFailed from error
            raise
        return Said("", _metadata(found, began), dict(topic.finish(found.value, {})))

    def _speak(self, turn: Turn, access: DataAccess, kind: str) -> Said:
        """A greeting is plain text; a model that answers in JSON all the same is understood."""
        request, _ = self._request(turn, access, kind)
        began = time.perf_counter()
        found = self._engine.models.complete(request)
        text = _greeting(found.text)
        if not text:
            raise ProviderError(ErrorKind.JUNK, found.finish.provider, found.finish.model, detail="empty greeting")
        return Said(text, _metadata(found, began))

    def _asked(self, request: Request, schema: OutputSchema, listener: Listener | None, check: "Closing") -> Structured:
        """Prose instead of JSON counts as the message."""
        heard = MessageReader(listener).feed if listener else None
        return structured(self._engine.models, request, schema, check, plain=_plain, listener=heard)

    def _request(self, turn: Turn, access: DataAccess, kind: str) -> tuple[Request, Topic]:
        """Facts come first, as a message of their own; then what has been said; then what is wanted now."""
        session = turn.session
        run = self._engine.call(session.topic_id, {"context": session.context}, access)
        values = self._engine.enrich(run, self._engine.gather(run)).values
        facts = Message("user", prompting.render(run.prompts["facts"], run.topic, values))
        past = [Message("assistant" if role == "assistant" else "user", text) for role, text in turn.said[-REMEMBERED:]]
        wanted = [Message("user", NUDGES[kind].format(topic=run.topic.name))] if kind in NUDGES else []
        return self._spoken(run, values, turn, kind, (facts, *past, *wanted)), run.topic

    def _spoken(
        self, run: TopicCall, values: Mapping[str, Any], turn: Turn, kind: str, messages: tuple[Message, ...]
    ) -> Request:
        role = prompting.render(run.prompts["system"], run.topic, values)
        task = prompting.render(run.prompts[kind], run.topic, values) if kind else _place(turn)
        principal = run.access.principal
        return Request(
            caller=Caller(f"coaching.{run.topic.id}", principal.tenant_id, principal.user_id),
            messages=messages,
            system=f"{role}\n\nNow:\n{task}",
            schema_name=run.topic.schema_ref if kind == "extraction" else "coach_message",
            temperature=0.2 if kind == "extraction" else run.topic.temperature,
            max_tokens=run.topic.max_tokens,
            model=run.model,
        )

    def _output_schema(self, topic: Topic) -> OutputSchema:
        if topic.id not in self._output_schemas:
            schema = turn_schema(topic.output_schema.schema)
            self._output_schemas[topic.id] = OutputSchema(
                schema, schema | {"properties": schema["properties"] | {"result": {}}}
            )
        return self._output_schemas[topic.id]


class Closing:
    """Checks that a conversation which ends has its result, and remembers the last end that had not."""

    def __init__(self, topic: Topic) -> None:
        self._validator = topic.output_schema.validator
        self.value: Body | None = None

    def __call__(self, value: Body) -> list[str]:
        if not value["is_final"]:
            return []
        result = value.get("result")
        if not isinstance(result, dict):
            self.value = value
            return ["result: it is needed when is_final is true"]
        wrong = [
            f"result/{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in self._validator.iter_errors(result)
        ]
        self.value = value if wrong else None
        return wrong


def turn_schema(result: Body) -> Body:
    """The message comes first, so that it can be shown while the rest is still being written."""
    own = {key: value for key, value in result.items() if key != "$defs"}
    return {
        "type": "object",
        "properties": {
            "message": MESSAGE,
            "is_final": {"type": "boolean", "description": "true only in the message that closes the conversation"},
            "result": {"anyOf": [own, {"type": "null"}], "description": "null until is_final is true"},
        },
        "required": ["message", "is_final"],
        "additionalProperties": False,
        **({"$defs": result["$defs"]} if "$defs" in result else {}),
    }


MESSAGE = {"type": "string", "minLength": 1, "maxLength": LONGEST, "description": "what the coach says to the person"}


def _place(turn: Turn) -> str:
    spoken, most = turn.session.turns, turn.session.max_turns
    if spoken >= most:
        return (
            "This was the last message that the person can send: close the conversation now, with is_final and result."
        )
    return f"The person has sent {spoken} of at most {most} messages. Bring the conversation to its end in time."


def _plain(text: str) -> Body:
    return {"message": text.strip()[:LONGEST], "is_final": False}


def _greeting(text: str) -> str:
    found = parsed(text) if text.lstrip().startswith(("{", "`")) else None
    return _message(found) if isinstance(found, dict) and "message" in found else text.strip()[:LONGEST]


def _message(value: Body) -> str:
    return str(value["message"]).strip()


def _metadata(found: Structured | Completion, began: float) -> Body:
    tokens = found.usage.input_tokens + found.usage.output_tokens
    ms = round((time.perf_counter() - began) * 1000)
    return {"model": found.finish.model, "processing_time_ms": ms, "tokens_used": tokens}
