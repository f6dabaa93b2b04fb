"""Care as turns and views need it: what is in a person's words, and what has to be done about it."""

import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import gevent
import structlog
from sqlalchemy import and_, select, true
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.care import alarms, disclosure
from app.care.assessment import assess, assess_together
from app.care.countries import country_of
from app.care.directory import Directory
from app.care.follow_ups import FollowUps
from app.care.levels import Finding, Level, settled
from app.care.models import CareEvent
from app.care.opinion import SecondOpinion
from app.care.resources import resources_for
from app.care.safe_words import says_safe
from app.care.safety import UNHARMED, Safety
from app.care.words import MOST_BEFORE, Words
from app.core.clock import now
from app.core.ids import joined
from app.db.locks import advisory_lock
from app.db.ownership import owner_columns
from app.db.patience import AWAY
from app.db.session import Database
from app.observability.metrics import CARE_CUTS, CARE_FINDINGS

NOTED_BY_ITS_TURN = 10.0  # seconds in which a turn that failed is the refusal of the same words
NEVER = (float("-inf"), Level.NONE)
DOUBLE_CLICK = 2.0  # seconds in which the same finding is of the same words
TRY_AGAIN, LONGEST_AWAY = 1.0, 3600.0  # seconds, while the database is away
MOST_NOTED = 1000  # people

log = structlog.get_logger()


class Shown(StrEnum):
    """What a person was given because of a finding."""

    TEXT = "text"  # in place of an answer
    CHECK_IN = "check_in"  # before the answer
    REFUSAL = "refusal"  # beside one
    RESOURCES = "resources"  # beside what was asked for
    CUT = "cut"  # in place of what a model said


@dataclass(frozen=True, slots=True)
class Home:
    """What a person has set that tells where they are."""

    country: str = ""
    zone: str = ""


ONCE = (Shown.TEXT, Shown.CHECK_IN, Shown.REFUSAL)  # what is shown in turns, which may come twice
HomeOf = Callable[[str, str], Home]  # of a tenant's user


