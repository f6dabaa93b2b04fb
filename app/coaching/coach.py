"""The coach of a session: what the model is asked for, and what comes back."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from app.auth.principals import Principal
from app.care import disclosure
from app.care.safety import in_crisis, without_crises
from app.care.words import Words
from app.coaching import errors
from app.coaching.message_reader import MessageReader
from app.coaching.models import CoachingSession
from app.coaching.reply import CareIn, Listener, Reply
from app.coaching.sessions import CoachingTurn, Said
from app.core.json import JSONObject, texts_in
from app.core.shortening import shortened
from app.llm.conversion import Ambiguous, Unmendable
from app.llm.interfaces import Caller, ErrorKind, Grounding, JSONSchema, Message, ProviderError, Request, Task
from app.llm.registry import Completion
from app.llm.structured import OutputSchema, Structured, count, parsed
from app.topics import prompting
from app.topics.engine import Engine, TopicCall
from app.topics.topic import Topic
from app.turns.pipeline import Stages
from app.turns.trace import Answer
from app.turns.watched_models import WatchedModels
from app.workspace.sources.interfaces import DataAccess

REMEMBERED = 60  # messages of a session that the model sees
LONGEST = 6000  # characters of a coach's message
NUDGES = {  # models answer to somebody
    "initiation": "Hello! I would like to begin with {topic}.",
    "resume": "Hello again, I am back and would like to go on.",
    "extraction": "Please write down what we have found.",
}


TASKS = {"initiation": Task.GREET, "resume": Task.RESUME}


@dataclass(frozen=True, slots=True)
class CoachingContext:
    """What the prompts are made of. ``began`` is a ``perf_counter``."""

    call: TopicCall
    values: JSONObject
    began: float

    @property
    def topic(self) -> Topic:
        return self.call.topic


Generate = Callable[[WatchedModels, Request, CoachingContext], Reply]


class Coach:
    """Speaks in the sessions of this process. Keeps nothing between two calls."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._output_schemas: dict[str, OutputSchema] = {}

    def greet(self, turn: CoachingTurn, access: DataAccess, listener: Listener) -> Reply:
        return self._greet(turn, access, listener, "initiation")

    def welcome_back(self, turn: CoachingTurn, access: DataAccess, listener: Listener) -> Reply:
        return self._greet(turn, access, listener, "resume")

    def answer(self, turn: CoachingTurn, access: DataAccess, listener: Listener) -> Reply:
        """The answer to the last message. Raises ``ExtractionFailed`` when the session should end and can't."""
        close = Closing(self._engine.topic(turn.session.topic_id))

        def generate(models: WatchedModels, request: Request, context: CoachingContext) -> Reply:
            heard = MessageReader(models.speech(request, listener.say)).feed
            schema = self._output_schema(context.topic)
            found = models.structured(request, schema, close, plain=_plain, listener=heard, spoken="message")
            result = close.result if found.value["is_final"] else None
            return Reply(_message(found.value), _metadata(found, context.began), result)

        try:
            return self._run(turn, access, listener, "", generate)
        except ProviderError as error:
            if error.kind is not ErrorKind.INVALID or close.value is None:
                raise
        return replace(self.extract(turn, access, listener), message=_message(close.value))

    def extract(self, turn: CoachingTurn, access: DataAccess, listener: Listener) -> Reply:
        """The results of a conversation, in a call of their own."""

        def generate(models: WatchedModels, request: Request, context: CoachingContext) -> Reply:
            found = models.structured(request, context.topic.output_schema)
            return Reply("", _metadata(found, context.began), dict(context.topic.finish(found.value, {})))

        try:
            return self._run(turn, access, listener, "extraction", generate)
        except ProviderError as error:
            if error.kind is ErrorKind.INVALID:
                raise errors.ExtractionFailed from error
            raise

    def _greet(self, turn: CoachingTurn, access: DataAccess, listener: Listener, kind: str) -> Reply:
        """A greeting is plain text; a model that answers in JSON all the same is understood."""

        def generate(models: WatchedModels, request: Request, context: CoachingContext) -> Reply:
            found = models.complete(request)
            text = _greeting(found.text)
            if not text:
                raise ProviderError(ErrorKind.JUNK, found.finish.provider, found.finish.model, detail="empty greeting")
            listener.say(text)
            return Reply(text, _metadata(found, context.began))

        return self._run(turn, access, listener, kind, generate)

    def _run(self, turn: CoachingTurn, access: DataAccess, listener: Listener, kind: str, generate: Generate) -> Reply:
        """Through the stages of every turn; ``kind`` names the prompt of what is wanted now, if it is no answer."""
        principal, session = access.principal, turn.session
        words = words_of(principal, session, turn.said, kind)
        context, care = partial(self._context, session, access), CareIn(listener, kind)
        told = {"disclosure": disclosure.text_for(principal.place)} if disclosure.is_due(session.disclosed_at) else {}

        def prompt(found: CoachingContext) -> Request:
            return replace(_request(turn, kind, found), admitted=listener.admitted)

        stages = Stages(
            words, context, prompt, generate, told=care.told, heard=care.heard, cut=care.cut,
            answer=Answer(turn.id, session.id),
        )  # fmt: skip
        reply = care.beside(self._engine.pipeline.run(stages))
        return replace(reply, metadata={**reply.metadata, **told})

    def _context(self, session: CoachingSession, access: DataAccess) -> CoachingContext:
        began = time.perf_counter()
        call = self._engine.call(session.topic_id, {"context": without_crises(session.context)}, access)
        return CoachingContext(call, self._engine.enrich(call, self._engine.gather(call)).values, began)

    def _output_schema(self, topic: Topic) -> OutputSchema:
        if topic.id not in self._output_schemas:
            schema = turn_schema(topic.output_schema.schema)
            self._output_schemas[topic.id] = OutputSchema(
                schema, schema | {"properties": schema["properties"] | {"result": {}}}
            )
        return self._output_schemas[topic.id]


