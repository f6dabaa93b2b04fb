"""Letters of one form, as many as before: small, without accents. Places in both texts are the same."""

import unicodedata

APOSTROPHES = "’‘ʼ`´"


class _Plain(dict[int, str]):
    def __missing__(self, code: int) -> str:
        self[code] = found = _plain(chr(code))
        return found


def _plain(letter: str) -> str:
    if letter in APOSTROPHES:
        return "'"
    base = unicodedata.normalize("NFD", letter)[:1].lower()
    return base if len(base) == 1 else letter


_PLAIN = _Plain()


def flat(text: str) -> str:
    return text.translate(_PLAIN)


def compared(text: str) -> str:
    """What of a text counts where two are compared: letters and digits, in words with a space around each."""
    plain = flat(unicodedata.normalize("NFC", text)).replace("'", "")
    return f" {' '.join(''.join(letter if letter.isalnum() else ' ' for letter in plain).split())} "
