"""Makes ``app/care/rules.npz`` of ``app/care/rules/*.toml``, the same every time: ``python -m training.care.book``."""

import hashlib
from collections.abc import Mapping
from itertools import accumulate
from pathlib import Path

import msgspec
import numpy as np

from app.care import book, han, normaliser, rule_files
from app.care.atoms import Choices, table
from app.care.book import Chapter, PlacedRule, Written
from app.care.phrasing import Place
from app.care.rule_files import FOLDER, Language, Phrase, load, pattern_of
from training.care.atoms import atoms_of

SILENCE = ("  ", " x ")


class _Writer:
    """Gives alternatives their numbers."""

    def __init__(self) -> None:
        self.texts: list[bytes] = []
        self.atoms: list[Choices | None] = []

    def place(self, phrase: Phrase) -> Place:
        first = len(self.texts)
        for text in phrase.alternatives:
            self.texts.append(text.encode())
            self.atoms.append(atoms_of(f"{phrase.before}(?:{text}){phrase.after}"))
        return Place(phrase.before, first, len(self.texts), phrase.after)

    def chapter(self, language: Language) -> Chapter:
        rules = tuple(PlacedRule(one.rule, self.place(one.phrase)) for one in language.rules)
        return Chapter(rules, {name: self.place(phrase) for name, phrase in language.scopes.items()})


def written(languages: Mapping[str, Language]) -> Written:
    """Raises ``ValueError`` for a rule that fires where nothing is said."""
    for row in (row for language in languages.values() for row in language.rules):
        if any(pattern_of(str(row.phrase)).search(text) for text in SILENCE):
            raise ValueError(f"fires where nothing is said: {row.rule.id}")
    return _written(languages)


def _written(languages: Mapping[str, Language]) -> Written:
    writer = _Writer()
    chapters = {code: writer.chapter(language) for code, language in languages.items()}
    keys, owners = table(writer.atoms)
    return {
        "chapters": np.frombuffer(msgspec.json.encode(chapters), np.uint8),
        "texts": np.frombuffer(b"".join(writer.texts), np.uint8),
        "ends": np.array([*accumulate(map(len, writer.texts))], np.uint32),
        "keys": keys, "owners": owners,
        "anywhere": np.array([number for number, atoms in enumerate(writer.atoms) if atoms is None], np.uint32),
        "made_of": np.array(made_of()),
    }  # fmt: skip


def made_of() -> str:
    """The fingerprint of the rules and of how they are read: who changes them makes the file again."""
    found = hashlib.sha256()
    readers = (Path(str(module.__file__)) for module in (han, normaliser, rule_files))
    for path in (*readers, *sorted(FOLDER.glob("*.toml"))):
        found.update(path.read_bytes())
    return found.hexdigest()


def main() -> None:
    made = written({path.stem: load(path) for path in sorted(FOLDER.glob("*.toml"))})
    np.savez_compressed(book.FILE, allow_pickle=False, **made)
    sizes = f"{len(made['ends'])} alternatives, {len(made['keys'])} atoms, {len(made['anywhere'])} have none"
    print(f"{book.FILE.name}: {book.FILE.stat().st_size / 1e6:.1f} MB; {sizes}")


if __name__ == "__main__":
    main()
