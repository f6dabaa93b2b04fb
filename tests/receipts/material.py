"""A person's week, and what coaches say of it in five languages: what is true, and what is not."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import cycle, product

from app.receipts import figures
from app.receipts.ground import Figure, Ground, passages_of
from app.retrieval.index import Document

LANGUAGES = ("en", "de", "fr", "es", "it")
TODAY = date(2025, 12, 5)
RUN, NIGHT, QUIET, GOAL = "journal_run", "journal_night", "journal_quiet", "goal_run"
ENTRIES = {
    "en": (
        "I ran 5 km before work and felt proud of myself",
        "Slept 6 hours after three cups of coffee",
        "Read 40 pages of the novel",
    ),
    "de": (
        "Ich bin 5 km gelaufen und war stolz auf mich",
        "Nur 6 Stunden geschlafen nach drei Tassen Kaffee",
        "Ich habe 40 Seiten vom Roman gelesen",
    ),
    "fr": (
        "J'ai couru 5 km et j'étais fière de moi",
        "Dormi 6 heures après trois tasses de café",
        "J'ai lu 40 pages du roman",
    ),
    "es": (
        "Corrí 5 km y me sentí orgullosa de mí",
        "Dormí 6 horas tras tres tazas de café",
        "Leí 40 páginas de la novela",
    ),
    "it": (
        "Ho corso 5 km ed ero fiera di me",
        "Ho dormito 6 ore dopo tre tazze di caffè",
        "Ho letto 40 pagine del romanzo",
    ),
}  # fmt: skip

# {day} is a date, {number} of what is in the entries, {own} somebody's words
TRUE = {
    "en": (
        "On {first} you ran 5 km.", "You wrote “{run}”.", "You slept 6 hours on {second}.",
        "You read 40 pages on {third}.",
        "You wrote three entries this week.", "You wrote on 3 days.", "You drank three cups of coffee.",
        "“Run a 5K” is at 50%, with 2 of 4 milestones done.", "You have 26 days left for “Run a 5K”.",
        "Your mood was proud on Monday.", "Well done, that was a good week.",
    ),
    "de": (
        "Am {first} bist du 5 km gelaufen.", "Du schriebst: „{run}“.", "Am {second} hast du 6 Stunden geschlafen.",
        "Du hast am {third} 40 Seiten gelesen.", "Du hast diese Woche drei Einträge geschrieben.",
        "Du hast an 3 Tagen geschrieben.", "Du hast drei Tassen Kaffee getrunken.",
        "„Run a 5K“ liegt bei 50 %, mit 2 von 4 Meilensteinen.", "Du hast noch 26 Tage für „Run a 5K“.",
        "Am Montag warst du stolz.", "Das war eine gute Woche.",
    ),
    "fr": (
        "Le {first} tu as couru 5 km.", "Tu as écrit « {run} ».", "Le {second} tu as dormi 6 heures.",
        "Tu as lu 40 pages le {third}.", "Tu as écrit trois entrées cette semaine.", "Tu as écrit pendant 3 jours.",
        "Tu as bu trois tasses de café.", "« Run a 5K » est à 50 %, avec 2 étapes sur 4.",
        "Il te reste 26 jours pour « Run a 5K ».", "Lundi tu étais fière.", "C'était une bonne semaine.",
    ),
    "es": (
        "El {first} corriste 5 km.", "Escribiste «{run}».", "El {second} dormiste 6 horas.",
        "Leíste 40 páginas el {third}.", "Has escrito tres entradas esta semana.", "Has escrito en 3 días.",
        "Tomaste tres tazas de café.", "«Run a 5K» está al 50 %, con 2 de 4 hitos.",
        "Te quedan 26 días para «Run a 5K».", "El lunes estabas orgullosa.", "Fue una buena semana.",
    ),
    "it": (
        "Il {first} hai corso 5 km.", "Hai scritto «{run}».", "Il {second} hai dormito 6 ore.",
        "Hai letto 40 pagine il {third}.", "Hai scritto tre voci questa settimana.", "Hai scritto in 3 giorni.",
        "Hai bevuto tre tazze di caffè.", "«Run a 5K» è al 50 %, con 2 traguardi su 4.",
        "Ti restano 26 giorni per «Run a 5K».", "Lunedì eri fiera.", "È stata una buona settimana.",
    ),
}  # fmt: skip
# Each has a mark that must not be left: {bad} a number in digits, {word} in words, {wrong} a date, {lie} words
FALSE = {
    "en": (
        "On {first} you ran {bad} km.", "You slept {bad} hours on {second}.", "You read {bad} pages.",
        "You wrote {bad} entries this week.", "You wrote {word} entries.", "You wrote on {bad} days.",
        "You wrote “{lie}”.", "“{lie}” is how you put it on {first}.", "On {wrong} you ran 5 km and read 40 pages.",
        "On {wrong} things got better.", "You completed {bad} of 4 milestones.", "“Run a 5K” is at {bad}%.",
        "You have {bad} days left.", "You drank {word} cups of coffee.", "You ran {word} times.",
        "You wrote {bad} days in a row.", "On average you slept {bad} hours.", "That was {bad} days ago.",
        "You mentioned coffee in {bad} entries.", "You spent ${bad} on books.", "This week: {bad} km.",
    ),
    "de": (
        "Am {first} bist du {bad} km gelaufen.", "Du hast {bad} Stunden geschlafen.", "Du hast {bad} Seiten gelesen.",
        "Du hast {bad} Einträge geschrieben.", "Du hast {word} Einträge geschrieben.", "Du schriebst: „{lie}“.",
        "Am {wrong} wurde es besser.", "Du hast {bad} von 4 Meilensteinen geschafft.", "„Run a 5K“ liegt bei {bad} %.",
        "Du hast noch {bad} Tage.", "Du hast {word} Tassen Kaffee getrunken.",
        "Du hast {bad} Tage in Folge geschrieben.",
        "Diese Woche: {bad} km.",
    ),
    "fr": (
        "Le {first} tu as couru {bad} km.", "Tu as dormi {bad} heures.", "Tu as lu {bad} pages.",
        "Tu as écrit {bad} entrées.", "Tu as écrit {word} entrées.", "Tu as écrit « {lie} ».",
        "Le {wrong} tout allait mieux.", "Tu as terminé {bad} étapes sur 4.", "« Run a 5K » est à {bad} %.",
        "Il te reste {bad} jours.", "Tu as bu {word} tasses de café.", "Tu as écrit {bad} jours de suite.",
        "Cette semaine : {bad} km.",
    ),
    "es": (
        "El {first} corriste {bad} km.", "Dormiste {bad} horas.", "Leíste {bad} páginas.",
        "Has escrito {bad} entradas.",
        "Has escrito {word} entradas.", "Escribiste «{lie}».", "El {wrong} todo fue mejor.",
        "Has completado {bad} de 4 hitos.", "«Run a 5K» está al {bad} %.", "Te quedan {bad} días.",
        "Tomaste {word} tazas de café.", "Escribiste {bad} días seguidos.", "Esta semana: {bad} km.",
    ),
    "it": (
        "Il {first} hai corso {bad} km.", "Hai dormito {bad} ore.", "Hai letto {bad} pagine.",
        "Hai scritto {bad} voci.",
        "Hai scritto {word} voci.", "Hai scritto «{lie}».", "Il {wrong} è andata meglio.",
        "Hai completato {bad} traguardi su 4.", "«Run a 5K» è al {bad} %.", "Ti restano {bad} giorni.",
        "Hai bevuto {word} tazze di caffè.", "Hai scritto {bad} giorni di fila.", "Questa settimana: {bad} km.",
    ),
}  # fmt: skip
ADVICE = {
    "en": (
        "Walk 10 minutes after lunch.",
        "Could you run 8 km next week?",
        "Set a timer for 25 minutes.",
        "Try two short walks, 15 minutes each.",
    ),
    "de": (
        "Geh nach dem Essen 10 Minuten spazieren.",
        "Könntest du nächste Woche 8 km laufen?",
        "Versuch es mit 25 Minuten am Tag.",
    ),
    "fr": (
        "Marche 10 minutes après le repas.",
        "Pourrais-tu courir 8 km la semaine prochaine ?",
        "Essaie 25 minutes par jour.",
    ),
    "es": (
        "Camina 10 minutos después de comer.",
        "¿Podrías correr 8 km la próxima semana?",
        "Prueba con 25 minutos al día.",
    ),
    "it": (
        "Cammina 10 minuti dopo pranzo.",
        "Potresti correre 8 km la prossima settimana?",
        "Prova con 25 minuti al giorno.",
    ),
}  # fmt: skip
DATES = {
    "en": ("December 1", "3 December", "Dec. 4"), "de": ("1. Dezember", "3. Dezember", "4.12.2025"),
    "fr": ("1er décembre", "3 décembre", "4 décembre"), "es": ("1 de diciembre", "3 de diciembre", "4 de diciembre"),
    "it": ("1 dicembre", "3 dicembre", "4 dicembre"),
}  # fmt: skip
WRONG = {
    "en": ("November 17", "9 October", "2025-03-12"), "de": ("17. November", "9. Oktober", "12.03.2025"),
    "fr": ("17 novembre", "9 octobre", "2025-03-12"), "es": ("17 de noviembre", "9 de octubre", "2025-03-12"),
    "it": ("17 novembre", "9 ottobre", "2025-03-12"),
}  # fmt: skip
BAD = ("17", "71", "9", "13.5", "88")
WORDS = {
    "en": ("seven", "nine", "eleven"), "de": ("sieben", "neun", "elf"), "fr": ("sept", "neuf", "onze"),
    "es": ("siete", "nueve", "once"), "it": ("sette", "nove", "undici"),
}  # fmt: skip
LIES = ("my boss never listens to me", "tout est perdu sans elle", "ich kann einfach nicht mehr arbeiten")
HEADINGS = ("## Your Week in Review\n\n{}\n\n## Wins\n\n- {}\n- {}\n", "{} {} {}", "- {}\n- {}\n- {}\n")


def documents(language: str) -> list[Document]:
    run, night, quiet = ENTRIES[language]
    steps = "Milestones: [x] Buy shoes; [x] Run 2 km; [ ] Run 5 km (due 2025-12-31); [ ] Race"
    facts = {"status": "in_progress", "progress": "50", "target": "2025-12-31"}
    return [
        Document("journal", RUN, "Morning", f"{run}.", datetime(2025, 12, 1, 8), {"mood": "proud"}),
        Document("journal", NIGHT, "Late", f"{night}.", datetime(2025, 12, 3, 22), {"mood": "tired"}),
        Document("journal", QUIET, "Quiet", f"{quiet}.", datetime(2025, 12, 4, 18), {"mood": "calm"}),
        Document("goal", GOAL, "Run a 5K", steps, datetime(2025, 12, 2), facts),
    ]


def ground(language: str) -> Ground:
    shown = documents(language)
    counted = [
        Figure("entries_in_the_week", 3.0, "entry", is_main=True),
        Figure("days_written", 3.0, "day", about=figures.WRITING), *figures.of_all(shown, TODAY),
    ]  # fmt: skip
    dates = {"from": date(2025, 11, 29), "to": TODAY, "today": TODAY}
    return Ground(passages_of(shown), counted, dates, TODAY, language)


def truths(language: str) -> list[str]:
    first, second, third = DATES[language]
    told = {"first": first, "second": second, "third": third, "run": ENTRIES[language][0]}
    return [text.format(**told) for text in TRUE[language]]


def falsehoods(language: str) -> Iterator[tuple[str, str]]:
    """Sentences, each with the mark that must not be left."""
    first, second, _ = DATES[language]
    for text in FALSE[language]:
        name = next(name for name in ("bad", "word", "wrong", "lie") if f"{{{name}}}" in text)
        for mark in {"bad": BAD, "word": WORDS[language], "wrong": WRONG[language], "lie": LIES}[name]:
            yield text.format(first=first, second=second, **{name: mark}), mark


def reviews() -> Iterator[tuple[str, str, str]]:
    """Of a liar: language, review and the mark of the lie, which stands between things that are true."""
    for language in LANGUAGES:
        honest = cycle(truths(language))
        for (lie, mark), form in product(falsehoods(language), HEADINGS):
            for place in range(2):
                parts = [next(honest), next(honest)]
                parts.insert(place * 2, lie)
                yield language, form.format(*parts), mark
