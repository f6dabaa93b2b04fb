"""Whose a table's rows are, said beside each table, and a Redis key's beside its name.

Export, erasure, retention and the data page are loops over what is said here (``app/privacy/registry.py``).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Connection

from app.core.ids import joined, mark
from app.core.retention import Aging
from app.db.restoring import OF_TEAM, Restoring

NOTHING: Mapping[str, tuple[str, ...]] = {}
Content = Callable[[Connection, str], Iterable[bytes]]


class Derivation(StrEnum):
    """How a text that was made of rows follows what becomes of them."""

    RECORDED = "recorded"  # ``app.provenance`` knows them: it is stale when one changes, and gone with it
    REWRITTEN = "rewritten"  # with each change of a row, in its transaction
    PART = "part"  # they belong to the text's row: they go with it, and it is made anew when one goes before
    ANSWER = "answer"  # to one request, as it was given then


@dataclass(frozen=True, slots=True)
class Name:
    """A column where a person's id may stand, with the column that says of which tenant. When it is taken out, what
    stands ``beside`` it goes too."""

    column: str
    tenant: str = "tenant_id"
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ages:
    """Rows go when the moment in ``since`` is as many days ago as their kind is kept.

    ``unless`` is SQL of rows that stay all the same; ``:before`` in it is the moment since which rows are young enough.
    """

    kind: Aging
    since: str = "created_at"
    unless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What holds for every table.

    An export has the rows as ``data/<table>.json``, unless ``unexported`` says why not. It leaves out ``secrets``, and
    ``machinery``: leases and such, which say nothing of anybody. ``file`` is a column of bytes, which become a file;
    ``content`` gives those of the row with an id where they lie elsewhere.
    ``derived`` are texts that were made of rows of other tables, ``derivation`` says how they follow those. ``names``
    are columns where a person's id or address may stand in a row that outlives them: it is taken out there. ``kept``
    is why a row does, and how long.
    ``ages`` is of rows that retention may sweep. ``restored`` is what an import of an export does with them.
    """

    unexported: str = ""
    secrets: tuple[str, ...] = ()
    machinery: tuple[str, ...] = ()
    file: str = ""
    content: Content | None = None
    derived: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    derivation: Derivation | None = None
    names: tuple[str | Name, ...] = ()
    kept: str = ""
    ages: Ages | None = None
    restored: Restoring | None = None

    @property
    def has_files(self) -> bool:
        return bool(self.file or self.content)

    @property
    def left_out(self) -> frozenset[str]:
        """Columns that no ``data/<table>.json`` has."""
        return frozenset({*self.secrets, *self.machinery, *([self.file] if self.file else [])})

    @property
    def name_columns(self) -> tuple[Name, ...]:
        return tuple(name if isinstance(name, Name) else Name(name) for name in self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Rows that the team has too, by an SQL condition: they outlive their person, and have no owner then.

    What is ``emptied`` with that is null.
    """

    rows: str
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfPerson(Declaration):
    """Rows of one person, by the columns of ``Owned``; or by ``key``, which holds both ids as ``joined`` writes them.

    They are erased with the person, but for those that are ``left`` to a team, and unless ``kept`` says why they stay,
    without ``names``. More rows go with each
    person of a tenant: those with its id in ``copies``, since they have copies of all people's rows; those whose
    ``key`` is ``shared`` with the tenant in it; and those of nobody or of somebody else of the tenant whose JSON in
    ``about`` has the person as ``user_id``.
    """

    key: str = ""
    copies: str = ""
    shared: str = ""
    about: str = ""
    left: Left | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf(Declaration):
    """Rows that belong to the row that the foreign key in ``by`` points to, and go with it."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfTeam(Declaration):
    """Rows of a whole tenant. They stay when a person goes; but those with the person's id in ``person`` are theirs."""

    person: str = ""
    restored: Restoring | None = OF_TEAM


@dataclass(frozen=True, slots=True, kw_only=True)
class OfNobody(Declaration):
    """Rows that belong to no person and no tenant; ``why``."""

    why: str


@dataclass(frozen=True, slots=True)
class RedisKeys:
    """Keys that fully match ``pattern``. None is exported: they are counts and copies, and end by themselves.

    ``of_owner`` makes the glob of one person's keys out of ``tenant``, ``user`` and both as one (``owner``), each as
    ``joined`` writes it, and the ``mark`` of their runs; without one they name nobody. ``kept`` is how long.
    """

    pattern: str
    about: str
    kept: str
    of_owner: str = ""

    def glob(self, tenant: str, user: str) -> str:
        """Which keys are a person's; none (``""``) where no key names anybody."""
        owner = joined(tenant, user)
        parts = {"tenant": joined(tenant), "user": joined(user), "owner": owner, "mark": mark(owner)}
        return self.of_owner.format_map({name: escaped(part) for name, part in parts.items()})


def escaped(text: str) -> str:
    """For Redis' globs."""
    return re.sub(r"([*?\[\]^\\-])", r"\\\1", text)
