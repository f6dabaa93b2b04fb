"""What was found in a person's words, with all that an answer needs because of it."""

from dataclasses import dataclass, replace
from pathlib import Path

from app.care import texts
from app.care.assessment import assess
from app.care.levels import NOTHING, Category, Finding, Level, settled
from app.care.resources import Resource
from app.core.errors import AppError
from app.core.json import JSONObject, JSONValue
from app.llm.interfaces import Request

MODEL = "care"  # the model of answers that no model gave
GUIDANCE = (Path(__file__).parent / "guidance.md").read_text(encoding="utf-8").strip()

WITHHELD = {
    "user": "[Somebody's life or health was at risk here. What the person said is not shown.]",
    "assistant": "[They were given the numbers of people who help.]",
}


@dataclass(frozen=True, slots=True)
class Safety:
    """``language`` is that of the fixed texts. ``follow_up``: the person was in a crisis in the last hours.

    ``cut`` is the kind of what a model said that was cut.
    """

    finding: Finding = NOTHING
    language: str = ""
    resources: tuple[Resource, ...] = ()
    follow_up: bool = False
    cut: str = ""

    @property
    def level(self) -> Level:
        return self.finding.level

    @property
    def category(self) -> Category | None:
        return self.finding.category if self.level is not Level.NONE else None

    @property
    def is_crisis(self) -> bool:
        return self.level is Level.CRISIS

    @property
    def text(self) -> str:
        """What is said in place of a coach's answer, or before it; empty when there is nothing to say."""
        told = texts.of_language(self.language)
        if self.category is not None:
            return told.fixed(self.level, self.category, self.resources)
        return told.follow_up if self.follow_up else ""

    @property
    def text_of_cut(self) -> str:
        """What is said in place of the rest of an answer."""
        told = texts.of_language(self.language)
        return told.filled(told.cut, self.resources)

    def wire(self) -> JSONObject:
        """``metadata.safety`` of an answer."""
        more: JSONObject = {"follow_up": True} if self.follow_up else {}
        cut: JSONObject = {"cut": self.cut} if self.cut else {}
        return {"level": self.level, "category": self.category, **more, **cut}

    @property
    def stored(self) -> JSONObject | None:
        """The same for a row; nothing where there is nothing to tell, or not yet."""
        has_none = self.level is Level.NONE and not self.follow_up and not self.cut
        return None if self.finding.is_unsure or has_none else self.wire()

    def fields(self) -> JSONObject:
        """What a refusal, a result or an event carries beside it; nothing when there is nothing to tell."""
        if self.level is Level.NONE and not self.cut:
            return {}
        return {"safety": self.wire(), "resources": [row.wire() for row in self.resources]}

    def guided(self, request: Request) -> Request:
        """The model is told to stay with somebody who is not well."""
        if self.level is Level.NONE and not self.follow_up:
            return request
        return guided(request)


UNHARMED = Safety()


def guided(request: Request) -> Request:
    if GUIDANCE in request.system:
        return request
    grounding = replace(request.grounding, gently=True) if request.grounding else None
    return replace(request, system=f"{request.system}\n\n{GUIDANCE}".strip(), grounding=grounding)


def stored_of(*texts: str) -> JSONObject | None:
    """What a row or a document keeps of what is in its texts."""
    return Safety(settled(assess("\n".join(texts)))).stored


def metadata(stored: JSONObject | None) -> JSONObject:
    """``metadata.safety`` of an answer by what was stored of it."""
    return stored or UNHARMED.wire()


def shown_to_models(role: str, content: str, stored: JSONObject | None) -> str:
    """What was said in a crisis, and what was told then, no model gets to see."""
    return WITHHELD[role] if in_crisis(stored) else content


def in_crisis(stored: JSONObject | None) -> bool:
    return stored is not None and stored.get("level") == Level.CRISIS


def without_crises(value: JSONObject) -> JSONObject:
    """What a model may see of an object that a person's words are in."""
    return {name: _shown(item) for name, item in value.items()}


def withheld(value: JSONObject) -> JSONObject:
    """The same without any words, for what was found to be a crisis as a whole."""
    return {name: WITHHELD["user"] if item else item for name, item in value.items()}


def _shown(value: JSONValue) -> JSONValue:
    if isinstance(value, str):
        return WITHHELD["user"] if assess(value).level is Level.CRISIS else value
    if isinstance(value, list):
        return [_shown(item) for item in value]
    return without_crises(value) if isinstance(value, dict) else value


@dataclass(frozen=True, slots=True)
class Cut:
    """An answer that ends early: ``passed`` is what the ``model`` said before."""

    safety: Safety
    passed: str
    model: str

    @property
    def text(self) -> str:
        return self.safety.text_of_cut

    @property
    def rest(self) -> str:
        """What comes after what has passed."""
        return f"\n\n{self.text}" if self.passed.strip() else self.text

    @property
    def whole(self) -> str:
        return self.passed + self.rest


class Withheld(AppError):
    """For answers whose shape can't hold a fixed text."""

    code, status = "CARE", 422


class InCrisis(Withheld):
    def __init__(self, safety: Safety) -> None:
        super().__init__(safety.text, care=safety.fields())


class CutShort(Withheld):
    def __init__(self, safety: Safety) -> None:
        super().__init__(safety.text_of_cut, care=safety.fields())
