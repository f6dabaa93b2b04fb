"""Where sentences end, in a text of which more may come."""

import re

from app.receipts.letters import flat
from app.receipts.wording import all_wordings, beginnings, number_words, signs

END = re.compile(r"\n|[.!?…。]+[*_”“\"»’)\]]*(?=\s)|[.!?…。]+[*_”“\"»’)\]]*$")
MARKS = '.!?…。*_”“"»’)]'  # of which ends are made
NEXT = re.compile(r"[\s*_]*(\w+)(\W?)")
LAST = re.compile(r"([^\W_][\w.]*)$")
SIGN = re.compile(r"(?<!\w)\d|[“„\"«‹‘$€£]|[^\W\d_]+")
LIST_MARK = re.compile(r"\s*\d{1,2}$")
SHORTENED = frozenset((
    "mr", "mrs", "ms", "dr", "z.b", "ca", "bzw", "sr", "sra", "sig", "vgl", "approx", "e.g", "i.e", "etc", "vs", "no",
))  # fmt: skip
LONGEST_SHORT = 5  # of the name of a month
MOST_QUOTED = 800  # characters for which a sentence goes on within quotation marks


def end_of_sentence(text: str, begun: int, *, final: bool) -> int:
    """Where the first sentence ends that ends past ``begun``; 0 while it is not known.

    What came before was looked at before: only marks may go on.
    """
    for found in END.finditer(text, len(text[:begun].rstrip(MARKS))):
        if found[0] == "\n":
            return found.start() or _end_of_space(text, final=final)
        is_open = found.end() == len(text) and not final
        if found.end() <= begun or _is_quoting(text[: found.end()]):
            continue
        if is_open:
            return 0
        goes_on = _goes_on(text, found, final=final)
        if goes_on is None:
            return 0
        if not goes_on:
            return found.end()
    return 0


def _end_of_space(text: str, *, final: bool) -> int:
    end = len(text) - len(text.lstrip())
    return end if end < len(text) or final else 0


def _is_quoting(text: str) -> bool:
    if len(text) > MOST_QUOTED:
        return False
    opened = sum(map(text.count, "“„«‹"))
    closed = sum(map(text.count, "”»›"))
    if "„" in text and "”" not in text:  # „so“
        opened, closed = text.count("„"), text.count("“")
    return opened > closed or text.count('"') % 2 == 1


def _goes_on(text: str, found: re.Match[str], *, final: bool) -> bool | None:
    """Whether a full stop is none; None while that depends on what comes."""
    if not found[0].startswith(".") or len(found[0].rstrip('*_”“"»’)]')) > 1:
        return False
    before, after = text[: found.start()], NEXT.match(text, found.end())
    if after is None:
        return False if final else None
    if not after[2] and not final:
        return None
    return _is_shortened(before, after[1])


def _is_shortened(before: str, after: str) -> bool:
    """``ca.``, ``Dec. 3``, ``3. Dezember``, ``1. a line of a list``."""
    last = LAST.search(flat(before))
    word = last[1] if last else ""
    if after[0].islower() or word in SHORTENED:
        return True
    if after[0].isdigit():
        return len(word) < LONGEST_SHORT and _is_month(word)
    return word[-1:].isdigit() and (LIST_MARK.match(before) is not None or _is_month(flat(after)))


def _is_month(word: str) -> bool:
    return any(word in one.months for one in all_wordings().values())


def first_sign(text: str, before: str | None = None, *, final: bool = False) -> int:
    """From where on a text may claim something; its length if it does nowhere.

    ``before`` is what was said of its sentence: in a conversation a word for a number counts when it is about somebody.
    """
    plain, is_within = flat(text), (before or "")[-1:].isalnum()
    for found in SIGN.finditer(plain):
        if found.start() == 0 and is_within and found[0].isalnum():
            continue
        is_open = found.end() == len(plain) and not final
        if _is_sign(found[0], is_open=is_open) and (
            before is None or found[0] not in number_words() or _is_personal(f"{before}{plain[: found.start()]}")
        ):
            return found.start()
    return len(text)


def _is_sign(word: str, *, is_open: bool) -> bool:
    return not word.isalpha() or word in signs() or (is_open and word in beginnings())


def _is_personal(text: str) -> bool:
    plain = flat(text)
    return any(one.marks["own"].search(plain) for one in all_wordings().values())
