"""The offline coach in conversation: what it finds in the records, what it admits, and when it stops coaching."""

import re

import pytest

from app.llm.interfaces import Deadlines, Finish, FinishReason, Grounding, Message, Task, TextDelta, Usage
from app.llm.offline import OfflineProvider
from tests.llm.offline import BOOK, EVERYTHING, GOAL, a_request, entry, events, says, talk, text_of

# The stream


def test_an_answer_is_words_then_usage_then_finish() -> None:
    grounding = Grounding(documents=EVERYTHING)
    *deltas, usage, finish = events(a_request([Message("user", "I skip my runs.")], grounding, system="x" * 900))
    assert all(isinstance(delta, TextDelta) and len(delta.text.split()) == 1 for delta in deltas)
    assert isinstance(usage, Usage) and usage.estimated and usage.input_tokens > 200 and usage.output_tokens > 30
    assert finish == Finish(FinishReason.STOP, "offline", "offline-coach")


def test_the_same_seed_and_request_give_the_same_events() -> None:
    request = a_request([Message("user", "I feel stuck with my running.")], Grounding(documents=EVERYTHING))
    assert events(request, seed=7) == events(request, seed=7)


def test_another_seed_asks_another_question() -> None:
    request = a_request([Message("user", "My boss is angry with me.")], Grounding(documents=EVERYTHING))
    assert len({text_of(events(request, seed)) for seed in range(8)}) > 4


def test_words_come_with_a_pause_between_them() -> None:
    pauses: list[float] = []
    coach = OfflineProvider(gap=0.012, sleep=pauses.append)
    heard = list(coach.stream("offline-coach", a_request([Message("user", "Hello")]), Deadlines()))
    assert pauses == [0.012] * (len(heard) - 3)


def test_a_token_limit_cuts_the_answer() -> None:
    *deltas, _, finish = events(a_request([Message("user", "I feel stuck.")], max_tokens=10))
    assert 20 <= len(text_of(deltas)) <= 40
    assert isinstance(finish, Finish) and finish.reason is FinishReason.LENGTH


def test_a_reader_may_leave_in_the_middle() -> None:
    stream = OfflineProvider(gap=0).stream("offline-coach", a_request([Message("user", "Hello")]), Deadlines())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert list(stream) == []


# Coaching


def test_it_names_the_nearest_goal_with_its_real_progress() -> None:
    answer = says("I keep skipping the run before work.")
    assert "“Run a 5K”: in progress; 40%; 1 of 2 milestones done" in answer
    assert "next: “Run 3K without a break”, due 30 November 2026" in answer


def test_titles_are_read_as_they_were_written() -> None:
    assert '“Read "Deep Work" & use it”' in says("I never find time to read that book on deep work.")


def test_it_quotes_a_journal_line_with_its_date() -> None:
    answer = says("My run was skipped again and I slept badly.")
    assert "18 November 2026 (tired): “I slept badly and skipped the run again”" in answer


def test_it_ends_with_one_question_about_the_next_step() -> None:
    answer = says("I want to run more but I'm scared of failing.")
    assert answer.endswith("What would make “Run 3K without a break” possible before 30 November 2026?")
    assert answer.count("?") == 1


@pytest.mark.parametrize("said", ["What is the capital of France?", "Write a poem about rain", "Who won the war?"])
def test_it_admits_what_it_cannot_know(said: str) -> None:
    answer = says(said)
    assert "no language model is configured" in answer
    assert "Run a 5K" not in answer


def test_a_hard_blow_is_met_with_honesty_and_no_goal() -> None:
    answer = says("My mother was diagnosed with dementia today.")
    assert "I am sorry" in answer and "I have no advice on it" in answer and answer.endswith("?")
    assert "5K" not in answer


def test_what_no_record_speaks_of_is_not_guessed() -> None:
    answer = says("I don't know how to talk to my boss.")
    assert "I don't know how to talk to my boss" in answer and "I won't guess" in answer
    assert answer.endswith("?")


def test_without_data_it_says_what_it_heard_and_asks() -> None:
    answer = text_of(events(a_request([Message("user", "I want to change my career.")])))
    assert answer.startswith("You say “I want to change my career”.") and answer.endswith("?")
    assert "“”" not in answer and "None" not in answer and "goals" not in answer


def test_slides_on_their_way_are_announced() -> None:
    asked = a_request([Message("user", "Please show me how to sleep well.")], Grounding(facts={"slides": True}))
    assert "slides" in text_of(events(asked))


def test_a_greeting_is_returned() -> None:
    assert says("Hello!").startswith("Hello, and welcome. I'm Maya.")


def test_it_says_what_it_is() -> None:
    assert says("Who are you?").startswith("I'm Maya, the offline coach: no language model is configured here.")


