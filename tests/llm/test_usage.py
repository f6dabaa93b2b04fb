"""Every call leaves exactly one row in the ledger, whatever became of it."""

import tomllib
from pathlib import Path

import gevent
import pytest

from app.llm import prices
from app.llm.interfaces import Caller
from app.llm.tokens import estimate
from app.llm.usage import UsageRecord
from tests.double.client import Double
from tests.llm.conftest import Coach, a_choice, a_coach, a_request


def only(records: list[UsageRecord]) -> UsageRecord:
    assert len(records) == 1
    return records[0]


def test_an_answered_call(coach: Coach, double: Double) -> None:
    double.script({"usage": [100, 20], "first": 0.1})
    coach.says(feature="chat.turn")
    row = only(coach.records)
    assert row.caller == Caller("chat.turn", "tenant-1", "user-1")
    assert (row.provider, row.model, row.input_tokens, row.output_tokens) == ("openai", "coach-1", 100, 20)
    assert (row.estimated, row.outcome, row.attempts, row.cost) == (False, "ok", 1, None)
    assert row.first_token_ms is not None and 0 < row.first_token_ms <= row.latency_ms


def test_a_call_that_was_retried_and_passed_on(coach: Coach, double: Double) -> None:
    double.default(status=500)
    coach.says()
    row = only(coach.records)
    assert (row.provider, row.model, row.attempts, row.outcome) == ("anthropic", "coach-2", 4, "ok")


def test_a_call_that_failed(coach: Coach, double: Double) -> None:
    double.script({"status": 400})
    coach.fails()
    row = only(coach.records)
    assert (row.outcome, row.attempts, row.output_tokens, row.first_token_ms) == ("refused", 1, 0, None)


def test_a_cut_answer_costs_what_came(coach: Coach, double: Double) -> None:
    double.script({"text": ["a" * 40] * 10, "cut": 5})
    coach.fails()
    row = only(coach.records)
    assert (row.outcome, row.output_tokens, row.estimated) == ("cut", 50, True)
    assert row.input_tokens > 0


def test_an_answer_left_early_costs_what_was_read(coach: Coach, double: Double) -> None:
    double.script({"text": ["a" * 40] * 10, "gap": 0.02})
    stream = coach.models.stream(a_request())
    next(stream), next(stream)
    stream.close()  # type: ignore[attr-defined]
    row = only(coach.records)
    assert (row.outcome, row.output_tokens, row.estimated) == ("cancelled", 20, True)
    assert double.disconnected()


@pytest.mark.parametrize("silence", ["headers", "all"])
def test_a_killed_reader_is_accounted_for(coach: Coach, double: Double, silence: str) -> None:
    double.script({"silence": silence})
    reader = gevent.spawn(coach.says)
    while not double.requests():
        gevent.sleep(0.01)
    reader.kill()
    row = only(coach.records)
    assert row.outcome == "cancelled"
    assert row.input_tokens > 0 and row.estimated  # the vendor has read it, and is paid for that
    assert double.disconnected()


def test_prices_by_model_and_version() -> None:
    cost = prices.load().cost
    assert cost("openai", "gpt-4o-mini", 1_000_000, 1_000_000) == 0.75
    assert cost("openai", "gpt-4o-2024-08-06", 1_000_000, 0) == 2.5
    assert cost("anthropic", "claude-sonnet-4-5-20250929", 0, 1_000_000) == 15
    assert cost("openai", "gpt-4o-audio-preview", 1, 1) is None
    assert cost("ollama", "llama3.2:3b", 5000, 5000) == 0


def test_every_price_says_where_it_is_from() -> None:
    read = tomllib.loads(prices.BUILT_IN.read_text())
    kinds = ("openai", "anthropic", "gemini", "speech", "transcription")
    assert {row[-1] for name in kinds for row in read[name].values()} == set(read["sources"])
    assert prices.load().as_of.year >= 2026


def test_an_unpriced_model_is_charged_as_the_dearest() -> None:
    listed = prices.load()
    assert listed.charge("openai", "unheard-of", 1_000_000, 0) == max(row.input for row in listed.listed.values())
    assert listed.charge("offline", "coach", 1_000_000, 1_000_000) == 0


def test_an_operators_own_price_list(tmp_path: Path) -> None:
    mine = tmp_path / "prices.toml"
    mine.write_text('as_of = 2026-11-01\n[openai]\n"my-model" = [1, 2]\n')
    assert prices.load(mine).cost("openai", "my-model", 1_000_000, 1_000_000) == 3
    assert prices.load(mine).as_of.isoformat() == "2026-11-01"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("as_of = 2026-11-01\n[openai]\nm = 'cheap'\n", "no price in US dollars: 'cheap'"),
        ("as_of = 2026-11-01\n[openai]\nm = ['12', '13']\n", "no price"),
        ("as_of = 2026-11-01\n[openai]\nm = [1]\n", "no price"),
        ("as_of = 2026-11-01\n[openai]\nm = [1, -2]\n", "no price"),
        ("as_of = 2026-11-01\n[openai]\nm = [1, nan]\n", "no price"),
        ("as_of = 2026-11-01\n[openai]\nm = [1, inf]\n", "no price"),
        ("as_of = 2026-11-01\n[openai]\nm = [1, 2]\n[speech]\n'openai:tts-1' = 15\n", "no price"),
        ("[openai]\nm = [1, 2]\n", "as_of must say of which day"),
        ("as_of = 2026-11-01\n", "no model is in it"),
        ("as_of = ", "Invalid value"),
    ],
)
def test_what_is_no_price_list(tmp_path: Path, written: str, said: str) -> None:
    mine = tmp_path / "prices.toml"
    mine.write_text(written)
    with pytest.raises(ValueError, match=rf"prices.toml is no list of prices \(.*{said}.*; compare it with"):
        prices.load(mine)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abc", 1), ("a" * 400, 100), ("今日は", 3), ("Grüße dich", 3), ("Hi 今日", 3)]
)
def test_estimates(text: str, tokens: int) -> None:
    assert estimate(text) == tokens


def test_a_known_model_has_a_cost(double: Double) -> None:
    double.script({"usage": [1_000_000, 100_000]})
    coach = a_coach(a_choice("openai", double, "gpt-4o"))
    coach.says()
    assert only(coach.records).cost == 3.5


def test_a_stream_that_no_one_reads_is_no_call(double: Double) -> None:
    coach = a_coach(a_choice("openai", double, "coach-1"))
    coach.models.stream(a_request())
    assert coach.records == [] and double.requests() == []
