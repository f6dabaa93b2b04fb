"""Finding in every language: a question has other forms of the words than the text."""

import pytest
from sqlalchemy import text as sql

from app.db.session import db as database
from app.retrieval import index, korean
from app.retrieval.chunking import chunks
from app.retrieval.languages import dictionaries, languages_of
from app.retrieval.words import words
from tests.chat.conftest import ask
from tests.conftest import Caller
from tests.double.client import Double
from tests.retrieval.test_search import matched, write

pytestmark = pytest.mark.usefixtures("clean")

# what was written, what is asked, and another text of the same language
FOUND = [
    ("어젯밤 꿈을 꾸었다", "내 꿈에 대해 뭐라고 썼지?", "친구와 밥을 먹었다"),
    ("친구가 집에 왔다", "친구에게서는 무엇을 배웠나요?", "회사에서 회의를 했다"),
    ("공원에서 달렸다", "달리기는 어떻게 했지?", "회사에서 회의를 했다"),
    ("잠", "잠을 어떻게 잤지?", "회사에서 회의를 했다"),
    ("Evlerimizden uzak bir hafta", "evde ne yaptım?", "Arkadaşımla yemek yedim"),
    ("İşimde zor bir gün", "iş hakkında ne yazdım?", "Arkadaşımla yemek yedim"),
    ("Kitaplarımı okudum", "kitap", "Arkadaşımla yemek yedim"),
    ("Talossa oli kylmä", "Mitä kirjoitin talosta?", "Söin ystäväni kanssa"),
    ("Juoksin metsässä", "Mitä tein metsissä?", "Söin ystäväni kanssa"),
    ("Die Häuser am See waren schön", "Was habe ich über das Haus geschrieben?", "Ich habe mit Tom gegessen"),
    ("Meine Schlafprobleme werden schlimmer", "Wie ist mein Schlaf?", "Ich habe mit Tom gegessen"),
    ("Das Gespräch mit meinem Chef", "Welche Gespräche hatte ich?", "Ich habe mit Tom gegessen"),
    ("Моя кошка болеет", "Что я писал про кошку?", "Ужинал с другом"),
    ("Czytałem książkę o górach", "Co pisałem o książkach?", "Jadłem obiad z Tomkiem"),
    ("Nowa praca jest trudna", "Jak idzie mi w pracy?", "Jadłem obiad z Tomkiem"),
    ("Nová práce je těžká", "Jak to jde v práci?", "Večeřel jsem s Tomem"),
    ("Моя робота важка", "Що я писав про роботу?", "Вечеряв з другом"),
    ("A házban hideg volt", "Mit írtam a házakról?", "Ettem a barátommal"),
    ("Las casas del pueblo", "¿Qué escribí sobre la casa?", "Comí con Tomás"),
    ("Les chevaux étaient nerveux, j'ai galopé", "Quand ai-je parlé de galoper ?", "Dîner avec Tom"),
    ("Ho dormito male, sonni agitati", "Che cosa ho scritto sul sonno?", "Cena con Tommaso"),
    ("As reuniões foram longas", "O que escrevi sobre a reunião?", "Jantei com Tomás"),
    ("De vergaderingen duurden lang", "Wat schreef ik over de vergadering?", "Gegeten met Tom"),
    ("Husen vid sjön var fina", "Vad skrev jag om huset?", "Åt middag med Tom"),
    ("Τα σπίτια στο χωριό", "Τι έγραψα για το σπίτι;", "Έφαγα με τον Νίκο"),
    ("قرأت الكتاب الجديد", "ماذا كتبت عن كتاب؟", "تناولت العشاء مع صديقي"),
    ("בבית היה קר", "מה כתבתי על הבית?", "אכלתי עם חבר"),
    ("मैंने नई किताबें पढ़ीं", "किताब के बारे में क्या लिखा?", "दोस्त के साथ खाना खाया"),
    ("புத்தகங்கள் படித்தேன்", "புத்தகம் பற்றி என்ன எழுதினேன்?", "நண்பருடன் சாப்பிட்டேன்"),
    ("নতুন বইগুলো পড়লাম পরিবারের সাথে", "পরিবার নিয়ে কী লিখেছি?", "বন্ধুর সাথে খেলাম"),
    ("公園で走った", "走るのはどうだった？", "友達と食べた"),
    ("昨夜は眠れなかった", "よく眠ることについて", "友達と食べた"),
    ("今天去公园跑步了", "跑步怎么样？", "和朋友吃饭"),
    ("เมื่อคืนฉันฝันร้าย", "ฉันฝันอะไร", "กินข้าวที่ตลาด"),
    ("Tôi chạy bộ ở công viên", "Tôi đã viết gì về chạy bộ?", "Ăn tối với bạn"),
    ("Saya berlari di taman", "Bagaimana lari saya?", "Makan malam dengan teman"),
    ("Кућа је била хладна", "Шта сам писао о кући?", "Вечерао са другом"),
    ("სახლში ციოდა", "რა დავწერე სახლზე?", "მეგობართან ვივახშმე"),
    ("کتاب\u200cهای تازه خواندم", "درباره کتاب چه نوشتم؟", "با دوستم شام خوردم"),
    ("ቤቶቹ ቀዝቃዛ ነበሩ", "ስለ ቤቶች ምን ጻፍኩ?", "ከጓደኛዬ ጋር በላሁ"),
    ("Nyumbani kulikuwa baridi", "Niliandika nini kuhusu nyumba?", "Nilikula na rafiki"),
    ("Casele din sat", "Ce am scris despre casă?", "Am mâncat cu Radu"),
    ("Ich war in der Übung", "ubungen", "Gegessen"),
    ("Тёплый вечер", "теплый", "Ужин"),
    ("Նոր գրքերը կարդացի", "Ի՞նչ գրեցի գրքերի մասին", "Ընթրեցի ընկերոջս հետ"),
]


