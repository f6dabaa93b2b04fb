"""Sentences out of text that arrives in pieces: the same ones however it is cut, and not a character lost or added."""

import re
import tomllib
import unicodedata
from pathlib import Path

LONGEST = 300  # characters; a run without an end is cut at a comma or a space

FILE = Path(__file__).with_suffix(".toml")
WORDS = {name: frozenset(words.split()) for name, words in tomllib.loads(FILE.read_text()).items()}

MARKS = ".!?…‼‽⁇⁈⁉⸮"  # these end a sentence when space follows, and not always
# these do wherever they stand: of CJK, Arabic, Syriac, N'Ko, Indic, Tibetan, Burmese, Ethiopic, Khmer, Mongolian, …
ENDS = (
    "。！？｡︒︕︖﹒﹖﹗؟۔܀܁܂߹࠷࠹࠽࠾।॥๚๛།༎༏༐༑။።፧፨᙮᜵᜶។៕᠃᠉᥄᥅᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿⳹⳺⳻⳾⸼⹓⹔꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫։჻"
    "\U00011047\U00011048\U000110c0\U000110c1\U00011141\U00011142\U00011143\U000111c5\U000111c6\U00011238\U00011239"
)
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # scripts without spaces between words
# and Lao; no digits, no marks of repetition and abbreviation
_THAI = "\u0e01-\u0e2e\u0e30-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e\u0e81-\u0ec4\u0ec8-\u0ece\u0edc-\u0edf"
_CANDIDATE = re.compile(
    rf"[{MARKS}]+|[{ENDS}]+|\n|．(?![0-9０-９])|፡፡"
    r"|(?<=[\u0370-\u03ff\u1f00-\u1fff]);(?=\s)|\u037e"  # Greek asks with a semicolon,
    r"|(?<=[\u0561-\u0587]):(?=\s)|(?<=[\u0900-\u0dff])\|(?=\s)"  # Armenian and Indic texts are typed with ASCII,
    rf"|(?<=[{_THAI}])[ ](?=[{_THAI}])"  # and Thai and Lao have nothing but a space
)
_CLOSERS = re.compile(f"[\"'”’)\\]}}»›*_`」』）】》〉{MARKS}{ENDS}]{{0,12}}")
_UNSPACED = re.compile(f"[{UNSPACED}]")
_SPACES = re.compile(r"\s{0,100}")
_WORD = re.compile(r"[^\W\d_]{1,24}")
_BEFORE = re.compile(r"[\w.'’-]*$")
_ACRONYM = re.compile(r"(?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2}")
_SOFT = re.compile(r"[,;:—–]\s+|[，、；：،؛՝፣፤፥၊᠂᠈]\s*")
LEAST_CLAUSE = 24  # characters: what is shorter sounds chopped
LEAST_UNMARKED = 10  # characters of a sentence that only a space ends


class _Undecided(Exception):
    """What comes next will tell."""


class Splitter:
    def __init__(self) -> None:
        self._text = ""

    @property
    def pending(self) -> str:
        """Of the sentence that is not closed yet."""
        return self._text

    def feed(self, delta: str) -> list[str]:
        """The sentences that are closed now, each with the white space after it."""
        self._text += delta
        return self._closed(final=False)

    def flush(self) -> list[str]:
        """The rest. The splitter can be used for another text after it."""
        found = self._closed(final=True)
        rest, self._text = self._text, ""
        return [*found, rest] if rest else found

    def _closed(self, final: bool) -> list[str]:
        found = []
        try:
            while end := _first_end(self._text, final):
                found.append(self._text[:end])
                self._text = self._text[end:]
        except _Undecided:
            pass
        return found


def split(text: str) -> list[str]:
    splitter = Splitter()
    return [*splitter.feed(text), *splitter.flush()]


def first_clause(text: str) -> str:
    """Where a long sentence may be begun to be spoken; ``""`` while it has no clause of some length."""
    found = _SOFT.search(text, min(LEAST_CLAUSE, len(text)), LONGEST)
    return text[: found.end()] if found else ""


