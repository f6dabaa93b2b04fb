"""People spell danger in many ways: one spelling is made of them, for text and for the rules alike.

``folded`` gives words in lower case, a space on either side of each, sentences on lines of their own, a comma as a
word, every kind of quotation mark as ``"``. Accents, apostrophes, doubled letters, marks that nobody sees, digits in
place of letters, and letters of another script that look like these are all gone. Chinese is in simplified
characters, Japanese in hiragana, neither has spaces, and Hindi has no nasal signs.
"""

import re
import unicodedata

from app.care.han import TO_SIMPLIFIED

LOOKALIKES = str.maketrans("аеорсухіјѕвкмнтԁ" + "αοενικρτυχ", "aeopcyxijsbkmhtd" + "aoevikptux")
LEET = str.maketrans("013457@$!|", "oieastasil")
ARABIC = str.maketrans("أإآٱىةؤئ", "اااايهوي", "ـًٌٍَُِّْٰ")
HIRAGANA = {letter: letter - 0x60 for letter in range(0x30A1, 0x30F7)}
EASTERN = {**TO_SIMPLIFIED, **HIRAGANA}
NASAL = "ं"  # half of the people leave it out
PICTURE = "picturedmeans"  # the word that stands for a picture of a knife, a gun, pills or a rope
SIGNS = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ'`´＇", ""),
        **dict.fromkeys('“”„«»「」『』‹›"', ' " '),
        "\u093c": "",
        "ँ": "ं",
        **dict.fromkeys("🔪🗡🪒🔫💊🪢", f" {PICTURE} "),
        "ı": "i",
        "ł": "l",
        "đ": "d",
        "ø": "o",
    }
)

UNSEEN = re.compile("[\u00ad\u034f\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]+")
ACCENTS = re.compile("[\u0300-\u036f]+")
MISTAKABLE = re.compile("[α-ωа-яіјѕԁ]")
LEETED = re.compile(r"[013457@$|]|!\w")
MIXED = re.compile(r"[a-z]\w*[α-ωа-яіјѕԁ]\w*|[α-ωа-яіјѕԁ]\w*[a-z]\w*")
DIGITS_IN_WORDS = re.compile(
    r"(?<![\w@$])[a-z][a-z|]*(?:[013457@$!][a-z|]*)*[013457@$!|][a-z|]*[a-z](?!\w)|(?<!\w)[@$][a-z]+(?!\w)"
)
LEET_HEAD = re.compile(r"(?<!\w)[5$](?=u[i1!y]c)")
KILLING = re.compile(r"(?<!\w)k[i1!][l1|!]{2}(?!\d)")
SPELLED_OUT = re.compile(
    r"(?<!\w)(?:(?:[^\W\d_][ .*_-]){3,}[^\W\d_]|k[ .*_-]m[ .*_-]s|d[ .*_-][i1!][ .*_-]e)(?!\w)", re.ASCII
)
EAST = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
EASTERN_SPACES = re.compile("(?<=[\u3040-\u30ff\u3400-\u9fff])[^\\S\n]+(?=[\u3040-\u30ff\u3400-\u9fff])")
INNER_DOTS = re.compile(r"(?<=[^\W\d_])[.*_·](?=[^\W\d_])")
ENDS = re.compile(r"(?:[!?…。！？؟।۔॥\n\r;؛]|(?<!\d)\.|\.(?!\d))+")
PAUSES = re.compile(r"[,:،、，：()\[\]—–]+")
OTHERS = re.compile(r'[^\w\s",\u0900-\u0dff]+')  # vowel signs of India's scripts are no \w
SPACES = re.compile(r"[^\S\n]+")
LINES = re.compile(r" ?\n[\n ]*")
DOUBLED = re.compile(r"([^\W\d_])\1+")


def folded(text: str) -> str:
    """Sentences of one spelling, a line each, with a space at both ends of each."""
    plain = letters(text).replace(NASAL, "")
    if LEETED.search(plain):
        plain = DIGITS_IN_WORDS.sub(_unleet, KILLING.sub("kill", LEET_HEAD.sub("s", plain)))
    plain = SPELLED_OUT.sub(lambda found: re.sub("[ .*_-]", "", found.group()), plain)
    plain = INNER_DOTS.sub(" ", plain)
    plain = PAUSES.sub(" , ", ENDS.sub("\n", plain))
    plain = doubled(OTHERS.sub(" ", plain))
    return LINES.sub(" \n ", f" {SPACES.sub(' ', plain).strip()} ")


def letters(text: str) -> str:
    """The same text in letters of one form: what is done to rules, too."""
    plain = unicodedata.normalize("NFKC", UNSEEN.sub("", text)).casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
        plain = plain.translate(ARABIC)
        plain = MIXED.sub(_in_one_script, plain) if MISTAKABLE.search(plain) else plain
    if EAST.search(plain):
        plain = EASTERN_SPACES.sub("", plain.translate(EASTERN))
    return plain.translate(SIGNS)


def doubled(text: str) -> str:
    """With one letter for each run of the same: people hold a letter down, and misspell double ones."""
    return DOUBLED.sub(r"\1", text)


def _unleet(found: re.Match[str]) -> str:
    return found.group().translate(LEET)


def _in_one_script(found: re.Match[str]) -> str:
    word = found.group()
    latin = sum(letter.isascii() for letter in word)
    return word.translate(LOOKALIKES) if latin * 2 >= len(word) else word