@pytest.mark.parametrize(("written", "question", "other"), FOUND)
def test_other_forms_of_a_word_are_found(written: str, question: str, other: str) -> None:
    write("entry", written, days=30)
    write("other", other)
    assert matched(question) == ["entry"]


@pytest.mark.parametrize(
    ("written", "question"),
    [
        ("We had a great party", "How was my part?"), ("An interview at noon", "Did I look at the internet?"),
        ("Das war schön", "Was war das?"), ("오늘은 나는 잤다", "나는 오늘 무엇을 썼지?"), ("I ate", "İş"),
    ],
)  # fmt: skip
def test_words_that_only_look_alike_are_not(written: str, question: str) -> None:
    write("entry", written)
    assert matched(question) in ([], ["entry"] if "오늘" in question else [])


def test_a_korean_question_reaches_the_model_with_its_entry(owner: Caller, double: Double) -> None:
    double.default(text="네.")
    owner.post(
        "/api/v1/journal", json={"title": "밤", "content": "꿈을 꾸었다. 바다가 나왔다.", "entryDate": "2026-01-01"}
    )
    for number in range(15):
        owner.post("/api/v1/journal", json={"title": f"{number}일", "content": "회사에서 회의를 했다."})
    ask(owner, "내 꿈에 대해 뭐라고 썼지?")
    assert "바다가 나왔다" in str(double.requests()[-1]["body"])


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("친구에게서는", "친구"), ("꿈을", "꿈"), ("달렸다", "달리"), ("달려요", "달리"), ("달립니다", "달리"),
        ("친구들이", "친구"),
        ("먹었어요", "먹"), ("읽고", "읽"), ("공부했습니다", "공부하"),
    ],
)  # fmt: skip
def test_korean_endings_are_taken_off(word: str, stem: str) -> None:
    assert stem in korean.stems(word)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("I went to the park with my friend", "english"), ("Ich bin heute nicht in der Stadt", "german"),
        ("Я сегодня был в парке и читал", "russian"), ("Je suis dans le parc avec mon ami", "french"),
        ("Bugün çok yorgunum ama ben mutlu", "turkish"), ("Nie wiem, co się dzieje w pracy", "polish"),
    ],
)  # fmt: skip
def test_a_language_is_known_by_its_common_words(text: str, language: str) -> None:
    assert languages_of(words(text))[0] == language


def test_only_dictionaries_of_the_script_are_asked() -> None:
    assert dictionaries(["дом"], ()) == ["russian", "serbian"]
    assert dictionaries(["house"], ("english",)) == [] and "finnish" in dictionaries(["talo"], ())


def test_pieces_of_older_rules_are_made_again() -> None:
    write("entry", "어젯밤 꿈을 꾸었다")
    with database.begin() as session:
        session.execute(sql("UPDATE document_chunks SET lexemes = '', lexemes_version = 0"))
    assert matched("꿈에 대해") == []
    assert (index.renew_lexemes(database), index.renew_lexemes(database)) == (1, 0)
    assert matched("꿈에 대해") == ["entry"]


def test_a_dictionary_that_the_server_lacks_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.retrieval.languages.LATIN", ("klingon", "turkish"))
    write("entry", "Evlerimizden uzak")
    assert matched("evde ne var?") == ["entry"]


@pytest.mark.parametrize("end", ["。", "؟ ", "। ", "። ", "។ ", "! "])
def test_long_texts_are_cut_where_a_sentence_of_their_script_ends(end: str) -> None:
    pieces = chunks("".join(f"{number} слово{end}" for number in range(500)))
    assert len(pieces) > 2 and all(piece.endswith(end.strip()) for piece in pieces)
