"""Making a turn's slides beside its text: at most one deck in a turn, in a greenlet of its own."""

from collections.abc import Callable

import gevent
import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.errors import AppError
from app.core.json import JSONObject
from app.realtime.conversation_store import ConversationStore
from app.realtime.live import events, slides, tools
from app.realtime.live.conversation import Deck, Exchange, Query, Slides, Thread
from app.turns.pipeline import Pipeline

log = structlog.get_logger()


class SlideMaker:
    """``send`` sends an event; none is sent after ``stop``."""

    def __init__(
        self, pipeline: Pipeline, store: ConversationStore, thread: Thread, query: Query, send: Callable[[bytes], None]
    ) -> None:
        self._pipeline = pipeline
        self._store = store
        self._thread = thread
        self._query = query
        self._send = send
        self._making: gevent.Greenlet | None = None
        self._stopped = False

    @property
    def started(self) -> bool:
        return self._making is not None

    def start(self, arguments: JSONObject, history: list[Exchange]) -> None:
        """``arguments`` are those of the model's call, if it made one."""
        if self._making is None:
            self._making = gevent.spawn(self._save, arguments, history)

    def wait(self, seconds: float) -> None:
        if self._making is not None:
            self._making.join(seconds)

    def stop(self) -> None:
        self._stopped = True
        if self._making is not None and not self._making.dead:
            self._making.kill(block=False)

    def _save(self, arguments: JSONObject, history: list[Exchange]) -> None:
        """Slides that can't be made are said to be missing; the answer goes on."""
        try:
            deck = self._store.save_slides(self._thread, self._made(arguments, history), slides.BY)
        except (AppError, SQLAlchemyError) as error:
            log.warning("slides_not_made", reason=type(error).__name__)
            self._send(events.error("The slides could not be made"))
            return
        if not self._stopped:
            self._send(events.slides_response(deck, self._query.local_time))
            self._send(events.SLIDES_DONE)

    def _made(self, arguments: JSONObject, history: list[Exchange]) -> Slides:
        """About what the model's call names, beside the person's own words."""
        current = self._store.deck(self._thread)
        written = slides.from_arguments(arguments)
        if written is not None and not (current and current.typed):
            return written
        text, named = self._query.text, tools.subject(arguments)
        said = [*history, Exchange(text, "")] if named else history
        made = slides.generate(self._pipeline, self._thread, named or text, said, current, text)
        return self._with_latest(made, current)

    def _with_latest(self, made: Slides, current: Deck | None) -> Slides:
        """With what the person typed while the slides were made."""
        latest, known = self._store.deck(self._thread), current.typed if current else frozenset()
        return slides.with_kept(made, latest, latest.typed - known) if latest else made
