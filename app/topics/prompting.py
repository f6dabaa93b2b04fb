"""A topic's prompts: the built-in files, or what an operator wrote instead. Every name in them gets a value."""

import traceback
from collections.abc import Iterable, Iterator
from functools import lru_cache

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.exceptions import TemplateRuntimeError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.core.errors import Unprocessable
from app.core.json import JSONObject
from app.topics.errors import PromptBroken
from app.topics.parameters import PARAMETERS
from app.topics.topic import FOLDER, Topic
from app.topics.values import Datum

EXAMPLE = "example"
LONGEST = 400_000  # characters of a rendered prompt
MOST_LOOPS = 2  # one in another
FAULTS = (TemplateError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
LANGUAGE = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.If,
    nodes.CondExpr, nodes.For, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Test, nodes.Filter,
    nodes.Include, nodes.Keyword,
)  # fmt: skip
WORDS = frozenset(
    {
        "capitalize",
        "default",
        "defined",
        "first",
        "join",
        "last",
        "length",
        "lower",
        "none",
        "title",
        "trim",
        "upper",
    }
)  # fmt: skip - filters and tests

_environment = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)


@lru_cache(maxsize=512)
def builtin_prompt(topic_id: str, kind: str) -> str:
    return (FOLDER / topic_id / f"{kind}.j2").read_text()


@lru_cache(maxsize=512)
def compile_prompt(text: str) -> tuple[Template, frozenset[str]]:
    try:
        tree = _environment.parse(text)
        _check_language(tree)
        return _environment.from_string(text), frozenset(meta.find_undeclared_variables(tree) - {EXAMPLE})
    except FAULTS as error:
        raise PromptBroken from error


def check_prompt(topic: Topic, text: str) -> None:
    """Refuses a prompt that could not be rendered."""
    try:
        names = compile_prompt(text)[1]
        unknown = sorted(names - PARAMETERS.keys() - parameter_names(topic))
        if unknown:
            raise Unprocessable(f"The prompt uses unknown parameters: {unknown}", code="VALIDATION_ERROR")
        render(text, topic, {})
    except PromptBroken as error:
        fault = error.__cause__
        told = f"The prompt can't be rendered: line {_line(fault)}: {fault}"[:500]
        raise Unprocessable(told, code="VALIDATION_ERROR") from None


def _check_language(tree: nodes.Template) -> None:
    """What prompts need and no more: nothing in it can run for long or grow without bound."""
    for node in tree.find_all(nodes.Node):
        if not isinstance(node, LANGUAGE):
            raise TemplateSyntaxError(f"{type(node).__name__} has no place in a prompt", node.lineno)
        if isinstance(node, nodes.Filter | nodes.Test) and node.name not in WORDS:
            raise TemplateSyntaxError(f"{node.name!r} has no place in a prompt", node.lineno)
        if isinstance(node, nodes.For) and (node.recursive or _depth(node) > MOST_LOOPS):
            raise TemplateSyntaxError("loops are at most two deep", node.lineno)


def _depth(loop: nodes.For) -> int:
    return 1 + max((_depth(inner) for inner in loop.find_all(nodes.For)), default=0)


def _line(fault: BaseException | None) -> int:
    """Where in the prompt it happened: the parser says it, else the frames of the template do."""
    if isinstance(fault, TemplateSyntaxError):
        return fault.lineno
    frames = traceback.extract_tb(fault.__traceback__) if fault else []
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == "<template>"), 1)


def parameter_names(topic: Topic) -> set[str]:
    return {parameter.name for parameter in topic.inputs}


def render(text: str, topic: Topic, values: JSONObject) -> str:
    template, names = compile_prompt(text)
    data = {name: Datum(name, values.get(name)) for name in names}
    try:
        return "".join(
            _bounded(template.generate({**data, EXAMPLE: f"<example>\n{topic.example_text}\n</example>"}))
        ).strip()
    except FAULTS as error:
        raise PromptBroken from error


def render_system(text: str, topic: Topic, values: JSONObject) -> str:
    """With the time on the person's clocks."""
    return f"{render(text, topic, values)}\n\nToday is {values['now']}."


def _bounded(parts: Iterable[str]) -> Iterator[str]:
    room = LONGEST
    for part in parts:
        room -= len(part)
        if room < 0:
            raise TemplateRuntimeError("the prompt is too long")
        yield part
