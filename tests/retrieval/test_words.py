"""Text as the index sees it."""

from app.retrieval.chunking import chunks
from app.retrieval.languages import languages_of, particular
from app.retrieval.words import MOST_WORDS, spelled_words, words


def query_words(text: str) -> list[str]:
    """The words that a question is about."""
    return [word for pieces in particular(spelled_words(text), languages_of(words(text))).values() for word in pieces]


def test_case_width_and_accents_do_not_matter() -> None:
    assert words("Café CAFE ｃａｆé") == ["cafe", "cafe", "cafe"]


def test_scripts_without_spaces_become_pairs() -> None:
    assert words("今天跑步") == ["今天", "天跑", "跑步"]
    assert "วิ่ง"[:2] in words("ฉันวิ่ง")


def test_mixed_text_keeps_both_kinds() -> None:
    assert words("run跑步5km") == ["run", "跑步", "5km"]


def test_vowel_signs_of_other_scripts_are_kept() -> None:
    assert words("दौड़ना") != words("दडन")


def test_questions_are_reduced_to_words_worth_looking_for() -> None:
    assert query_words("How am I doing with my running?") == ["running"]
    assert query_words("What should I do?") == []


def test_endless_text_is_bounded() -> None:
    assert len(words("word " * 50_000)) == MOST_WORDS


def test_long_texts_are_cut_at_sentences_and_nothing_is_lost() -> None:
    text = " ".join(f"Sentence number {n} is here." for n in range(400))
    pieces = chunks(text)
    assert len(pieces) > 3
    assert all(len(piece) <= 1600 and piece.endswith(".") for piece in pieces)
    assert " ".join(pieces) == text


def test_text_without_any_break_is_cut_anyway() -> None:
    assert "".join(chunks("x" * 5000)) == "x" * 5000


def test_an_empty_text_is_one_empty_piece() -> None:
    assert chunks("  ") == [""]
