"""What a coach says, looked at sentence by sentence before it leaves.

Most text passes at once: all that is looked for in it is the beginning of an anchor, a word or two that a phrase can't
be without. From one on, text is held back to the end of its sentence, which then is looked at as a whole. A claim to
have done something is replaced by a correction, once in a text; anything else that is found ends it.
"""

from collections.abc import Callable, Iterable
from functools import cache

from app.care import beginnings
from app.care.beginnings import ANCHOR, CLEAR
from app.care.normaliser import ENDS, PAUSES, letters
from app.care.output_phrases import ClaimPhrase, Kind, Phrase, phrases
from app.care.own_text import LEAST, OwnText

MOST_HELD = 400  # characters
MOST_COMPARED = 2000
REACH = 150  # that a phrase may go on after an anchor, in a sentence that has no end
BREAK = " \n"  # what folded text has at the end of a sentence
BROKEN_OFF = "… "  # after the beginning of a sentence whose rest is replaced


def unnoted(_: Phrase) -> None: ...


class Watch:
    """One text on its way out. ``kind`` is there once something was cut: nothing more passes.

    ``note`` hears of each claim that is put right.
    """

    def __init__(self, kinds: frozenset[Kind], own_text: OwnText, note: Callable[[Phrase], None] = unnoted) -> None:
        self.kind: Kind | None = None
        self.language = ""
        self._note = note
        self._is_corrected = False
        self._kinds = kinds
        self._own_text = own_text
        self._sentence: list[str] = []  # what has passed of the one that is being said
        self._last = " "  # character that has passed
        self._held = ""
        self._word = ""  # that may be the beginning of an anchor, at the end of what came
        self._reader = _Reader()

    def feed(self, text: str) -> str:
        """What may pass now."""
        if self.kind is not None:
            return ""
        if self._held:
            return self._go_on(text)
        text, self._word = self._word + text, ""
        begun = beginnings.look(self._last + text)
        if begun == CLEAR:  # as most are
            self._last = text[-1:] or self._last
            self._sentence.append(text)
            return text
        if begun == ANCHOR:
            return self._begin(text)
        text, self._word = text[: len(text) - begun], text[len(text) - begun :]
        return self._passed(text)

    def end(self) -> str:
        """The rest of what may pass."""
        if self.kind is None and self._word:
            self._held, self._word, self._reader = self._word, "", _Reader()
            self._reader.read(self._held)
        if self.kind is None and self._held:
            self._reader.read("\n")
            return self._released(final=True)
        if self.kind is None:
            self._look_for_own()
        return ""

    def _begin(self, text: str) -> str:
        """What may have an anchor in it, or an end of a sentence, is read letter by letter."""
        self._reader = _Reader("" if self._last.isalnum() else " ")
        return self._go_on(text)

    def _go_on(self, text: str) -> str:
        self._held += text
        self._reader.read(text)
        return self._released()

    def _released(self, *, final: bool = False) -> str:
        passed, reader = "", self._reader
        while self.kind is None and self._held:
            passed = self._joined(passed, self._pass(len(self._held) if final and not reader.found else reader.least))
            end = self._end_of_sentence(final=final) if reader.found else 0
            if not end:
                break
            passed = self._joined(passed, self._judged(end))
        return passed

    def _end_of_sentence(self, *, final: bool) -> int:
        """Where what is held has to be looked at; 0 while more may come."""
        found = ENDS.search(self._held)
        is_open = found is not None and found.end() == len(self._held) and self._held[found.start() - 1].isdigit()
        if found is not None and (final or not is_open):
            return found.end()
        return len(self._held) if final or len(self._held) > MOST_HELD else 0

    def _judged(self, end: int) -> str:
        """What passes of a sentence, or of as much of it as was held."""
        sentence = self._said(MOST_HELD) + self._held[:end]
        said = phrases().said_in(sentence, self._reader.numbers(end), self._kinds)
        if isinstance(said, ClaimPhrase):
            return self._put_right(said, end)
        if said is not None:
            self.kind, self.language = said.kind, said.language
            return ""
        last = self._reader.found[-1][0]
        is_whole = ENDS.search(self._held) is not None
        return self._pass(end if is_whole or not 0 < end - last < REACH or not last else last)

    def _put_right(self, said: ClaimPhrase, end: int) -> str:
        """The correction in place of the claim; of later ones nothing is left."""
        is_begun = any(map(str.isalnum, self._said(MOST_HELD)))
        told = "" if self._is_corrected else (BROKEN_OFF if is_begun else "") + said.correction
        line_end = "\n" if "\n" in self._held[:end].rstrip(" ")[-2:] else ""
        self._is_corrected = True
        self._held = self._held[end:]
        self._reader.forget(end)
        self._sentence.clear()
        self._note(said)
        self._last = (told + line_end or " ")[-1]
        return told + line_end

    def _pass(self, length: int) -> str:
        piece, self._held = self._held[:length], self._held[length:]
        self._reader.forget(length)
        return self._passed(piece)

    def _passed(self, piece: str) -> str:
        """The hot path. At the end of a sentence it is compared with what the model was told."""
        if not piece:
            return ""
        self._last = piece[-1]
        end = ENDS.search(piece)
        if end is None:
            self._sentence.append(piece)
            return piece
        return self._passed_sentences(piece, end.end())

    def _passed_sentences(self, piece: str, end: int) -> str:
        self._sentence.append(piece[:end])
        self._look_for_own()
        if self.kind is not None:
            return ""
        self._sentence.clear()
        return self._joined(piece[:end], self._passed(piece[end:]))

    def _said(self, most: int) -> str:
        """The last characters of the sentence, which may have no end for a long time."""
        return "".join(self._sentence[-most:])[-most:]

    def _look_for_own(self) -> None:
        sentence = self._said(MOST_COMPARED)
        if Kind.PROMPT in self._kinds and len(sentence) >= LEAST and self._own_text.is_in(sentence):
            self.kind = Kind.PROMPT

    def _joined(self, before: str, after: str) -> str:
        """Of a sentence that was cut, what is still here does not leave either."""
        if self.kind is None:
            return before + after
        begun = sum(map(len, self._sentence))
        return before[: max(0, len(before) - begun)] if not after else before + after