class Closing:
    """Checks that a conversation which ends has its result, mended, and remembers the last end that had none."""

    def __init__(self, topic: Topic) -> None:
        self._topic = topic
        self.value: JSONObject | None = None
        self.result: JSONObject | None = None

    def __call__(self, value: JSONObject) -> list[str]:
        if not value["is_final"]:
            return []
        output, result = self._topic.output_schema, value.get("result")
        try:
            self.result, mends = output.mended(result)
        except (Unmendable, Ambiguous):
            self.value = value
            return [f"result/{error}" for error in output.errors(result)]
        self.value = None
        count(_feature(self._topic.id), mends)
        return []


def words_of(principal: Principal, session: CoachingSession, said: Sequence[Said], kind: str = "") -> Words:
    """The person's last words, or those that they began with; ``kind`` is what is wanted where it is no answer."""
    heard = [one for one in said if one.role == "user"]
    latest = heard[-1].content if heard and not kind else ""
    latest = "\n".join(texts_in(session.context)) if kind == "initiation" else latest
    before = [one.content for one in (heard if kind else heard[:-1]) if not in_crisis(one.safety)]
    return Words.of(_caller(principal, session), latest, lambda: before, principal.place)


def _caller(principal: Principal, session: CoachingSession) -> Caller:
    return Caller(_feature(session.topic_id), principal.tenant_id, principal.user_id)


def _feature(topic_id: str) -> str:
    return f"coaching.{topic_id}"


def _request(turn: CoachingTurn, kind: str, context: CoachingContext) -> Request:
    """Facts come first, as a message of their own; then what has been said; then what is wanted now."""
    call, topic = context.call, context.topic
    render = partial(prompting.render, topic=topic, values=context.values)
    past = [Message("assistant" if one.role == "assistant" else "user", one.shown) for one in turn.said[-REMEMBERED:]]
    wanted = [Message("user", NUDGES[kind].format(topic=topic.name))] if kind else []
    task = render(call.prompts[kind]) if kind else _place(turn)
    return Request(
        caller=_caller(call.access.principal, turn.session),
        messages=(Message("user", render(call.prompts["facts"])), *past, *wanted),
        system=f"{prompting.render_system(call.prompts['system'], topic, context.values)}\n\nNow:\n{task}",
        schema_name=topic.schema_ref if kind == "extraction" else "coach_message",
        temperature=0.2 if kind == "extraction" else topic.temperature,
        max_tokens=topic.max_tokens,
        model=call.model,
        grounding=Grounding(
            TASKS.get(kind, Task.REPLY), facts=call.facts(context.values),
            subject=topic.id.replace("_", " "), said=tuple(one.shown for one in turn.said if one.role == "user"),
            turn=turn.session.turns, turns=turn.session.max_turns,
        ),
    )  # fmt: skip


def turn_schema(result: JSONSchema) -> JSONSchema:
    """The message comes first, so that it can be shown while the rest is still being written."""
    own = {key: value for key, value in result.items() if key != "$defs"}
    return {
        "type": "object",
        "properties": {
            "message": MESSAGE,
            "is_final": {
                "type": "boolean",
                "default": False,
                "description": "true only in the message that closes the conversation",
            },
            "result": {"anyOf": [own, {"type": "null"}], "description": "null until is_final is true"},
        },
        "required": ["message", "is_final"],
        "additionalProperties": False,
        **({"$defs": result["$defs"]} if "$defs" in result else {}),
    }


IS_FINAL = {
    "type": "boolean", "default": False, "description": "true only in the message that closes the conversation",
}  # fmt: skip
MESSAGE = {"type": "string", "minLength": 1, "maxLength": LONGEST, "description": "what the coach says to the person"}


def _place(turn: CoachingTurn) -> str:
    spoken, most = turn.session.turns, turn.session.max_turns
    if spoken >= most:
        return (
            "This was the last message that the person can send: close the conversation now, with is_final and result."
        )
    return f"The person has sent {spoken} of at most {most} messages. Bring the conversation to its end in time."


def _plain(text: str) -> JSONObject:
    return {"message": shortened(text, LONGEST), "is_final": False}


def _greeting(text: str) -> str:
    found = parsed(text) if text.lstrip().startswith(("{", "`")) else None
    return _message(found) if isinstance(found, dict) and "message" in found else shortened(text, LONGEST)


def _message(value: JSONObject) -> str:
    return str(value["message"]).strip()


def _metadata(found: Structured | Completion, began: float) -> JSONObject:
    tokens = found.usage.input_tokens + found.usage.output_tokens
    ms = round((time.perf_counter() - began) * 1000)
    return {"model": found.finish.model, "processing_time_ms": ms, "tokens_used": tokens}
