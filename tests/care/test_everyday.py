"""What people say to a coach every day, of plans, decisions, beginnings and medicine: no alarm, in any language."""

import pytest

from app.care.assessment import assess
from app.care.levels import Level

SAID = [
    "How far am I with my reading goal?",
    "I've made up my mind to apply for the lead role",
    "The schedule is fixed and I begin on Monday",
    "Please remind me to take my antibiotics at eight",
    "I took my iron tablets with orange juice",
    "My next milestone is due in two weeks",
    "I want to turn my career around",
    "What would you do in my place?",
    "I am preparing for the last week of the semester",
    "I finally wrote the resignation letter",
    "I'd like to stop procrastinating for good",
    "I have to get all of this done before midnight",
    "Let us set a goal for January",
    "I'm ready for the next chapter",
    "I can't stop thinking about the promotion",
    "Was soll ich als Nächstes tun?",
    "Ich habe mich entschieden, im Januar zu starten",
    "Bitte erinnere mich an meine Antibiotika um acht",
    "Wie weit bin ich mit meinem Leseziel?",
    "Ich will meinen Alltag umkrempeln",
    "Alles ist vorbereitet, der Umzug kann kommen",
    "Ich muss das heute noch alles fertig bekommen",
    "Quel est mon prochain objectif ?",
    "J'ai pris ma décision, je change de métier",
    "Tout est prêt pour le déménagement de demain",
    "Rappelle-moi de prendre mes antibiotiques à huit heures",
    "Je veux arrêter de procrastiner pour de bon",
    "帮我定一个下个月的目标",
    "我已经决定换工作了",
    "一切都准备好了，明天搬家",
    "提醒我八点吃抗生素",
    "我想改掉拖延的习惯",
    "来週の目標を立てたい",
    "引っ越しの準備は全部できた",
    "八時に抗生物質を飲むように知らせて",
    "転職することに決めた",
    "Mon plan est prêt et je commence demain",
    "我的计划准备好了，明天开始",
    "I have to finish everything by tonight",
    "I want to change my life",
    "Help me find a reason to get up at 6",
    "I want to disappear for a weekend in the mountains",
    "発表のために今夜までに全部終わらせないといけない。",
    "يجب أن أنهي كل شيء قبل المساء من أجل العرض.",
]
GRAVE = [
    "I have to end everything before tonight",
    "I have no reason to get up",
    "I want to disappear for good",
    "今夜全部終わらせる",
    "I can't do this any more",
]


@pytest.mark.parametrize("said", SAID)
def test_it_raises_no_alarm(said: str) -> None:
    assert assess(said).level is Level.NONE


@pytest.mark.parametrize("said", GRAVE)
def test_what_only_sounds_like_it_still_does(said: str) -> None:
    assert assess(said).level is not Level.NONE