class Care:
    """One per process."""

    def __init__(
        self, db: Database, follow_ups: FollowUps, directory: Directory, home_of: HomeOf, opinion: SecondOpinion,
        *, is_on: bool = True,
    ) -> None:  # fmt: skip
        self._db = db
        self._is_on = is_on
        self._follow_ups = follow_ups
        self._directory = directory
        self._home_of = home_of
        self._opinion = opinion
        self._noted: OrderedDict[tuple[str, str], tuple[float, Level]] = OrderedDict()

    def look(self, words: Words) -> Safety:
        """What is in them. Nothing is noted, and no model asked: what is unsure is a concern until one is."""
        if not self._is_on or not (words.is_spoken or words.text):
            return UNHARMED
        found = self._find(words)
        return self._safety(words, replace(settled(found), is_unsure=True) if found.is_unsure else found)

    def _safety(self, words: Words, found: Finding) -> Safety:
        followed = self._follow_ups.of(words)
        if found.level is Level.NONE:
            still = followed is not None and not says_safe(words.text)
            return Safety(found, followed.language, follow_up=True) if followed and still else UNHARMED
        country = country_of(words.place, *self._home(words))
        resources = tuple(resources_for(country, found.language, found.category, self._directory.rows()))
        return Safety(found, found.language, resources, follow_up=followed is not None)

    def judge(self, words: Words, shown: Shown = Shown.CHECK_IN) -> Safety:
        """The same, once for each turn: it is noted, and followed up. ``shown`` is what is given at a concern.

        Where it is unsure, a model is asked, which takes a second and a half at most.
        """
        safety = self.look(words)
        if safety.finding.is_unsure:
            safety = self._safety(words, self._opinion.on(words, safety.finding))
        if safety.level is not Level.NONE:
            self.note(words, safety, Shown.TEXT if safety.is_crisis else shown)
        elif not safety.follow_up and self._follow_ups.of(words):
            self._attempt(lambda: self._end(words))
        return safety

    def cut(self, words: Words, safety: Safety, kind: str, language: str) -> Safety:
        """What a turn has to tell once its model was cut; it is noted. ``language`` is the one that the model spoke."""
        language = safety.language or language or disclosure.language_of(words.place)
        country = country_of(words.place, *self._home(words))
        resources = safety.resources or tuple(resources_for(country, language, rows=self._directory.rows()))
        found = replace(safety, cut=kind, language=language, resources=resources)
        CARE_CUTS.labels(words.path, kind).inc()
        event = replace(found, finding=replace(found.finding, source=f"output:{kind}", language=language))
        moment = now()
        self._attempt(lambda: self._write(words, event, Shown.CUT, moment))
        return found

    def note_refusal(self, words: Words, safety: Safety) -> None:
        """For words that were refused before a turn was made of them."""
        noted, level = self._noted.get((words.tenant_id, words.user_id), NEVER)
        if time.monotonic() - noted > NOTED_BY_ITS_TURN or safety.level.rank > level.rank:
            self.note(words, safety, Shown.REFUSAL)

    def note(self, words: Words, safety: Safety, shown: Shown) -> None:
        """For the audit; a crisis is followed up and told to those who look after the tenant's people."""
        moment = now()
        self._noted[words.tenant_id, words.user_id] = time.monotonic(), safety.level
        if len(self._noted) > MOST_NOTED:
            self._noted.popitem(last=False)
        self._attempt(lambda: self._write(words, safety, shown, moment))

    def _find(self, words: Words) -> Finding:
        found = assess(words.text) if words.text.strip() else UNHARMED.finding
        if not found.source or found.level is Level.CRISIS:
            return found
        return assess_together(words.text, words.before()[-MOST_BEFORE:])

    def _home(self, words: Words) -> tuple[str, str]:
        if words.place.country or words.is_anonymous:
            return "", ""
        try:
            home = self._home_of(words.tenant_id, words.user_id)
        except SQLAlchemyError as error:
            log.warning("home_not_read", reason=type(error).__name__)
            return "", ""
        return home.country, home.zone

    def _attempt(self, do: Callable[[], None]) -> None:
        """At once, or, while the database is away, as soon as it is back: nobody waits for help because of it."""
        try:
            do()
        except AWAY as error:
            log.warning("care_not_noted", reason=type(error).__name__)
            gevent.spawn(_until_done, do)
        except SQLAlchemyError as error:
            log.error("care_refused", reason=type(error).__name__, exc_info=error)

    def _write(self, words: Words, safety: Safety, shown: Shown, moment: datetime) -> None:
        found, country = safety.finding, next((row.country for row in safety.resources if row.country), None)
        row = CareEvent(
            **owner_columns(words), path=words.path, level=found.level, category=safety.category, score=found.score,
            source=found.source, language=found.language, country=country, shown=shown, created_at=moment,
        )  # fmt: skip
        is_alarming = safety.is_crisis and not safety.cut and not words.is_anonymous
        with self._db.begin() as session:
            advisory_lock(session, f"care:{joined(words.tenant_id, words.user_id)}")
            if is_alarming:
                self._follow_ups.start(session, words, safety.language)
            if shown in ONCE and _is_noted(session, words, row):
                return
            session.add(row)
            if is_alarming:
                alarms.raise_alarm(session, row)
        if shown is not Shown.CUT:
            CARE_FINDINGS.labels(words.path, safety.level).inc()

    def _end(self, words: Words) -> None:
        with self._db.begin() as session:
            self._follow_ups.end(session, words)


def _is_noted(session: Session, words: Words, row: CareEvent) -> bool:
    """Whether the same was noted a moment ago, here or elsewhere: a double click, or the turn of what is refused."""
    is_refusal = row.shown == Shown.REFUSAL
    life = timedelta(seconds=NOTED_BY_ITS_TURN if is_refusal else DOUBLE_CLICK)
    levels = [level for level in Level if level.rank >= row.level.rank]
    same = true() if is_refusal else and_(CareEvent.source == row.source, CareEvent.shown == row.shown)
    near = CareEvent.created_at.between(row.created_at - life, row.created_at + life)
    its = CareEvent.owned_by(words), CareEvent.path == row.path, CareEvent.level.in_(levels)
    return session.scalar(select(CareEvent.id).where(*its, near, same).limit(1)) is not None


def _until_done(do: Callable[[], None]) -> None:
    """Gives up after an hour, or when it will never be written."""
    give_up = time.monotonic() + LONGEST_AWAY
    while time.monotonic() < give_up:
        gevent.sleep(TRY_AGAIN)
        with suppress(*AWAY):
            do()
            return
    log.error("care_lost")
