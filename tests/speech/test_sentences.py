"""Sentences out of streamed text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from app.speech.sentences import LONGEST, Splitter, first_clause, split

PIECES = [
    *("Dr. ", "e.g. ", "7.5 ", "U.S. ", "Mr. ", "J. ", "a.m. ", "no. ", "etc. ", "1. ", "- item"),
    *(". ", "! ", "?", "… ", "...", ".", '"', "”", ")", "。", "」", "\n", "\n\n", " ", "  "),
    *("؟", "।", "።", "？", "សួ", "สวัส ", "ดี", "ё", "Ж"),
    *("The ", "plan", " works", "word, ", "ok", "Yes", "a" * 90, "é", "🎉"),
]
texts = some.lists(some.sampled_from(PIECES), max_size=30).map("".join)


def streamed(text: str, sizes: list[int]) -> list[str]:
    splitter, found, at = Splitter(), [], 0
    for size in [*sizes, len(text)]:
        found += splitter.feed(text[at : at + size])
        at += size
    return [*found, *splitter.flush()]


@settings(max_examples=400, deadline=None)
@given(texts, some.lists(some.integers(0, 12), max_size=60))
def test_sentences_do_not_depend_on_how_the_text_arrives(text: str, sizes: list[int]) -> None:
    assert streamed(text, sizes) == split(text)


@settings(max_examples=200, deadline=None)
@given(some.one_of(texts, some.text(max_size=900)))
def test_no_character_is_lost_or_added(text: str) -> None:
    assert "".join(split(text)) == text


@settings(max_examples=100, deadline=None)
@given(some.one_of(texts, some.text(alphabet="ab ,.\n", max_size=2000)))
def test_no_sentence_is_much_too_long(text: str) -> None:
    assert all(len(sentence.strip()) <= LONGEST + 12 for sentence in split(text))


@pytest.mark.parametrize(
    "sentences",
    [
        ["Let's start with a simple plan. ", "Then we go on. ", "Good?"],
        ["Dr. Smith and Mr. Jones agree, e.g. on this. ", "Fine."],
        ["It costs 7.5 dollars, or 1,000.50 in all. ", "Right."],
        ["The U.S. Army is in the U.S. now. ", "I live in the U.S. ", "You do, too."],
        ["Meet me at 5 p.m. today. ", "Or at 6 a.m. ", "We will see."],
        ["Well... maybe. ", "So... ", "Next one… ", "Done!"],
        ['"Really?" she asked. ', '"Yes." ', "He left."],
        ["What?! ", "No way!!! ", "Ok."],
        ["今日は。", "元気ですか？", "はい！", "「そうです。」", "次"],
        ["1. Walk first.\n", "2. Then run.\n", "- rest\n", "- sleep\n\n", "That is all."],
        ["See example.com or v1.2.3 for it. ", "Bye."],
        ["Ask J. Smith. ", "You and I. ", "Then etc. and more, no. 5 too. ", "End"],
        ["ok. ", "fine. ", "lower case works"],
        ["no stop at all"],
        ["كيف حالك؟ ", "أنا بخير. ", "ماذا تريد؟! ", "شيئًا"],
        ["آپ کیسے ہیں؟ ", "میں ٹھیک ہوں۔ ", "شکریہ"],
        ["आप कैसे हैं? ", "मैं ठीक हूँ। ", "धन्यवाद॥ ", "फिर"],
        ["मैं ठीक हूँ| ", "आप?"],
        ["আমি ভালো আছি। ", "তুমি?"],
        ["你好！", "我们开始吧。", "好吗？", "嗯"],
        ["元気ですか?", "はい!", "Pythonを使う.", "次"],
        ["第１．５章です．", "次"],
        ["สวัสดีครับ ", "วันนี้คุณเป็นอย่างไรบ้าง ", "เรามาเริ่มกันเลย"],
        ["ເຈົ້າສະບາຍດີບໍ່ ", "ຂ້ອຍສະບາຍດີ"],
        ["ราคา 50 บาทต่อชิ้นครับ ", "มาเร็วๆ นี้"],
        ["ሰላም ነው። ", "እንዴት ነህ፧ ", "ደህና ነኝ፡፡ ", "እሺ"],
        ["Բարեւ ձեզ։ ", "Ինչպե՞ս եք։ ", "Լավ"],
        ["Բարեւ ձեզ: ", "Լավ եմ"],
        ["សួស្តី។ ", "អ្នកសុខសប្បាយទេ? ", "ខ្ញុំ"],
        ["မင်္ဂလာပါ။ ", "နေကောင်းလား။ ", "ကောင်း"],
        ["བཀྲ་ཤིས་བདེ་ལེགས། ", "ཁྱེད་རང"],
        ["Πώς είσαι; ", "Είμαι καλά. ", "Εσύ;"],
        ["გამარჯობა. ", "როგორ ხარ?\n", "კარგად"],
        ["Сайн байна уу? ", "Сайн. ", "Та"],
        ["ᠰᠠᠶᠢᠨ᠃ ", "ᠲᠠ"],
        ["ߌ ߣߌ ߛߐ߹ ", "ߌ"],
        ["안녕하세요. ", "오늘은 어때요? ", "좋아요"],
        ["מה שלומך? ", "אני בסדר. ", "טוב"],
        ["Really⁉ ", "Yes‼ ", "Ok"],
    ],
)
def test_a_text_has_these_sentences(sentences: list[str]) -> None:
    assert split("".join(sentences)) == sentences


def test_a_sentence_is_closed_when_the_next_begins() -> None:
    splitter = Splitter()
    assert [splitter.feed(delta) for delta in ("Hello", ".", " ", "How")] == [[], [], [], ["Hello. "]]


def test_a_long_run_is_cut_at_a_comma_then_at_a_space() -> None:
    commas, spaces = split("some words, " * 60), split("someword " * 80)
    assert all(part.endswith(", ") for part in commas) and max(map(len, commas)) <= LONGEST
    assert all(part.endswith(" ") for part in spaces) and max(map(len, spaces)) <= LONGEST


def test_a_splitter_can_be_used_again() -> None:
    splitter = Splitter()
    assert [*splitter.feed("One"), *splitter.flush(), *splitter.feed("Two"), *splitter.flush()] == ["One", "Two"]


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Before you look at the whole week, let us", "Before you look at the whole week, "),
        ("Well, Anna, before you look at the whole week, let us", "Well, Anna, before you look at the whole week, "),
        ("Before you look at the whole week,", ""),  # it might be 1,000
        ("You have saved about 12,000 dollars so far", ""),
        ("Yes, let us", ""),
    ],
)
def test_a_long_sentence_may_be_begun_at_a_clause(text: str, clause: str) -> None:
    assert first_clause(text) == clause
