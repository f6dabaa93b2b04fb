"""A text about a person on its way out, held against what it may rest on, sentence by sentence.

It leaves in whole sentences. Where somebody follows it (``is_followed``) words leave as they come, up to the first
number, date or quotation mark of a sentence; from there on it is held to its end. What is written *about* a person
(reviews, insights) is ``strict``: all of it claims something, but for advice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.receipts.ground import Ground
from app.receipts.judging import Kind, Receipt, judge
from app.receipts.letters import flat
from app.receipts.pieces import end_of_sentence, first_sign
from app.receipts.quotations import quotations
from app.receipts.sentence import BULLET, Place
from app.receipts.wording import ENGLISH, Wording, all_wordings, wording_of

MOST_HELD = 2000  # characters of a sentence
MOST_RECEIPTS = 60
REMEMBERED = 400  # characters by which the language is known
BROKEN_OFF = "… "  # after the beginning of a sentence whose rest is left out


def unnoted(_: Kind) -> None: ...


@dataclass(frozen=True, slots=True)
class Proved:
    """``is_empty``: nothing of the text is left but that."""

    text: str
    receipts: Sequence[Receipt] = ()
    is_empty: bool = False


def proved(text: str, ground: Ground, *, is_advice: bool = False, note: Callable[[Kind], None] = unnoted) -> Proved:
    """What is left of a whole text about a person."""
    proof = Proof(lambda: ground, strict=True, is_followed=False, is_advice=is_advice)
    proof.note = note
    said = proof.feed(text) + proof.end()
    return Proved(said.strip(), proof.receipts, is_empty=proof.is_empty)


class Proof:
    """Of one text. ``ground`` is asked for when something is claimed; ``note`` hears of what is left out."""

    def __init__(
        self, ground: Callable[[], Ground], *, strict: bool, is_followed: bool, is_advice: bool = False
    ) -> None:  # fmt: skip
        self.receipts: list[Receipt] = []
        self.note: Callable[[Kind], None] = unnoted
        self._ground = ground
        self._known: Ground | None = None
        self._strict, self._is_followed, self._is_advice = strict, is_followed, is_advice
        self._said = ""  # what has passed of the sentence that is being said
        self._held = ""
        self._tail = ""  # of what has passed
        self._language = ""
        self._bullet = ""  # of a line whose first sentence was left out
        self._has_lost_beginning = False  # the line that is being said
        self._is_corrected = False
        self._has_dropped = self._has_kept = False  # since the last heading
        self.is_empty = False  # once it has said so of itself

    def feed(self, text: str) -> str:
        """What may pass now."""
        self._held += text
        return self._released(final=False)

    def end(self) -> str:
        """The rest of what may pass."""
        said = self._released(final=True)
        self._said = ""
        return said + self._told_of_nothing("")

    def _released(self, *, final: bool) -> str:
        passed = ""
        while self._held:
            whole, begun = self._said + self._held, len(self._said)
            end = end_of_sentence(whole, begun, final=final) or (len(whole) if final or len(whole) > MOST_HELD else 0)
            if not end:
                return passed + (self._passed_on() if self._is_followed else "")
            self._held = whole[end:]
            passed += self._sentence(whole[:end])
            self._said = ""
        return passed

    def _passed_on(self) -> str:
        """What can't be the beginning of a claim."""
        end = first_sign(self._held, self._said)
        words = self._held[:end]
        has_begun = any(map(str.isalnum, self._said))
        if not has_begun and (words != self._held or not any(map(str.isalnum, words))):
            return ""
        self._said, self._held = self._said + words, self._held[end:]
        return self._pass(words)

    def _sentence(self, text: str) -> str:
        if not text.strip():
            return self._space(text[len(self._said) :])
        opened = self._opening(text)
        if first_sign(text, final=True) == len(text):
            return self._kept(opened, text)
        found = judge(text, self._grounds(), self._wording(text), self._place)
        if found.text is None:
            self.note(found.wrong or Kind.NUMBER)
            return opened + self._dropped(text)
        self.receipts += found.receipts[: MOST_RECEIPTS - len(self.receipts)]
        return self._kept(opened, found.text)

    @property
    def _place(self) -> Place:
        return Place(self._strict, self._is_advice, len(self._said))

    def _grounds(self) -> Ground:
        if self._known is None:
            self._known = self._ground()
        return self._known

    def _kept(self, opened: str, text: str) -> str:
        rest, self._has_kept = text[len(self._said) :], not _is_heading(text.strip())
        if self._has_lost_beginning and self._is_at_beginning and not self._said:
            rest = self._bullet + rest.lstrip(" ")
            self._bullet, self._has_lost_beginning = "", False
        return opened + self._pass(rest)

    @property
    def _is_at_beginning(self) -> bool:
        return not self._tail or self._tail.endswith("\n")

    def _dropped(self, text: str) -> str:
        self._has_dropped = True
        if any(map(str.isalnum, self._said)):
            told = "" if self._is_corrected else self._words(text).correction
            self._is_corrected = True
            return self._pass((BROKEN_OFF + told).rstrip() if told else BROKEN_OFF.strip())
        begin = BULLET.match(text)
        self._has_lost_beginning = self._has_lost_beginning or self._is_at_beginning
        if self._is_at_beginning and begin and begin[0].strip() and not self._bullet:
            self._bullet = begin[0]
        return ""

    def _space(self, text: str) -> str:
        """Between lines; of a line of which nothing is left, none."""
        is_lost, self._bullet = self._has_lost_beginning, ""
        self._has_lost_beginning = False
        if is_lost and self._is_at_beginning:
            known = len(self._tail) - len(self._tail.rstrip("\n")) if self._tail else 2
            text = "\n" * max(0, text.count("\n") - known)
        return self._pass(text)

    def _opening(self, text: str) -> str:
        """What has to be said before a heading; and whether advice follows."""
        line = text.strip()
        if not _is_heading(line) and not line.endswith(":"):
            return ""
        told = self._told_of_nothing("\n\n") if _is_heading(line) else ""
        self._is_advice = self._words(text).is_marked("about_advice", flat(line))
        return told

    def _told_of_nothing(self, end: str) -> str:
        if not self._has_dropped or self._has_kept or self._is_corrected:
            return ""
        self._has_dropped, self.is_empty = False, True
        words = self._words("")
        return self._pass((words.nothing if self._strict else words.correction) + end)

    def _wording(self, text: str) -> Wording | None:
        """Of a sentence; a heading and what is quoted may be in another language."""
        plain = text
        for one in quotations(text):
            plain = plain.replace(one.text, "")
        found = wording_of(plain, self._language or self._grounds().hint)
        if found and not _is_heading(text.strip()):
            self._language = found.code
        return found

    def _words(self, text: str) -> Wording:
        known = self._language or self._grounds().hint[:2].lower()
        return (self._wording(text) if text else None) or all_wordings().get(known) or all_wordings()[ENGLISH]

    def _pass(self, text: str) -> str:
        self._tail = (self._tail + text)[-REMEMBERED:]
        return text


def _is_heading(line: str) -> bool:
    return line.startswith("#") or (line.startswith("**") and line.rstrip(":").endswith("**"))
