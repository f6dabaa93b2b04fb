"""The topic engine: admission, context, prompt, generation, check, result. Keeps no state across a model call."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.care.safety import MODEL, UNHARMED, Cut, CutShort, InCrisis, Safety
from app.care.service import Shown
from app.care.words import Words
from app.core.json import JSONObject, texts_in
from app.db.session import Database
from app.llm.interfaces import Caller, ErrorKind, FinishReason, Grounding, Message, ProviderError, Request
from app.topics import answer_cache, enrichment, prompting
from app.topics.catalog import TOPICS
from app.topics.enrichment import Context, ReadWebsite
from app.topics.errors import AnswerBroken, NotActive, WrongKind
from app.topics.models import TopicSetting
from app.topics.overrides import Overrides, topic_of
from app.topics.parameters import check_parameters
from app.topics.topic import CachePolicy, Kind, Outcome, Topic
from app.turns.pipeline import Pipeline, Stages
from app.turns.trace import NOWHERE, Answer
from app.turns.watched_models import WatchedModels
from app.workspace.sources.interfaces import DataAccess, Gathered, Source, SourceFailed, Sources

NOT_SINGLE_SHOT = "use conversation endpoints for conversation topics"


@dataclass(frozen=True, slots=True)
class TopicCall:
    """One call of a topic, admitted. ``given`` are the caller's values by parameter name.

    ``history`` is a conversation that led to this, oldest first; ``said`` what the person says now, where that is not
    all that is given.
    """

    topic: Topic
    given: JSONObject
    access: DataAccess
    prompts: Mapping[str, str]
    model: str = ""
    history: tuple[Message, ...] = ()
    said: str | None = None

    @property
    def names(self) -> list[str]:
        """All that the prompts use, and what the topic needs in any case."""
        used = {name for text in self.prompts.values() for name in prompting.compile_prompt(text)[1]}
        return [*dict.fromkeys([*self.topic.required_context, *sorted(used)])]

    def facts(self, values: JSONObject) -> JSONObject:
        """The values that the prompts are filled with, those that the caller sent first."""
        return {name: values[name] for name in [*self.given, *self.names, "today"] if name in values}

    @property
    def caller(self) -> Caller:
        return Caller(f"topics.{self.topic.id}", self.access.principal.tenant_id, self.access.principal.user_id)

    @property
    def words(self) -> Words:
        """What the caller wrote, in this call and before it."""
        before = tuple(message.content for message in self.history if message.role == "user")
        text = "\n".join(texts_in(self.given)) if self.said is None else self.said
        return Words.of(self.caller, text, lambda: before, self.access.principal.place)


class Engine:
    """One per process."""

    def __init__(
        self, db: Database, pipeline: Pipeline, sources: Sources, overrides: Overrides, read_website: ReadWebsite
    ) -> None:
        self.db = db
        self.pipeline = pipeline
        self.overrides = overrides
        self.sources = sources
        self._read_website = read_website

    def topic(self, topic_id: str) -> Topic:
        """The topic as operators have set it."""
        topic = topic_of(topic_id)
        snapshot = self.overrides.now()
        if topic_id not in snapshot.settings:
            return topic
        if topic_id not in snapshot.topics:
            snapshot.topics[topic_id] = with_setting(topic, snapshot.settings[topic_id])
        return snapshot.topics[topic_id]

    def topics(self) -> list[Topic]:
        return [self.topic(topic_id) for topic_id in TOPICS]

    def prompt(self, topic: Topic, kind: str) -> str:
        return self.overrides.now().prompts.get((topic.id, kind)) or prompting.builtin_prompt(topic.id, kind)

    def admit(
        self, topic_id: str, parameters: JSONObject, access: DataAccess, hint: str = NOT_SINGLE_SHOT
    ) -> TopicCall:
        """Everything that can be refused before anything is spent, in the contract's order."""
        topic = self.topic(topic_id)
        if topic.kind is not Kind.SINGLE_SHOT:
            raise WrongKind(f"Topic {topic_id} is type {topic.kind}, {hint}")
        if not topic.active:
            raise NotActive(topic_id)
        return self._call(topic, check_parameters(topic, parameters), access)

    def call(
        self, topic_id: str, given: JSONObject, access: DataAccess, history: tuple[Message, ...] = ()
    ) -> TopicCall:
        """A call by another part of the house, which has checked what it gives."""
        topic = self.topic(topic_id)
        if not topic.active:
            raise NotActive(topic_id)
        return replace(self._call(topic, given, access), history=history)

    def execute(
        self, call: TopicCall, gather: Callable[[], Gathered] | None = None, *, speaks: str = "",
        answer: Answer = NOWHERE,
    ) -> Outcome:  # fmt: skip
        """Care, context, prompt, generation, check, result; or an answer that was kept.

        ``speaks`` names the field of a result that is said to the person: what care has to say stands there. Raises
        ``Withheld`` where no field is, ``ProviderError``, ``AnswerBroken``, or what kept a needed source away.
        """
        began, found = time.perf_counter(), CareBeside(speaks)

        def context() -> Context:
            return self.enrich(call, gather() if gather else self.gather(call))

        def generate(models: WatchedModels, request: Request, context: Context) -> Outcome:
            seen = {name: context.values[name] for name in call.names if name in context.values}
            return self._cached(
                call, CachePolicy.BY_PROMPT, seen, lambda: _generate(models, call, request, context, began, speaks)
            )

        def kept(make: Callable[[], Outcome]) -> Outcome:
            return self._cached(call, CachePolicy.BY_REQUEST, call.given, make)

        stages = Stages(
            call.words, context, lambda context: self.request(call, context.values), generate, told=found.told,
            heard=found.heard, shown=Shown.CHECK_IN if speaks else Shown.RESOURCES, kept=kept, cut=found.cut,
            answer=answer,
        )  # fmt: skip
        return found.beside(self.pipeline.run(stages))

    def gather(self, call: TopicCall) -> Gathered:
        wanted = enrichment.sources_of(call.names, call.given)
        return enrichment.gather(self.sources, self._read_website, wanted, call.access, call.given)

    def enrich(self, call: TopicCall, gathered: Gathered) -> Context:
        return enrichment.enrich(call.names, call.topic.required_context, call.given, gathered, call.access)

    def request(self, call: TopicCall, values: JSONObject) -> Request:
        topic = call.topic
        return Request(
            caller=call.caller,
            messages=(*call.history, Message("user", prompting.render(call.prompts["user"], topic, values))),
            system=prompting.render_system(call.prompts["system"], topic, values),
            schema_name=topic.schema_ref,
            temperature=topic.temperature,
            max_tokens=topic.max_tokens,
            model=call.model,
            grounding=Grounding(facts=call.facts(values), said=()),
        )

    def _call(self, topic: Topic, given: JSONObject, access: DataAccess) -> TopicCall:
        setting = self.overrides.now().settings.get(topic.id)
        prompts = {kind: self.prompt(topic, kind) for kind in topic.prompts}
        return TopicCall(topic, given, access, prompts, (setting.model if setting else "") or "")

    def _cached(
        self, call: TopicCall, policy: CachePolicy, question: JSONObject, compute: Callable[[], Outcome]
    ) -> Outcome:
        """An operator's change of the prompt or the model makes it another question."""
        if call.topic.cache is not policy:
            return compute()
        key: JSONObject = {"question": question, "prompts": call.prompts, "model": call.model}
        return answer_cache.get_or_compute(self.db, call.access.principal.tenant_id, call.topic.id, key, compute)


