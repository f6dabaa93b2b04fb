"""What journal entries have in common: their tags, their recurring words, and the moods that go with them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.llm.offline.facts import day
from app.llm.offline.reading import Document
from app.llm.offline.words import PAST, STOP, content, stem, table, words

LIGHT = table("""
    happy excited joyful delighted thrilled elated wonderful great amazing loved grateful motivated hopeful proud calm
    content relieved relaxed confident inspired peaceful good optimistic moved curious energetic energized cheerful
    satisfied focused playful""")
HEAVY = table("""
    anxious frustrated tired worried stressed nervous annoyed confused insecure guilty drained restless lonely
    disappointed irritated jealous overwhelmed unmotivated sad angry depressed hopeless exhausted miserable devastated
    awful terrible afraid scared furious heartbroken""")
NO_THEMES = table("""
    win wins misc general diary journal entry note notes goal goals life thought thoughts daily thing things today day
    first time two three one really still again much lot bit said went going made make took felt feel feeling good bad
    whole while ever never half next last new old wrote write written know want wanted think thought even without after
    before about because""")
# Words of a sentence that can't stand for what it is about; somebody's tag may be one of them all the same.
NO_NAMES = table("""
    earlier later early late soon often always sometimes almost already maybe perhaps quite rather together back away
    down with without until since during around through across between every each both many more most less least enough
    better best worse worst long short little small great nice able sure other another same different easy hard come
    comes came coming give gives gave given giving try tries tried trying begin begins began starting started stopped
    stopping finished finishing wake wakes woke waking walked says tells told telling asked asking called calling
    looked looking seems seemed need needs needed keep keeps kept held left stayed turned find finds found loved like
    liked hoped wish wished knew skipped""")
UNNAMED = STOP | NO_THEMES | NO_NAMES
LEAST = 2  # entries that make a theme
MOST_NAMED = 4


@dataclass(frozen=True)
class Theme:
    """Entries in their order of date that share a tag, or a word where nobody tags."""

    name: str
    entries: tuple[Document, ...]

    @cached_property
    def light(self) -> list[Document]:
        return [entry for entry in self.entries if entry.mood.lower() in LIGHT]

    @cached_property
    def heavy(self) -> list[Document]:
        return [entry for entry in self.entries if entry.mood.lower() in HEAVY]

    @cached_property
    def marks(self) -> frozenset[tuple[str, str]]:
        """Which entries they are."""
        return frozenset((entry.id, entry.title) for entry in self.entries)

    @property
    def leaning(self) -> str:
        """``heavy``, ``light``, or nothing when the moods are mixed or unknown."""
        if len(self.heavy) > len(self.light):
            return "heavy"
        return "light" if len(self.light) > len(self.heavy) else ""

    @property
    def days(self) -> str:
        return listed_days(self.entries)


def themes(entries: Sequence[Document]) -> list[Theme]:
    """The ones that come up in most entries first; none that says the same as one before."""
    found: list[Theme] = []
    for theme in _by_size(_tagged(entries)) or _by_size(_worded(entries)):
        if not any(theme.marks <= other.marks for other in found):
            found.append(theme)
    return found


def covered(theme: Theme, goals: Iterable[Document]) -> bool:
    """Whether one of the goals is about it."""
    return any(stem(theme.name) in content(goal.text) for goal in goals)


def listed_days(entries: Sequence[Document]) -> str:
    """``15, 19 and 21 November`` as far as they share a month; beyond a few the first ones."""
    dates = sorted({entry.date for entry in entries if entry.date})[-MOST_NAMED:]
    told = [day(date).rsplit(" ", 1)[0] for date in dates]
    months = {text.split(" ", 1)[-1] for text in told}
    if len(months) == 1 and len(told) > 1:
        told = [text.split(" ")[0] for text in told[:-1]] + told[-1:]
    return joined(told)


def joined(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def moods(entries: Iterable[Document]) -> str:
    """The moods that were noted, each once."""
    return joined(list(dict.fromkeys(entry.mood.lower() for entry in entries if entry.mood))[:MOST_NAMED])


def _tagged(entries: Sequence[Document]) -> dict[str, list[Document]]:
    found: dict[str, list[Document]] = defaultdict(list)
    for name, tagged in ((tag, entry) for entry in entries for tag in _tags(entry)):
        found[name].append(tagged)
    return found


def _tags(entry: Document) -> list[str]:
    named = [tag.strip().lower() for tag in str(entry.fields.get("tags", "")).split(",")]
    return [tag for tag in dict.fromkeys(named) if tag and tag not in NO_THEMES]


def _worded(entries: Sequence[Document]) -> dict[str, list[Document]]:
    """Under the form in which each word came first; a past form under its verb."""
    found: dict[str, list[Document]] = defaultdict(list)
    shown: dict[str, str] = {}
    for word, told in ((word, entry) for entry in entries for word in _telling(entry)):
        found[shown.setdefault(stem(word), PAST.get(word, word))].append(told)
    return found


def _telling(entry: Document) -> list[str]:
    """The entry's words that say what it is about, one of each stem."""
    told = [word for word in words(entry.text) if len(word) > 3 and word.isalpha()]
    return list({stem(word): word for word in told if word not in UNNAMED}.values())


def _by_size(found: dict[str, list[Document]]) -> list[Theme]:
    return sorted(
        (Theme(name, tuple(entries)) for name, entries in found.items() if len(entries) >= LEAST),
        key=lambda theme: (-len(theme.entries), theme.name),
    )
