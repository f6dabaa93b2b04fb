"""The sentences around the facts, in the languages that the coach has, and how a language is told."""

from app.llm.offline.words import words

SIGNS = {  # words that one language has and the others have not
    "en": "the i my is what how you am are do and of was want should me it",
    "de": "ich der die das und ist mein meine meinem wie nicht mit was für habe bin ein eine läuft möchte",
    "fr": "je le les est mon ma mes et une des suis que quelle quel pas avec pour où ai",
    "es": "yo el los mi mis es cómo qué una con para estoy cuál voy tengo quiero por",
    "it": "io il gli mio mia miei è come che una con per sono ho vorrei cosa quale sto",
}
PHRASES = {
    "en": {
        "goals": "You have {n} here:", "one": "1 goal", "many": "{n} goals", "entries": "This is what you wrote:",
        "next": "This is what comes next:", "seen": "You say {quote}. This is what I find on it in your own records:",
        "found": "This is what I find on it in your own records:",
        "told": "You say {quote}. I find nothing in your goals and entries that speaks of it, and I won't guess.",
        "nothing": "I find nothing on that in your goals and entries.",
        "beyond": "I can't answer that: no language model is configured here, and your own records don't speak of it. "
        "You can ask me about your goals, your progress, what comes next, and what you wrote.",
        "limit": "No language model is configured here, so I can look into your records and no further.",
        "care": "I am sorry, that is hard to carry. No language model is configured here, so I have no advice on it, and a "
        "doctor, a counsellor or somebody you trust can tell you more than I can.",
        "ask": "What would help you most today: to write down what happened, or to think of somebody you could call?",
        "hello": "Hello, and welcome.{name} I look at your own goals and entries with you.",
        "self": "I'm {who}the offline coach: no language model is configured here. I look into your goals and entries, say "
        "what I see, and ask a question.", "thanks": "You're welcome.",
        "open": "What made {t} important to you, and what would be a small step today?",
        "step": "What would make {t} possible{due}?", "due": " before {day}",
    },
    "de": {
        "goals": "Du hast hier {n}:", "one": "1 Ziel", "many": "{n} Ziele", "entries": "Das hast du geschrieben:",
        "next": "Das kommt als Nächstes:", "seen": "Du schreibst {quote}. Das finde ich dazu in deinen eigenen Einträgen:",
        "found": "Das finde ich dazu in deinen eigenen Einträgen:",
        "told": "Du schreibst {quote}. In deinen Zielen und Einträgen finde ich nichts dazu, und ich rate nicht.",
        "nothing": "Dazu finde ich nichts in deinen Zielen und Einträgen.",
        "beyond": "Das kann ich nicht beantworten: Hier ist kein Sprachmodell eingerichtet, und in deinen Einträgen steht "
        "nichts dazu. Frag mich nach deinen Zielen, deinem Fortschritt oder dem, was du geschrieben hast.",
        "limit": "Hier ist kein Sprachmodell eingerichtet, ich sehe nur in deine Einträge.",
        "care": "Das tut mir leid, das ist schwer. Hier ist kein Sprachmodell eingerichtet, deshalb kann ich dazu nicht raten; "
        "ein Arzt, eine Beratung oder ein Mensch, dem du vertraust, kann mehr sagen.",
        "ask": "Was würde dir heute helfen: es aufzuschreiben oder jemanden anzurufen?",
        "hello": "Hallo und willkommen.{name} Ich sehe mit dir in deine Ziele und Einträge.",
        "self": "Ich bin {who}der Offline-Coach: Hier ist kein Sprachmodell eingerichtet. Ich sehe in deine Ziele und Einträge "
        "und frage nach.", "thanks": "Gern.", "open": "Warum ist dir {t} wichtig, und was wäre heute ein kleiner Schritt?",
        "step": "Was würde {t} möglich machen{due}?", "due": " bis {day}",
    },
    "fr": {
        "goals": "Tu as ici {n} :", "one": "1 objectif", "many": "{n} objectifs", "entries": "Voici ce que tu as écrit :",
        "next": "Voici la suite :", "seen": "Tu dis {quote}. Voici ce que je trouve dans tes propres notes :",
        "found": "Voici ce que je trouve dans tes propres notes :",
        "told": "Tu dis {quote}. Je ne trouve rien à ce sujet dans tes objectifs et tes notes, et je ne veux pas deviner.",
        "nothing": "Je ne trouve rien à ce sujet dans tes objectifs et tes notes.",
        "beyond": "Je ne peux pas répondre : aucun modèle de langage n'est configuré ici, et tes notes n'en parlent pas. "
        "Demande-moi tes objectifs, tes progrès, ou ce que tu as écrit.",
        "limit": "Aucun modèle de langage n'est configuré ici : je ne fais que lire tes notes.",
        "care": "Je suis désolé, c'est lourd à porter. Aucun modèle de langage n'est configuré ici, je ne peux donc pas "
        "conseiller ; un médecin ou une personne de confiance saura t'en dire plus.",
        "ask": "Qu'est-ce qui t'aiderait aujourd'hui : l'écrire, ou appeler quelqu'un ?",
        "hello": "Bonjour et bienvenue.{name} Je regarde avec toi tes objectifs et tes notes.",
        "self": "Je suis {who}le coach hors ligne : aucun modèle de langage n'est configuré ici. Je lis tes objectifs et tes "
        "notes, et je pose une question.", "thanks": "Avec plaisir.",
        "open": "Pourquoi {t} compte-t-il pour toi, et quel serait un petit pas aujourd'hui ?",
        "step": "Qu'est-ce qui rendrait {t} possible{due} ?", "due": " avant le {day}",
    },
    "es": {
        "goals": "Aquí tienes {n}:", "one": "1 objetivo", "many": "{n} objetivos", "entries": "Esto es lo que escribiste:",
        "next": "Esto es lo que sigue:", "seen": "Dices {quote}. Esto encuentro en tus propias notas:",
        "found": "Esto encuentro en tus propias notas:",
        "told": "Dices {quote}. No encuentro nada sobre eso en tus objetivos y notas, y no quiero adivinar.",
        "nothing": "No encuentro nada sobre eso en tus objetivos y notas.",
        "beyond": "No puedo responder a eso: aquí no hay ningún modelo de lenguaje configurado, y tus notas no hablan de ello. "
        "Pregúntame por tus objetivos, tu progreso o lo que escribiste.",
        "limit": "Aquí no hay ningún modelo de lenguaje configurado: solo miro tus notas.",
        "care": "Lo siento, es algo duro. Aquí no hay ningún modelo de lenguaje configurado, así que no puedo aconsejarte; un "
        "médico o alguien de confianza puede decirte más.",
        "ask": "¿Qué te ayudaría hoy: escribirlo o llamar a alguien?",
        "hello": "Hola y bienvenido.{name} Miro contigo tus objetivos y notas.",
        "self": "Soy {who}el coach sin conexión: aquí no hay ningún modelo de lenguaje configurado. Miro tus objetivos y notas, "
        "y hago una pregunta.", "thanks": "De nada.",
        "open": "¿Por qué es importante {t} para ti, y cuál sería hoy un pequeño paso?",
        "step": "¿Qué haría posible {t}{due}?", "due": " antes del {day}",
    },
    "it": {
        "goals": "Qui hai {n}:", "one": "1 obiettivo", "many": "{n} obiettivi", "entries": "Ecco che cosa hai scritto:",
        "next": "Ecco che cosa viene dopo:", "seen": "Dici {quote}. Ecco che cosa trovo nelle tue note:",
        "found": "Ecco che cosa trovo nelle tue note:",
        "told": "Dici {quote}. Non trovo nulla su questo nei tuoi obiettivi e nelle tue note, e non voglio indovinare.",
        "nothing": "Non trovo nulla su questo nei tuoi obiettivi e nelle tue note.",
        "beyond": "Non posso rispondere: qui non è configurato nessun modello linguistico, e le tue note non ne parlano. "
        "Chiedimi dei tuoi obiettivi, dei tuoi progressi o di che cosa hai scritto.",
        "limit": "Qui non è configurato nessun modello linguistico: guardo solo le tue note.",
        "care": "Mi dispiace, è difficile. Qui non è configurato nessun modello linguistico, quindi non posso consigliarti; un "
        "medico o una persona di fiducia può dirti di più.",
        "ask": "Che cosa ti aiuterebbe oggi: scriverlo o chiamare qualcuno?",
        "hello": "Ciao e benvenuto.{name} Guardo con te i tuoi obiettivi e le tue note.",
        "self": "Sono {who}il coach offline: qui non è configurato nessun modello linguistico. Guardo i tuoi obiettivi e le tue "
        "note, e faccio una domanda.", "thanks": "Prego.",
        "open": "Perché {t} è importante per te, e quale sarebbe oggi un piccolo passo?",
        "step": "Che cosa renderebbe possibile {t}{due}?", "due": " prima del {day}",
    },
}  # fmt: skip
QUESTIONS = {
    "en": (
        "What matters most to you in this?", "What would a good enough outcome look like?",
        "When did something like this go well before, and what helped?", "What is in your hands here, and what isn't?",
        "What would you tell a friend who was in the same spot?", "What is the smallest version of this that would count?",
        "How do you want to feel about this by the end of the week?", "What has changed since this first came up?",
        "Who could make this a bit easier for you?", "What have you tried so far, and what did it show you?",
        "What would have to be true for this to feel lighter?", "What could you drop to make room for this?",
        "What are you not saying yet that might be useful to say?", "Which of your strengths could you lean on here?",
    ),
    "de": ("Was ist dir daran am wichtigsten?", "Was liegt in deiner Hand und was nicht?", "Was hat früher geholfen?",
           "Was wäre der kleinste Schritt, der noch zählt?", "Wer könnte es dir leichter machen?"),
    "fr": ("Qu'est-ce qui compte le plus pour toi ?", "Qu'est-ce qui dépend de toi ?", "Qu'est-ce qui a aidé avant ?",
           "Quel serait le plus petit pas qui compte ?", "Qui pourrait te faciliter la tâche ?"),
    "es": ("¿Qué es lo que más te importa de esto?", "¿Qué está en tus manos?", "¿Qué te ayudó otras veces?",
           "¿Cuál sería el paso más pequeño que cuenta?", "¿Quién podría ayudarte?"),
    "it": ("Che cosa conta di più per te?", "Che cosa dipende da te?", "Che cosa ha aiutato in passato?",
           "Qual sarebbe il passo più piccolo che conta?", "Chi potrebbe aiutarti?"),
}  # fmt: skip
ONLY = "My sentences come in English, German, French, Spanish or Italian only, so I answer in English."


def language_of(text: str, wanted: str) -> str:
    """That of the text, else the wanted one, "" for one that the coach has not."""
    found = words(text)
    counts = {code: sum(word in signs.split() for word in found) for code, signs in SIGNS.items()}
    best = max(counts, key=lambda code: (counts[code], code == wanted[:2], code == "en"))
    if counts[best]:
        return best
    foreign = sum(not word.isascii() for word in found) > len(found) * 0.3
    return "" if foreign else wanted[:2] if wanted[:2] in PHRASES else "en"
