"""Insights on the last thirty days: at once, or as a stream."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.auth.principals import Principal
from app.care.words import Words
from app.core.clock import iso, now
from app.core.json import JSONObject
from app.db.session import db
from app.insights import events, insight_run, material
from app.insights.insight_run import Draft, InsightRun, InsightSource
from app.insights.material import Material
from app.limits.permits import Permit
from app.llm.interfaces import Request
from app.llm.structured import OutputSchema
from app.provenance import service as provenance
from app.receipts import placing
from app.receipts.proof import Proof
from app.streams import reader
from app.streams.events import cursor_of
from app.streams.reader import StoredStream
from app.streams.runner import Runner
from app.turns.pipeline import Pipeline
from app.turns.single_shot import complete_data, complete_text

KIND = "insights"
MOST_TOKENS = 900
ASK = "Please give me your insights on the last thirty days."
NOTHING = (
    "There is nothing to look at yet: no goals, and no journal entries in the last 30 days. Write down one goal, or a"
    " few sentences about today, and ask again."
)


@dataclass(frozen=True, slots=True)
class Generator:
    """Makes insights of any kind, at once or as streams. One per process."""

    runner: Runner
    pipeline: Pipeline

    def text(self, request: Request, proof: Proof) -> str:
        words = Words.of(request.caller)
        said = complete_text(self.pipeline, words, lambda: request, cut=lambda cut: cut.whole, proof=proof)
        return self.opened(request, said)

    def opened(self, request: Request, text: str) -> str:
        """After the question how they are, for somebody who was in danger; streams begin with it too."""
        opening = self.pipeline.care.look(Words.of(request.caller)).text
        return f"{opening}\n\n{text}" if opening else text

    def data(self, request: Request, output: OutputSchema) -> JSONObject:
        answer: JSONObject = complete_data(self.pipeline, Words.of(request.caller), lambda: request, output)
        return answer

    def stream(self, principal: Principal, kind: str, draft: Draft, permit: Permit) -> Iterator[bytes]:
        """Begins to make it, and follows. When nothing can be begun the permit is refunded with the error."""
        self.runner.admit()
        run = InsightRun(insight_run.new_run_id(principal, kind), self.pipeline, permit, draft)
        insight_run.note_sources(principal, run.id, draft.sources)
        self.runner.begin(run)
        return reader.read(self.runner, InsightSource(run.id))

    def resume(self, principal: Principal, kind: str, last_event_id: str | None) -> Iterator[bytes] | None:
        """The rest of the stream that the header names; None without a header."""
        cursor = cursor_of(last_event_id, kind)
        if cursor is None:
            return None
        return reader.read(self.runner, insight_run.resumed(self.runner.log, principal, kind, cursor), cursor)


def insights(
    generator: Generator, principal: Principal, personality_id: str | None, permit: Permit
) -> tuple[str, list[JSONObject], Material]:
    """The text, its receipts, and what it is made from."""
    found = material.read(principal, personality_id)
    if found.is_empty:
        return NOTHING, [], found
    permit.acquire()
    proof = Proof(found.ground, strict=True, is_followed=False)
    text = generator.text(_request(principal, found), proof)
    return text, placing.shown(text, placing.placed(text, proof.receipts)), found


def made_of(principal: Principal, found: Material) -> dict[str, object]:
    """What is told of it beside the text: something may have changed while the model was asked."""
    with db.begin() as session:
        held = provenance.hold(session, principal, found.sources)
    return {"stale": held.stale, "sources": held.sources}


def stream(
    generator: Generator, principal: Principal, personality_id: str | None, last_event_id: str | None, permit: Permit
) -> Iterator[bytes]:
    resumed = generator.resume(principal, KIND, last_event_id)
    if resumed is not None:
        return resumed
    found = material.read(principal, personality_id)
    last = events.End(iso(now()), found.based_on)
    if found.is_empty:
        return reader.replay(KIND, StoredStream(events.Start(permit.usage_info), NOTHING, last))
    permit.acquire()
    draft = Draft(events.Start(permit.usage_info), _request(principal, found), last, found.sources, found.ground)
    return generator.stream(principal, KIND, draft, permit)


def _request(principal: Principal, found: Material) -> Request:
    return material.request(principal, found, "insights", ASK, MOST_TOKENS)