class CareBeside:
    """What care has to say in one call, in the field that ``speaks`` to the person, and beside the result."""

    def __init__(self, speaks: str) -> None:
        self._speaks = speaks
        self._safety = UNHARMED

    def told(self, safety: Safety) -> Outcome:
        if not self._speaks:
            raise InCrisis(safety)
        self._safety = safety
        return self._said(safety.text, MODEL)

    def cut(self, cut: Cut) -> Outcome:
        if not self._speaks:
            raise CutShort(cut.safety)
        self._safety = cut.safety
        return self._said(cut.text, cut.model)

    def _said(self, text: str, model: str) -> Outcome:
        return Outcome({self._speaks: text, "suggestions": []}, model, 0, str(FinishReason.STOP), 0)

    def heard(self, safety: Safety) -> None:
        self._safety = safety

    def beside(self, outcome: Outcome) -> Outcome:
        safety, data = self._safety, outcome.data
        if self._speaks and safety.text and not safety.is_crisis:
            data = {**data, self._speaks: f"{safety.text}\n\n{data[self._speaks]}"}
        return replace(outcome, data=data, safety=safety)


def _generate(
    models: WatchedModels, call: TopicCall, request: Request, context: Context, began: float, speaks: str
) -> Outcome:
    """The one place where topics meet a model; its answer is checked and, once, repaired."""
    check, values = call.topic.check, context.values
    also = (lambda answer: check(answer, values)) if check else None
    try:
        answer = models.structured(request, call.topic.output_schema, also, spoken=speaks)
    except ProviderError as error:
        if error.kind is ErrorKind.INVALID:
            raise AnswerBroken from error
        raise
    data = call.topic.result_of(answer.value, values)
    tokens = answer.usage.input_tokens + answer.usage.output_tokens
    ms = round((time.perf_counter() - began) * 1000)
    return Outcome(
        data, answer.finish.model, tokens, str(answer.finish.reason), ms, context.missing, cost=models.cost(answer)
    )


def with_setting(topic: Topic, setting: TopicSetting) -> Topic:
    return replace(
        topic,
        active=topic.active if setting.active is None else setting.active,
        temperature=topic.temperature if setting.temperature is None else setting.temperature,
        max_tokens=setting.max_tokens or topic.max_tokens,
    )


def to_stored(gathered: Gathered) -> JSONObject:
    """Documents as a job's row can hold them; a source that failed is None."""
    return {str(name): None if isinstance(found, Exception) else found for name, found in gathered.items()}


def from_stored(stored: JSONObject) -> Gathered:
    return {Source(name): SourceFailed() if found is None else found for name, found in stored.items()}
