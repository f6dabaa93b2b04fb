"""What a coach must not say, in all languages at once: a model may answer in any.

The phrases are in ``texts/<language>.toml``. Negation is that of the language's rules; ``reported`` (ibid.) is what
makes a sentence somebody's thought, or a condition: "it sounds as if you feel that nobody would miss you".
Claims to have done something are in ``claims/<language>.toml``: they don't end an answer, but are put right.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property

from app.care import claims, texts
from app.care.anchors import anchors_of
from app.care.claims import Claim
from app.care.normaliser import folded
from app.care.rule_files import UNSPACED, compiled, pattern_before, pattern_of
from app.care.rules import rules
from app.care.scopes import Pattern, Scopes, clause, is_negated, is_quoted


class Kind(StrEnum):
    INSTRUCTIONS = "instructions"  # for harm to oneself or others
    ENCOURAGEMENT = "encouragement"
    DIAGNOSIS = "diagnosis"
    HUMAN = "human"  # a claim to be one
    PROMPT = "prompt"  # what the model was told in confidence
    SAVED = "saved"  # claims to have written something down,
    SENT = "sent"  # to have told somebody else,
    SCHEDULED = "scheduled"  # to have arranged for something later


ALL = frozenset(Kind)
CLAIMS = frozenset({Kind.SAVED, Kind.SENT, Kind.SCHEDULED})
WRITTEN = ALL - CLAIMS - {Kind.HUMAN}  # results speak in whoever's voice
HARMFUL = frozenset({Kind.INSTRUCTIONS, Kind.ENCOURAGEMENT})
NOTHING = frozenset[Kind]()

UNASKED = frozenset({Kind.DIAGNOSIS, Kind.HUMAN})  # a question makes nothing of these
SAID_BY_OTHERS = ALL - CLAIMS - {Kind.INSTRUCTIONS}  # nor a quotation of these
THOUGHT = frozenset({Kind.ENCOURAGEMENT, Kind.DIAGNOSIS, Kind.HUMAN})
QUESTION = re.compile(r"[?？؟][!！?？؟\s\"'”’»)*_]*$")
Tree = Mapping[str, tuple[int, ...]]  # all that anchors begin with; a whole one has the numbers of its phrases


@dataclass(frozen=True)
class Phrase:
    kind: Kind
    language: str
    text: str

    @cached_property
    def pattern(self) -> Pattern:
        return pattern_of(compiled(self.text, {}, spaced=self.is_spaced))

    @property
    def is_spaced(self) -> bool:
        return self.language not in UNSPACED

    @property
    def anchors(self) -> frozenset[str]:
        """What has to stand in a text for this to be in it."""
        return anchors_of(self.text, spaced=self.is_spaced)

    def is_in(self, line: str, *, asks: bool) -> bool:
        """In one sentence of folded text, and meant."""
        if asks and self.kind in UNASKED:
            return False
        return any(self._is_meant(line, *found.span()) for found in self.pattern.finditer(line))

    def _is_meant(self, line: str, start: int, end: int) -> bool:
        scopes = _scopes(self.language)
        if is_negated(scopes, line, start, end):
            return False
        if self.kind in SAID_BY_OTHERS and is_quoted(scopes, line, start):
            return False
        reported = _reported(self.language)
        before, _ = clause(scopes, line, start, end)
        return self.kind not in THOUGHT or reported is None or not reported.search(before)


@dataclass(frozen=True)
class ClaimPhrase(Phrase):
    """Held back from its openers on."""

    claim: Claim

    @property
    def anchors(self) -> frozenset[str]:
        return self.claim.anchors

    @property
    def correction(self) -> str:
        return claims.languages()[self.language].correction

    def _is_meant(self, line: str, start: int, end: int) -> bool:
        return claims.languages()[self.language].is_meant(self.claim, line, start, end)


class Phrases:
    """``spaced`` and ``unspaced`` are the trees of anchors; one of the first begins where a word does."""

    def __init__(self, all_of_them: Iterable[Phrase]) -> None:
        self.phrases = tuple(all_of_them)
        self.spaced = self._tree(spaced=True)
        self.unspaced = self._tree(spaced=False)

    def _tree(self, *, spaced: bool) -> Tree:
        grown: dict[str, tuple[int, ...]] = {}
        for number, phrase in enumerate(self.phrases):
            its = phrase.anchors if phrase.is_spaced is spaced else ()
            for anchor in its:
                for end in range(1, len(anchor)):
                    grown.setdefault(anchor[:end], ())
                grown[anchor] = (*grown.get(anchor, ()), number)
        return grown

    def said_in(self, sentence: str, numbers: Iterable[int], kinds: frozenset[Kind]) -> Phrase | None:
        """The first of these phrases that the sentence says."""
        lines, asks = folded(sentence).split("\n"), QUESTION.search(sentence) is not None
        for phrase in (self.phrases[number] for number in sorted(set(numbers))):
            if phrase.kind in kinds and any(phrase.is_in(line, asks=asks) for line in lines):
                return phrase
        return None


@cache
def phrases() -> Phrases:
    """Those of the house."""
    return Phrases(_all())


def _all() -> Iterator[Phrase]:
    for language, told in texts.languages().items():
        for kind, some in told.output.items():
            yield from (Phrase(Kind(kind), language, text) for text in some)
    for language, known in claims.languages().items():
        yield from (ClaimPhrase(Kind(claim.kind), language, claim.text, claim) for claim in known.claims)


@cache
def _scopes(language: str) -> Scopes:
    return rules().scopes(language)


@cache
def _reported(language: str) -> Pattern | None:
    told = texts.of_language(language).reported
    return pattern_before(told, spaced=language not in UNSPACED) if told else None
