"""A topic's prompts: the built-in files, or what an operator wrote instead. Every name in them gets a value."""

from functools import lru_cache

from jinja2 import FileSystemLoader, StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from app.core.errors import Unprocessable
from app.core.json import JSONObject
from app.topics.errors import PromptBroken
from app.topics.parameters import PARAMETERS
from app.topics.topic import FOLDER, Topic
from app.topics.values import Datum

EXAMPLE = "example"

_environment = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(FOLDER), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)


@lru_cache(maxsize=512)
def builtin_prompt(topic_id: str, kind: str) -> str:
    return (FOLDER / topic_id / f"{kind}.j2").read_text()


@lru_cache(maxsize=512)
def compile_prompt(text: str) -> tuple[Template, frozenset[str]]:
    try:
        names = meta.find_undeclared_variables(_environment.parse(text)) - {EXAMPLE}
        return _environment.from_string(text), frozenset(names)
    except TemplateError as error:
        raise PromptBroken from error


def check_prompt(topic: Topic, text: str) -> None:
    """Refuses a prompt that could not be rendered."""
    try:
        names = compile_prompt(text)[1]
    except PromptBroken as error:
        raise Unprocessable(f"The prompt is not a valid template: {error.__cause__}", code="VALIDATION_ERROR") from None
    unknown = sorted(names - PARAMETERS.keys() - parameter_names(topic))
    if unknown:
        raise Unprocessable(f"The prompt uses unknown parameters: {unknown}", code="VALIDATION_ERROR")
    try:
        render(text, topic, {})
    except PromptBroken as error:
        raise Unprocessable(f"The prompt can't be rendered: {error.__cause__}", code="VALIDATION_ERROR") from None


def parameter_names(topic: Topic) -> set[str]:
    return {parameter.name for parameter in topic.inputs}


def render(text: str, topic: Topic, values: JSONObject) -> str:
    template, names = compile_prompt(text)
    data = {name: Datum(name, values.get(name)) for name in names}
    try:
        return template.render({**data, EXAMPLE: topic.example_text}).strip()
    except TemplateError as error:
        raise PromptBroken from error