class _Reader:
    """Reads what is held letter by letter, in letters of one form. Places count from where that begins."""

    def __init__(self, last: str = " ") -> None:
        self.found: list[tuple[int, Iterable[int]]] = []
        self._open: list[tuple[int, str]] = []  # what is read of anchors, and from where
        self._last = last
        self._at = 0
        self._spaced, self._unspaced = phrases().spaced, phrases().unspaced

    @property
    def least(self) -> int:
        """The place from which text has to be held."""
        return min([place for place, _ in (*self.found, *self._open)], default=self._at)

    def numbers(self, end: int) -> set[int]:
        return {number for place, numbers in self.found if place < end for number in numbers}

    def forget(self, length: int) -> None:
        """What stood there has passed."""
        self._at -= length
        self.found = [(place - length, numbers) for place, numbers in self.found if place >= length]
        self._open = [(place - length, grown) for place, grown in self._open if place >= length]

    def read(self, text: str) -> None:
        for letter in text:
            for one in _plain(letter):
                if one != " " or self._last not in BREAK:
                    self._step(one)
            self._at += 1

    def _step(self, letter: str) -> None:
        spaced, unspaced = self._spaced, self._unspaced
        if not self._open and self._last not in BREAK and letter not in unspaced:  # as within most words
            self._last = letter
            return
        begun = [(self._at, "")] if letter not in BREAK else []
        grown = [(place, known + letter) for place, known in (*self._open, *begun)]
        is_word = self._last in BREAK
        self._open = [
            one for one in grown if one[1] in unspaced or (one[1] in spaced and (one[1:] != (letter,) or is_word))
        ]
        for place, known in self._open:
            numbers = (*spaced.get(known, ()), *unspaced.get(known, ()))
            self.found += [(place, numbers)] if numbers else []
        self._last = letter


@cache
def _plain(letter: str) -> str:
    """As folding leaves it, or nothing; a sentence's end is a break."""
    if ENDS.fullmatch(letter):
        return BREAK
    if PAUSES.fullmatch(letter):
        return " , "
    found = letters(letter)
    return found if not found.strip() or found.isalnum() or "\u0900" <= found <= "\u0dff" or '"' in found else " "
