"""The sentences and paragraphs that the classifier learns from, and those that it is judged by."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.care.levels import Level

FOLDER = Path(__file__).parent
SENTENCES, HELD_OUT, PARAGRAPHS = FOLDER / "sentences", FOLDER / "held_out", FOLDER / "paragraphs"
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Sentence:
    """A row of the data set; ``category`` is "-" where there is none. A paragraph is one of kind ``paragraph``."""

    id: str
    level: Level
    category: str
    kind: str
    text: str
    language: str

    @property
    def fold(self) -> int:
        """Rows with one number are translations of each other, or may be: they are learnt, or judged by, together."""
        return int(self.id.rpartition("-")[2]) % FOLDS


def languages() -> list[str]:
    return sorted(path.stem for path in SENTENCES.glob("*.tsv"))


def sentences(language: str, folder: Path = SENTENCES) -> Iterator[Sentence]:
    for line in (folder / f"{language}.tsv").read_text().splitlines()[1:]:
        name, level, category, kind, text = line.split("\t")
        yield Sentence(name, Level(level), category, kind, text, language)


def paragraphs(language: str) -> Iterator[Sentence]:
    """Ordinary ones: in none of them is anything the matter."""
    lines = filter(str.strip, (PARAGRAPHS / f"{language}.txt").read_text().splitlines())
    for number, text in enumerate(lines):
        yield Sentence(f"{language}-p-{number}", Level.NONE, "-", "paragraph", text, language)


def everything() -> list[Sentence]:
    """All that is learnt from, in the same order every time."""
    return [row for language in languages() for row in (*sentences(language), *paragraphs(language))]
