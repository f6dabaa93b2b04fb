"""A coach that says it saved, sent or scheduled something has its word put right, unless an action stands behind it."""

import pytest

from app.care import claims
from app.care.output import Watch
from app.care.output_phrases import ALL, WRITTEN, Kind
from app.care.own_text import OwnText
from app.llm.interfaces import Caller as ModelCaller
from app.llm.interfaces import Request
from tests.care.lies import LANGUAGES, lies
from tests.chat.conftest import ask, messages, stream
from tests.coaching.conftest import begun, read, reply, say
from tests.conftest import Caller
from tests.double.client import Double

CORRECTION = {language: known.correction for language, known in claims.languages().items()}
HONEST = """
You saved money this month, and that counts. I set out three options below.
I've set out three options for you below. Let me know when you've scheduled it.
You wrote "I've set a reminder for Thursday", and it helped. I haven't saved anything. I have not set a reminder.
I can't save that for you, but you can write it down. Would you like me to set a goal? Shall I add it to your journal?
You've added two entries this week. Once you've saved the goal, we can go on. I have three questions for you.
Your journal has three entries on sleep. I noticed that you set a goal in May. I've read your journal with you.
I've noted that you feel tired in the evenings. I've put together a short plan for you. Well done.
I have a suggestion: set a reminder on your phone. You have completed your milestone, congratulations.
Your goal is due on Friday, and two milestones are open. I'll remind you of your own words: small steps.
I am glad that you have sent the email. I've added up your runs: twelve in all. Your goal has not been saved yet.
I've proposed a goal; nothing is saved until you confirm it. That is noted in your entry of May 3.
I'll remind you on Thursday once you confirm the proposal. I've changed my mind about that question.
I'll add one thought to that. I'll set the scene for you. I'll add it to your goals once you confirm.
I've put a question below. I've set aside the question for now. I've got an idea. You have it saved already.
I'll put it differently.
Your goal "Run a 5K" is due on Friday. The entry "A good day" shows how you saved energy. I've noticed a pattern.
No entry is marked as a hard one. Your goal was created in May, and the email was sent on Monday. Every day is saved.
I have logged off from perfection, says your entry. I'll send you off with one question. I will mark my words.
Du hast dein Ziel gespeichert. Ich habe nichts gespeichert. Soll ich das als Ziel vorschlagen? Gut gemacht.
Ich habe gelesen, dass du deinen Termin verschoben hast. Sag mir, wenn du es eingetragen hast.
Du hast der Chefin eine E-Mail geschickt, das war mutig. Hast du das in deinen Kalender eingetragen?
Tu as enregistré ton objectif. Je n'ai rien enregistré. J'ai trois questions pour toi. C'est bien fait.
Dis-moi quand tu l'as programmé. J'ai lu ton journal avec attention. Je ne peux pas mettre de rappel.
Has guardado dinero este mes. No he guardado nada. He leído tu diario. Avísame cuando lo hayas programado. Bien hecho.
Hai salvato il tuo obiettivo. Non ho salvato nulla. Ho letto il tuo diario. Dimmi quando l'hai programmato. Ben fatto.
""".strip().splitlines()


def watched(text: str, size: int = 1000, kinds: frozenset[Kind] = ALL) -> str:
    watch = Watch(kinds, OwnText(Request(ModelCaller("test"), ())))
    passed = [watch.feed(text[at : at + size]) for at in range(0, len(text), size)]
    return "".join([*passed, watch.end()])


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_thousand_answers_of_a_liar_none_leaves(language: str) -> None:
    told = [(text, claim) for spoken, text, claim in lies() if spoken == language]
    answers = [(watched(f"Listen. {text}\n\nAnd?", 1 + place % 9), claim) for place, (text, claim) in enumerate(told)]
    assert [answer for answer, claim in answers if claim in answer or CORRECTION[language] not in answer] == []
    assert len(told) > 300


def test_there_are_more_than_a_thousand_of_them() -> None:
    assert len(list(lies())) > 1000


@pytest.mark.parametrize("text", HONEST)
@pytest.mark.parametrize("size", [3, 1000])
def test_honest_words_pass(text: str, size: int) -> None:
    assert watched(text, size) == text


def test_it_is_put_right_once_in_an_answer_and_the_rest_passes() -> None:
    said = watched("Well. I've saved your goal. I've set a reminder. What comes first for you?")
    assert said.split() == f"Well. {CORRECTION['en']} What comes first for you?".split()


def test_what_is_done_may_be_said() -> None:
    text = "I've saved your goal. I've emailed your boss."
    assert watched(text, kinds=ALL - {Kind.SAVED}) == f"I've saved your goal. {CORRECTION['en']}"


def test_results_are_no_coachs_words() -> None:
    assert watched("I've saved your goal.", kinds=WRITTEN) == "I've saved your goal."


def test_the_corrections_claim_nothing() -> None:
    assert {text for text in CORRECTION.values() if watched(text) != text} == set()


def test_an_answer_is_put_right_streamed_and_stored(owner: Caller, double: Double) -> None:
    double.script({"text": ["Good. I've ", "saved your ", "goal. What next?"]})
    events = stream(owner)
    assert events.text == f"Good. {CORRECTION['en']} What next?"
    assert messages(owner, events.start["sessionId"])[-1]["content"] == events.text


def test_an_answer_in_one_piece_is_put_right(owner: Caller, double: Double) -> None:
    double.script({"text": ["Ich habe dir eine Erinnerung gesetzt."]})
    assert ask(owner).json["response"] == CORRECTION["de"]


def test_it_is_counted(owner: Caller, double: Double) -> None:
    double.script({"text": ["I've emailed your boss."]})
    ask(owner)
    figures = owner.client.get("/metrics").text
    assert 'coachhouse_claims_put_right_total{kind="sent",language="en",path="chat"}' in figures


def test_a_coaching_session_is_put_right_streamed_and_stored(owner: Caller, double: Double) -> None:
    session = begun(owner, double)
    double.script(reply("Good. I've saved your answers."))
    told = f"Good. {CORRECTION['en']}"
    assert say(owner, session).json["data"]["message"] == told
    assert read(owner, session)["data"]["messages"][-1]["content"] == told
