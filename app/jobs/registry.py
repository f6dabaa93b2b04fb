"""What workers can do: jobs by name, each safe to run twice, and periodic work. The composition fills the registry."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.jobs.models import QueueName


@dataclass(frozen=True, slots=True)
class JobDefinition:
    """``function`` is called with the job's arguments as keywords.

    ``attempts`` is how often a job may fail; only errors that call themselves retryable are tried again. An attempt
    whose worker was killed has not failed.
    ``queue`` is the class of jobs whose slots it takes.
    ``give_up`` is called with the same arguments when the job has failed for good. An operator may try a failed job
    again where nothing was given up, or where ``reopen`` takes that back; ``call_off`` is called when one cancels it,
    else ``give_up`` is. Both get the session of that first.
    """

    name: str
    function: Callable[..., None]
    queue: QueueName
    attempts: int = 3
    give_up: Callable[..., None] | None = None
    reopen: Callable[..., None] | None = None
    call_off: Callable[..., None] | None = None

    @property
    def can_be_tried_again(self) -> bool:
        return self.give_up is None or self.reopen is not None


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """Work that is due every ``every`` seconds, on whichever worker comes first."""

    name: str
    function: Callable[[], None]
    every: int


class JobRegistry:
    def __init__(self) -> None:
        self.jobs: dict[str, JobDefinition] = {}
        self.periodic: dict[str, PeriodicJob] = {}

    def register(self, definitions: Iterable[JobDefinition | PeriodicJob]) -> None:
        for definition in definitions:
            if isinstance(definition, JobDefinition):
                self.jobs[definition.name] = definition
            else:
                self.periodic[definition.name] = definition


registry = JobRegistry()  # of this process
