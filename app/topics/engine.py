"""The topic engine: checks, enrichment, prompt, model, result. Keeps no session and no state across a model call."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from app.db.session import Database
from app.llm.interfaces import Caller, ErrorKind, Message, ProviderError, Request
from app.llm.registry import Models
from app.llm.structured import Structured, structured
from app.topics import enrichment, prompting, remembered
from app.topics.asking import checked
from app.topics.catalog import TOPICS
from app.topics.enrichment import Enriched
from app.topics.errors import AnswerBroken, NotActive, TopicNotFound, WrongKind
from app.topics.models import TopicSetting
from app.topics.overrides import Overrides
from app.topics.topics import Body, Kept, Kind, Topic
from app.workspace.sources.interfaces import DataAccess, Gathered, Source, SourceFailed, Sources


@dataclass(frozen=True, slots=True)
class Run:
    """One run, checked. ``given`` are the caller's values by parameter name."""

    topic: Topic
    given: Body
    access: DataAccess
    prompts: Mapping[str, str]
    model: str = ""
    past: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """``ms`` is the whole time, ``missing`` what the prompt had to do without."""

    topic: Topic
    data: Body
    model: str
    tokens: int
    finish: str
    ms: int
    missing: list[str] = field(default_factory=list)

    @property
    def as_kept(self) -> Body:
        names = ("data", "model", "tokens", "finish", "ms", "missing")
        return {name: getattr(self, name) for name in names}

    @property
    def metadata(self) -> Body:
        return {
            "model": self.model,
            "tokens_used": self.tokens,
            "processing_time_ms": self.ms,
            "finish_reason": self.finish,
            "missing": self.missing,
        }


