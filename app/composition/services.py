"""What a process is made of, put together once: database, events, models, limits, and the desk where turns are made."""

import math
from dataclasses import astuple
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from app.accounts.budgets import TenantOverrides
from app.accounts.ledger import Ledger
from app.accounts.metering import Metering
from app.accounts.settings import home
from app.accounts.spending import Spending
from app.actions import jobs as action_jobs
from app.actions.service import ActionService
from app.administration.inspection import presence
from app.attachments import jobs as attachment_jobs
from app.attachments.database import InDatabase
from app.attachments.interfaces import Storage
from app.attachments.reader import Reader
from app.attachments.service import Keeper
from app.attachments.stored_bytes import Storages
from app.auth.keyring import Keyring
from app.auth.revocations import Revocations
from app.auth.sign_ins import SignIns
from app.auth.signed_links import SignedLinks
from app.auth.tokens import Tokens
from app.care import alarms
from app.care.directory import Directory
from app.care.follow_ups import FollowUps
from app.care.opinion import IN_TIME, SecondOpinion
from app.care.service import Care
from app.chat import jobs as chat_jobs
from app.chat import openings, remembering
from app.chat.chat_context import VECTOR_PATIENCE, Retriever
from app.chat.service import ChatService
from app.coaching.service import CoachingService
from app.coaching.sessions import Limits as SessionLimits
from app.config import settings as config
from app.config.environment import ConfigError, set_by
from app.config.media import Bucket
from app.config.settings import Settings
from app.db.session import db
from app.feeds.dispatcher import FeedDispatcher
from app.identity import jobs as identity_jobs
from app.identity.oidc import Attempts
from app.identity.provider import Provider
from app.imports import jobs as import_jobs
from app.insights import jobs as insight_jobs
from app.insights.service import Generator
from app.interviews import jobs as interview_jobs
from app.interviews.looks import looks
from app.jobs.desk import JobDesk
from app.jobs.queue import queue
from app.jobs.registry import PeriodicJob, registry
from app.jobs.runner import CANCEL, JobRunner
from app.limits.budgets import Budgets
from app.limits.local_counts import LocalCounts
from app.limits.permits import Limits
from app.limits.shared_counts import SharedCounts
from app.llm import prices, vendors
from app.llm.budget import Budget
from app.llm.choice import Reasoning
from app.llm.interfaces import Deadlines, Embedder
from app.llm.prices import Prices
from app.llm.quick import QuickModel, cheapest
from app.llm.registry import Models
from app.memory import jobs as memory_jobs
from app.observability.readiness import Readiness
from app.outgoing.website.scan import Scanner, scan
from app.privacy.erasure import jobs as erasure_jobs
from app.privacy.erasure.returns import Returns
from app.privacy.exports import jobs as export_jobs
from app.privacy.retention import jobs as retention_jobs
from app.realtime import jobs as realtime_jobs
from app.realtime.conversation_store import ConversationStore
from app.realtime.live.turn import RealtimeServices
from app.reminders import jobs as reminder_jobs
from app.reminders.interfaces import Conversations
from app.sockets.memory import budget
from app.speech import registry as speech
from app.streams.log import EventLog
from app.streams.roll_call import RollCall
from app.streams.runner import Runner
from app.streams.signals import signals
from app.topics import jobs as topic_jobs
from app.topics import runs as topic_runs
from app.topics.engine import Engine
from app.topics.overrides import Overrides
from app.traces.book import TraceBook
from app.turns.pipeline import Pipeline
from app.web.container import Container
from app.weekly import jobs as weekly_jobs
from app.weekly.service import WeeklyService
from app.workspace import indexing
from app.workspace import jobs as workspace_jobs
from app.workspace.sources.builtin import Workspace
from app.workspace.sources.http import USUAL, Services
from app.workspace.sources.interfaces import Sources


def connect(settings: Settings) -> Container:
    open_services(settings)
    log = EventLog(signals.redis)
    limits = Limits(signals.redis, dict(settings.rates))
    ledger, listed = Ledger(db), prices_of(settings)
    budgets = budgets_of(settings, Spending(db, ledger, listed.dearest))
    models = models_of(settings, ledger, budgets, listed)
    metering = Metering(ledger, budgets, listed)
    quick = embedder_of(settings, metering, VECTOR_PATIENCE)
    speaking, allow = speech_of(settings), frozenset(settings.scan_allow_hosts)
    indexing.configure(embedder_of(settings, metering))
    revocations = Revocations(db, signals)
    opinion, directory = opinion_of(models, ledger, listed), Directory(db, signals)
    care = Care(db, FollowUps(db, signals), directory, partial(home, db), opinion, is_on=settings.care)
    traces, runner = TraceBook(db), Runner(log, signals)
    pipeline = Pipeline(models, care, traces)
    files = files_of(settings)
    actions = ActionService(db, care)
    jobs = jobs_of()
    engine = Engine(db, pipeline, sources_of(settings), Overrides(db, signals), Scanner(allow).scan)
    return Container(
        settings,
        care,
        directory,
        revocations,
        *sign_ins_of(settings, revocations),
        limits,
        budgets,
        ledger,
        traces,
        models,
        log,
        runner,
        pipeline,
        actions,
        ChatService(db, runner, pipeline, Retriever(db, quick, files.reader), actions),
        Conversations(openings.begin),
        Generator(runner, pipeline),
        WeeklyService(runner, pipeline),
        speaking,
        RealtimeServices(pipeline, speaking, ConversationStore(db), partial(scan, allow=allow), limits, metering),
        engine,
        CoachingService(db, engine, runner, limits_of(settings.coaching)),
        FeedDispatcher(db, signals),
        jobs,
        *seen_by_operators(models, runner, jobs, listed),
        *files,
        Readiness(db, signals),
    )