def test_goals_that_are_done_come_last_and_can_be_asked_for() -> None:
    done = entry("goal", "Learn to swim", "", "2026-10-01", status="completed", progress="100")
    listed = says("What are my goals?", done, BOOK)
    assert listed.index("Deep Work") < listed.index("Learn to swim")
    asked = says("Which goals have I completed?", done, BOOK)
    assert "“Learn to swim”: completed" in asked and "Deep Work" not in asked
    assert "I find nothing on that" in says("What have I achieved so far?", BOOK)
    assert "Deep Work" in says("Which goals have I not completed?", done, BOOK)


def test_when_somebody_felt_something_is_found_by_the_mood() -> None:
    answer = says("When was I tired?")
    assert "- 18 November 2026 (tired): “I slept badly" in answer
    assert "15 November" not in answer


def test_no_message_at_all_still_gets_an_answer() -> None:
    assert text_of(events(a_request([]))).endswith("?")


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("Wie läuft mein Ziel?", "Du hast hier 2 Ziele:"),
        ("¿Cómo voy con mis metas?", "Aquí tienes 2 objetivos:"),
        ("Quelle est la prochaine étape ?", "Voici la suite :"),
        ("Come va il mio obiettivo?", "Qui hai 2 obiettivi:"),
    ],
)
def test_four_more_languages_are_answered_in_their_own(said: str, answered: str) -> None:
    assert answered in says(said)


@pytest.mark.parametrize("said", ["我很累，不想跑步", "Мне трудно бегать"])
def test_any_other_language_is_met_with_english(said: str) -> None:
    assert says(said).startswith("My sentences come in English, German, French, Spanish or Italian only")


@pytest.mark.parametrize("said", ["[" * 4000, "{" * 4000, "(" * 4000, "\x00", "word " * 4000, "“" * 3000])
def test_nothing_that_is_said_breaks_it(said: str) -> None:
    assert says(said)


# Conversation


def test_no_question_is_asked_twice() -> None:
    answers = talk(*(f"I tried plan number {n} with my boss." for n in range(12)))
    asked = [question.strip() for answer in answers for question in re.findall(r"[^.!?\n]*\?", answer)]
    assert len(asked) >= 12 and len(asked) == len(set(asked))


def test_no_journal_line_is_quoted_twice() -> None:
    answers = talk("I skipped my run.", "I slept badly.", "I skipped my run again.")
    assert sum("skipped the run again" in answer for answer in answers) == 1


def test_it_keeps_the_running_summary_when_asked_to() -> None:
    said = ("I run on Mondays now.", "My knees are fine.")
    asked = a_request([Message("user", "Sum up.")], Grounding(Task.SUMMARY, subject="Wants to run.", said=said))
    assert text_of(events(asked)) == "Wants to run. The person said “I run on Mondays now” and “My knees are fine”."


def test_it_tells_the_person_what_was_said_so_far() -> None:
    *_, recap = talk("I run on Mondays now.", "My knees are fine.", "Can you summarise our conversation?")
    assert "- “I run on Mondays now”\n- “My knees are fine”" in recap


# Questions for facts


def test_goals_are_listed_with_their_facts() -> None:
    answer = says("What are my goals right now?")
    assert (
        "- “Run a 5K”: in progress; 40%; 1 of 2 milestones done; "
        "next: “Run 3K without a break”, due 30 November 2026; target 20 December 2026" in answer
    )
    assert '- “Read "Deep Work" & use it”: paused; 10%' in answer


def test_the_journal_is_searched_by_subject() -> None:
    answer = says("What did I write about sleep?")
    assert "- 18 November 2026 (tired): “I slept badly and skipped the run again”" in answer
    assert "chapters" not in answer


def test_the_whole_journal_is_listed_newest_first() -> None:
    answer = says("Show me my journal")
    assert answer.index("18 November 2026") < answer.index("15 November 2026")


def test_progress_is_told_in_numbers() -> None:
    answer = says("How am I progressing?")
    assert "40%" in answer and "10%" in answer


def test_the_next_milestones_are_told() -> None:
    answer = says("What should I focus on this week?")
    assert "“Run 3K without a break”, due 30 November 2026" in answer and "“Finish chapter 2”" in answer


def test_parts_of_one_document_count_once() -> None:
    assert says("What are my goals?", GOAL, GOAL).startswith("You have 1 goal here:")


def test_goals_may_come_as_plain_facts() -> None:
    goals = [{"id": "g1", "title": "Learn Spanish", "progress": 25, "status": "in_progress"}]
    asked = a_request([Message("user", "What are my goals?")], Grounding(facts={"goals": goals}))
    assert "- “Learn Spanish”: in progress; 25%" in text_of(events(asked))


def test_insights_are_drawn_from_everything() -> None:
    answer = says("Generate insights about my recent activity.")
    assert "“Run a 5K” is at 40%" in answer and "18 November" in answer


# Care


def test_somebody_who_is_not_well_hears_nothing_of_goals() -> None:
    asked = a_request(
        [Message("user", "I can't go on. Make slides about my goals")], Grounding(documents=[GOAL], gently=True)
    )
    answer = text_of(events(asked))
    assert answer.startswith("I am sorry, that is hard to carry.") and "5K" not in answer and "slides" not in answer
