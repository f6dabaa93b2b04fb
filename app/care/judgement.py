"""The rules' and the classifier's word on a stretch of text, made into one finding."""

from collections.abc import Iterable
from dataclasses import replace

from app.care.classifier import Heard, Thresholds, classifier
from app.care.levels import NOTHING, Finding, Level
from app.care.rules import rules
from app.care.safe_words import affirms

SOURCE = "classifier"


def judge(folded: str) -> Finding:
    """The finding of a stretch of text as ``folded`` gives it."""
    heard = classifier().hear(_without_assurances(folded))
    found = together(gravest_of(rules().find(folded)), heard, classifier().thresholds)
    return replace(found, score=heard.score)


def _without_assurances(folded: str) -> str:
    """To the classifier "I'm safe now" would sound like danger: these are its words."""
    return "\n".join(line for line in folded.split("\n") if not affirms(line))


def gravest_of(findings: Iterable[Finding]) -> Finding:
    return max((NOTHING, *findings), key=gravity)


def gravity(found: Finding) -> tuple[int, bool, float]:
    """Of two findings of one level the one with the higher score."""
    return found.level.rank, found.source != "", found.score or 0.0


def together(spoken: Finding, heard: Heard, limits: Thresholds) -> Finding:
    """``spoken`` is the gravest finding of the rules. Who sees more counts."""
    if spoken.level is Level.CRISIS:
        return spoken
    if heard.crisis >= (limits.raised if spoken.level is Level.CONCERN else limits.crisis):
        return _of(heard, Level.CRISIS)
    is_doubtful = heard.crisis >= limits.doubtful
    if spoken.level is Level.CONCERN:
        return replace(spoken, is_unsure=is_doubtful)
    if heard.concern >= limits.concern:
        return _of(heard, Level.CONCERN, is_unsure=is_doubtful)
    return _of(heard, Level.CONCERN, is_unsure=True) if is_doubtful or heard.concern >= limits.unsure else spoken


def _of(heard: Heard, level: Level, *, is_unsure: bool = False) -> Finding:
    return Finding(level, heard.category, SOURCE, heard.language, is_unsure=is_unsure)