def _first_end(text: str, final: bool) -> int:
    """Where the first sentence ends; 0 when it goes on."""
    for candidate in _CANDIDATE.finditer(text, 0, LONGEST + 1):
        if candidate.start() >= LONGEST:
            break
        if _has_words(text[: candidate.start()]) and (end := _end_after(text, candidate, final)):
            return end
    return _cut(text) if len(text) > LONGEST else 0


def _has_words(text: str) -> bool:
    return any(map(str.isalnum, text))


def _end_after(text: str, candidate: re.Match[str], final: bool) -> int:
    """Where the next sentence begins if this one ends at ``candidate``, else 0. Raises ``_Undecided``."""
    stop = candidate.end() if candidate[0] == "\n" else _matched(_CLOSERS, text, candidate.end(), final)
    begin = _matched(_SPACES, text, stop, final)
    if candidate[0] == " ":
        return begin if candidate.start() >= LEAST_UNMARKED else 0
    if candidate[0][0] not in MARKS and candidate[0] != "\n":
        return begin
    if begin == len(text):  # the text's own end
        return 0
    if begin == stop and candidate[0] != "\n":
        return begin if _ends_unspaced(text, candidate, begin) else 0
    return begin if _ends(text, candidate, stop, begin, final) else 0


def _ends_unspaced(text: str, candidate: re.Match[str], begin: int) -> bool:
    """Whether a mark of the Latin script ends a sentence of a script that has no spaces: ``元気?はい``."""
    after = text[begin]
    words = not after.isascii() or (after.isalpha() and candidate[0] != ".")
    return words and _UNSPACED.match(text, candidate.start() - 1) is not None


def _matched(pattern: re.Pattern[str], text: str, at: int, final: bool) -> int:
    """The end of a match that further text can't prolong."""
    found = pattern.match(text, at)
    end = found.end() if found else at
    if end == len(text) and not final:
        raise _Undecided
    return end


def _ends(text: str, candidate: re.Match[str], stop: int, begin: int, final: bool) -> bool:
    lower, mark = _is_lower(text[begin]), candidate[0]
    if text.count("\n", candidate.start(), begin) > 1:
        return True
    if mark == "\n":
        return not lower
    if "!" in mark or "?" in mark:
        return not (lower and stop > candidate.end())  # "Really?" she asked
    if mark != ".":
        return not lower  # an ellipsis
    return _stops(text, candidate.start(), begin, lower, final)


def _is_lower(letter: str) -> bool:
    """Of a script whose sentences begin with a capital: Georgian has none in sentences, though Unicode has."""
    return letter.islower() and not "\u10d0" <= letter <= "\u10ff"


def _stops(text: str, at: int, begin: int, lower: bool, final: bool) -> bool:
    """Whether the single full stop at ``at`` ends a sentence."""
    found = _BEFORE.search(text, 0, at)
    word = found[0].strip("'’-") if found else ""
    if word.lower() in WORDS["titles"] or (len(word) == 1 and word.isupper() and word != "I"):
        return False
    if word.isdigit() and not _has_words(text[: at - len(word)]):
        return False  # the number of a list's item
    if word.lower() in WORDS["shortened"]:
        return not lower and not text[begin].isdigit()
    if _ACRONYM.fullmatch(word):
        return _opens(text, begin, final)
    return True


def _opens(text: str, begin: int, final: bool) -> bool:
    """Whether a sentence begins here: with a capital, and a word that begins sentences."""
    end = _matched(_WORD, text, begin, final)
    word = text[begin:end]
    return word[:1].isupper() and word.lower() in WORDS["openers"]


def _cut(text: str) -> int:
    head = text[:LONGEST]
    soft = [found.end() for found in _SOFT.finditer(head)]
    if soft and soft[-1] > LONGEST // 3:
        return soft[-1]
    space = max(head.rfind(" "), head.rfind("\n"), head.rfind("\t"))
    return space + 1 if space > 0 and _has_words(head[:space]) else _before_marks(text, LONGEST)


def _before_marks(text: str, at: int) -> int:
    """A place near ``at`` that parts no letter from its vowel sign."""
    while at > LONGEST // 2 and unicodedata.category(text[at])[0] == "M":
        at -= 1
    return at
