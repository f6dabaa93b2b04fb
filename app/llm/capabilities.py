"""What a model takes, learned from what it refuses; nothing is decided by a model's name.

A model is asked for everything until it refuses a part. That part is then renamed, lowered or left out for good.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum


class Format(StrEnum):
    """How a model is told the schema of its answer, the strictest way first."""

    SCHEMA = "schema"  # by the wire's own field, or a tool that it has to call
    OBJECT = "object"  # the wire asks for JSON, the schema is told in words
    WORDS = "words"


class LimitName(StrEnum):
    """Under which of a wire's two names the limit of tokens is sent."""

    USUAL = "usual"
    OTHER = "other"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """``most_tokens`` is 0 while no bound is known. Schemas of ``refused_schemas`` are told in words."""

    limit_name: LimitName = LimitName.USUAL
    most_tokens: int = 0
    temperature: bool = True
    format: Format = Format.SCHEMA
    refused_schemas: frozenset[str] = frozenset()
    tools: bool = True
    usage: bool = True
    effort: bool = True
    system: bool = True
    stream: bool = True

    def format_of(self, schema_name: str) -> Format:
        refused = self.format is Format.SCHEMA and schema_name in self.refused_schemas
        return Format.OBJECT if refused else self.format


ALL = Capabilities()


class Parameter(StrEnum):
    """A part of a request that a model may refuse."""

    LIMIT = "limit"
    TEMPERATURE = "temperature"
    FORMAT = "format"
    TOOLS = "tools"
    USAGE = "usage"
    EFFORT = "effort"
    SYSTEM = "system"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a vendor refused. ``most`` is the greatest limit that it names, ``schema`` the only schema at fault."""

    parameter: Parameter
    most: int = 0
    schema: str = ""


def lowered(known: Capabilities, sent: Capabilities, refusal: Refusal) -> Capabilities | None:
    """What is known after a refusal of what was ``sent``; None when there is nothing left to lower."""
    if refusal.parameter is Parameter.LIMIT:
        return _limit(known, sent, refusal)
    if refusal.parameter is Parameter.FORMAT:
        return _format(known, sent, refusal)
    if not getattr(sent, refusal.parameter):
        return None
    return _LEFT_OUT[refusal.parameter](known)


_LEFT_OUT: dict[Parameter, Callable[[Capabilities], Capabilities]] = {
    Parameter.TEMPERATURE: lambda known: replace(known, temperature=False),
    Parameter.TOOLS: lambda known: replace(known, tools=False),
    Parameter.USAGE: lambda known: replace(known, usage=False),
    Parameter.EFFORT: lambda known: replace(known, effort=False),
    Parameter.SYSTEM: lambda known: replace(known, system=False),
    Parameter.STREAM: lambda known: replace(known, stream=False),
}


def _limit(known: Capabilities, sent: Capabilities, refusal: Refusal) -> Capabilities | None:
    """A limit that is too high is lowered; a name that is not known is tried the other way, then left out."""
    if refusal.most:
        is_news = not sent.most_tokens or refusal.most < sent.most_tokens
        return replace(known, most_tokens=refusal.most) if is_news else None
    names = list(LimitName)
    after = names.index(sent.limit_name) + 1
    if after == len(names):
        return None
    return replace(known, limit_name=names[after]) if known.limit_name is sent.limit_name else known


def _format(known: Capabilities, sent: Capabilities, refusal: Refusal) -> Capabilities | None:
    formats = list(Format)
    was = sent.format_of(refusal.schema)
    if was is Format.WORDS:
        return None
    if refusal.schema and was is Format.SCHEMA:
        return replace(known, refused_schemas=known.refused_schemas | {refusal.schema})
    after = formats[formats.index(was) + 1]
    return replace(known, format=max(known.format, after, key=formats.index))
