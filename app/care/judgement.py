"""The rules' and the classifier's word on a stretch of text, made into one finding."""

import re
from collections.abc import Iterable
from dataclasses import replace

from app.care.classifier import Classifier, Heard, Thresholds, classifier
from app.care.levels import NOTHING, Finding, Level
from app.care.rules import rules
from app.care.safe_words import affirms

SOURCE = "classifier"
REPEATED = re.compile(r"( \S+)\1+(?= )")  # said again and again, a word or a sentence weighs no more than once


def judge(folded: str) -> Finding:
    """The finding of a stretch of text as ``folded`` gives it."""
    spoken, heard = read(folded, classifier())
    return replace(together(spoken, heard, classifier().thresholds), score=heard.score)


def read(folded: str, by: Classifier) -> tuple[Finding, Heard]:
    """The gravest finding of the rules, and what a classifier hears.

    Negations and assurances are left to the rules: "I'd never do it" and "I'm safe now" are words of danger to it.
    """
    found, kept = rules().read(folded)
    heard = "\n".join(line for line in dict.fromkeys(kept) if not affirms(line))
    return gravest_of(found), by.hear(REPEATED.sub(r"\1", heard))


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