class Engine:
    """One per process."""

    def __init__(
        self, db: Database, models: Models, sources: Sources, overrides: Overrides, website: Callable[[str], Any]
    ) -> None:
        self.db = db
        self.models = models
        self.overrides = overrides
        self.sources = sources
        self._website = website

    def topic(self, topic_id: str) -> Topic:
        """The topic as operators have set it."""
        topic = TOPICS.get(topic_id)
        if topic is None:
            raise TopicNotFound(topic_id)
        snapshot = self.overrides.now()
        if topic_id not in snapshot.settings:
            return topic
        if topic_id not in snapshot.topics:
            snapshot.topics[topic_id] = changed(topic, snapshot.settings[topic_id])
        return snapshot.topics[topic_id]

    def topics(self) -> list[Topic]:
        return [self.topic(topic_id) for topic_id in TOPICS]

    def prompt(self, topic: Topic, kind: str) -> str:
        return self.overrides.now().prompts.get((topic.id, kind)) or prompting.builtin(topic.id, kind)

    def check(self, topic_id: str, parameters: Body, access: DataAccess, use: str = "") -> Run:
        """Everything that can be refused before anything is spent, in the contract's order."""
        topic = self.topic(topic_id)
        if topic.kind is not Kind.SINGLE_SHOT:
            raise WrongKind(f"Topic {topic_id} is type {topic.kind}, {use or USE}")
        if not topic.active:
            raise NotActive(topic_id)
        return self._run(topic, checked(topic, parameters), access)

    def run(self, topic_id: str, values: Body, access: DataAccess) -> Run:
        """A run for another part of the house, which has checked what it gives."""
        topic = self.topic(topic_id)
        if not topic.active:
            raise NotActive(topic_id)
        return self._run(topic, values, access)

    def _run(self, topic: Topic, given: Body, access: DataAccess) -> Run:
        setting = self.overrides.now().settings.get(topic.id)
        prompts = {kind: self.prompt(topic, kind) for kind in topic.prompts}
        return Run(topic, given, access, prompts, (setting.model if setting else "") or "")

    def gather(self, run: Run) -> Gathered:
        wanted = enrichment.sources_of(names(run), run.given)
        return enrichment.gather(self.sources, self._website, wanted, run.access, run.given)

    def enrich(self, run: Run, gathered: Gathered) -> Enriched:
        return enrichment.enriched(names(run), run.topic.needs, run.given, gathered, run.access)

    def execute(self, run: Run, gathered: Gathered | None = None, past: Sequence[Message] = ()) -> Outcome:
        """Asks the model, or remembers what it said; ``past`` is a conversation that led to this.

        Raises ``ProviderError``, ``AnswerBroken``, or what kept a needed source away.
        """
        run = replace(run, past=tuple(past)) if past else run
        if run.topic.kept is Kept.BY_REQUEST:
            return self._remembered(run, run.given, lambda: self._found(run, gathered))
        return self._found(run, gathered)

    def _found(self, run: Run, gathered: Gathered | None) -> Outcome:
        began = time.perf_counter()
        found = self.enrich(run, self.gather(run) if gathered is None else gathered)
        if run.topic.kept is Kept.BY_PROMPT:
            seen = {name: found.values[name] for name in names(run) if name in found.values}
            return self._remembered(run, seen, lambda: self._answered(run, found, began))
        return self._answered(run, found, began)

    def _answered(self, run: Run, found: Enriched, began: float) -> Outcome:
        answer = self._asked(run, found.values)
        data = run.topic.settled(answer.value, found.values)
        tokens = answer.usage.input_tokens + answer.usage.output_tokens
        ms = round((time.perf_counter() - began) * 1000)
        return Outcome(run.topic, data, answer.finish.model, tokens, str(answer.finish.reason), ms, found.missing)

    def _remembered(self, run: Run, question: Mapping[str, Any], work: Callable[[], Outcome]) -> Outcome:
        """An operator's change of the prompt or the model makes it another question."""
        asked = {"question": dict(question), "prompts": dict(run.prompts), "model": run.model}
        kept = remembered.once(self.db, run.access.principal.tenant_id, run.topic.id, asked, lambda: work().as_kept)
        return Outcome(topic=run.topic, **kept)

    def _asked(self, run: Run, values: Mapping[str, Any]) -> Structured:
        check = run.topic.check
        also = (lambda answer: check(answer, values)) if check else None
        try:
            return structured(self.models, self.request(run, values), run.topic.output_schema, also)
        except ProviderError as error:
            if error.kind is ErrorKind.INVALID:
                raise AnswerBroken from error
            raise

    def request(self, run: Run, values: Mapping[str, Any]) -> Request:
        topic, principal = run.topic, run.access.principal
        return Request(
            caller=Caller(f"topics.{topic.id}", principal.tenant_id, principal.user_id),
            messages=(*run.past, Message("user", prompting.rendered(run.prompts["user"], topic, values))),
            system=prompting.rendered(run.prompts["system"], topic, values),
            schema_name=topic.schema_ref,
            temperature=topic.temperature,
            max_tokens=topic.max_tokens,
            model=run.model,
        )


USE = "use conversation endpoints for conversation topics"


def changed(topic: Topic, setting: TopicSetting) -> Topic:
    return replace(
        topic,
        active=topic.active if setting.active is None else setting.active,
        temperature=topic.temperature if setting.temperature is None else setting.temperature,
        max_tokens=setting.max_tokens or topic.max_tokens,
    )


def names(run: Run) -> list[str]:
    """All that the prompts use, and what the topic needs in any case."""
    used = {name for text in run.prompts.values() for name in prompting.compiled(text)[1]}
    return [*dict.fromkeys([*run.topic.needs, *sorted(used)])]


def kept(gathered: Gathered) -> Body:
    """Documents as a job's row can hold them; a source that failed is None."""
    return {str(source): document if _plain(document) else None for source, document in gathered.items()}


def restored(stored: Mapping[str, Any]) -> Gathered:
    return {Source(name): SourceFailed() if document is None else document for name, document in stored.items()}


def _plain(document: Any) -> bool:
    return not isinstance(document, Exception)