class Files(NamedTuple):
    storages: Storages
    reader: Reader
    keeper: Keeper


def files_of(settings: Settings) -> Files:
    storages, media = storages_of(settings), settings.media
    return Files(storages, Reader(db, storages), Keeper(db, storages, media.quota, media.largest))


def seen_by_operators(models: Models, runner: Runner, jobs: JobRunner, listed: Prices) -> tuple[object, ...]:
    """Jobs, what each process has in hand, and what models cost."""
    return JobDesk(registry, queue, signals), RollCall(signals, presence(models, runner, jobs)), listed


def open_services(settings: Settings) -> None:
    db.connect(_needed(settings, "DATABASE_URL", settings.database_url), settings.database_pool)
    signals.connect(_needed(settings, "REDIS_URL", settings.redis_url))
    budget.limit = settings.socket_memory
    looks.patience = timedelta(minutes=settings.interview_unwatched_minutes)


def sign_ins_of(settings: Settings, revocations: Revocations) -> tuple[object, ...]:
    """Who tells who somebody is: tokens, browser sessions, an identity provider, keys."""
    return (
        Tokens(settings.auth, revocations, Returns(db).admit),
        SignIns(db, SignedLinks.of(settings)),
        Provider(settings.accounts.oidc, f"{settings.accounts.public_url}/auth/oidc/callback"),
        Attempts(settings.auth.secrets),
        Keyring(db, revocations),
    )


def jobs_of() -> JobRunner:
    """What workers can do, and the queue that tells them of it."""
    queue.connect(signals.redis)
    runner = JobRunner(db, queue, registry)
    registry.register([PeriodicJob("jobs.sweep", runner.sweep, every=10)])
    for product in (
        action_jobs, alarms, attachment_jobs, chat_jobs, erasure_jobs, export_jobs, identity_jobs, import_jobs,
        insight_jobs, interview_jobs, memory_jobs, realtime_jobs, remembering, reminder_jobs, retention_jobs,
        topic_jobs, weekly_jobs, workspace_jobs,
    ):  # fmt: skip
        registry.register(product.JOBS)
    signals.subscribe(CANCEL, runner.cancel)
    for channel in (topic_runs.CANCEL, CANCEL):  # a run in the background has its job's id
        signals.subscribe(channel, topic_jobs.stop_here)
    return runner


def storages_of(settings: Settings) -> Storages:
    """What came in before a bucket was set up stays where it is."""
    bucket = settings.media.bucket
    storages: list[Storage] = [InDatabase(db), *([_in_bucket(bucket)] if bucket else [])]
    return Storages(storages[-1], {storage.kind: storage for storage in storages})


def _in_bucket(bucket: Bucket) -> Storage:
    from app.attachments.s3 import InBucket  # whose SDK costs every process 10 MB

    return InBucket(db, bucket)


def models_of(settings: Settings, ledger: Ledger, budget: Budget, listed: Prices) -> Models:
    wanted = settings.models
    with set_by("LLM_MODELS"):
        reasoning = Reasoning(wanted.reasoning_tokens, wanted.reasoning_effort)
        return vendors.build(
            wanted.specs, wanted.keys, wanted.base_urls, deadlines_of(wanted), ledger, reasoning, budget, listed
        )  # fmt: skip


def opinion_of(models: Models, ledger: Ledger, listed: Prices) -> SecondOpinion:
    choice = cheapest(models.choices, listed)
    return SecondOpinion(QuickModel(choice, IN_TIME, ledger, listed) if choice else None)


def prices_of(settings: Settings) -> Prices:
    with set_by("PRICES_FILE"):
        return prices.load(settings.prices_file)


def budgets_of(settings: Settings, spending: Spending) -> Budgets:
    shared, local = SharedCounts(signals.redis, spending), LocalCounts(spending)
    return Budgets(shared, local, settings.budgets, TenantOverrides(db))


def embedder_of(settings: Settings, metering: Metering, patience: float = math.inf) -> Embedder | None:
    """``patience`` are the seconds that any of its calls may take at most."""
    wanted = settings.models
    if not wanted.embedding:
        return None
    deadlines = Deadlines(*(min(one, patience) for one in astuple(deadlines_of(wanted))))
    with set_by("EMBEDDING_MODEL"):
        return vendors.embedder(wanted.embedding, wanted.keys, wanted.base_urls, deadlines, metering.embedded)


def sources_of(settings: Settings) -> Sources:
    """The built-in workspace, or a customer's own services where there are any."""
    builtin = Workspace(db)
    return Services(settings.source_urls, builtin, settings.sources_file or USUAL) if settings.source_urls else builtin


def limits_of(wanted: config.Coaching) -> SessionLimits:
    idle, life = timedelta(minutes=wanted.idle_minutes), timedelta(days=wanted.life_days)
    return SessionLimits(wanted.max_turns, idle, life, wanted.exclusive_topics)


def speech_of(settings: Settings) -> speech.Speech:
    wanted = settings.speech
    with set_by("TTS_MODEL or STT_MODEL"):
        return speech.build(wanted.tts, wanted.stt, wanted.keys, wanted.base_urls, wanted.engine_environ)


def deadlines_of(wanted: config.Models) -> Deadlines:
    return Deadlines(wanted.connect_timeout, wanted.first_timeout, wanted.between_timeout, wanted.total_timeout)


def _needed(settings: Settings, name: str, url: str) -> str:
    if url:
        return url
    raise ConfigError(f"{name} is not set and no embedded services run in {settings.data_dir}: start `make run` first.")
