"""Who I am, what I set, what I used."""

from flask import Flask

from app.accounts.ledger import Ledger
from app.web.container import resolve_from
from tests.chat.conftest import ask
from tests.conftest import Caller
from tests.double.client import Double

ME = "/api/v1/me"


def test_somebody_new_has_the_defaults(owner: Caller) -> None:
    assert owner.get(ME).json == {
        "id": "olivia",
        "role": "member",
        "timezone": "UTC",
        "language": "",
        "country": "",
        "weekly_digest": False,
        "personality_id": None,
    }


def test_settings_change_one_by_one(owner: Caller) -> None:
    owner.patch(ME, json={"timezone": "Asia/Manila"})
    owner.patch(ME, json={"language": "de-AT", "weekly_digest": True})
    me = owner.get(ME).json
    assert (me["timezone"], me["language"], me["weekly_digest"]) == ("Asia/Manila", "de-AT", True)
    assert owner.patch(ME, json={"language": None}).json["language"] == ""


def test_nonsense_is_refused_and_nothing_kept(owner: Caller) -> None:
    wrong = [
        {"timezone": "Mars/Olympus"}, {"timezone": None}, {"language": "not a tag"}, {"weekly_digest": "perhaps"},
        {"country": "UK"}, {"country": "XX"}, {"country": "DEU"}, {"country": 49},
    ]  # fmt: skip
    for body in wrong:
        answer = owner.patch(ME, json=body)
        assert (answer.status_code, answer.json["error"]) == (400, "Bad Request"), body
    assert owner.get(ME).json["timezone"] == "UTC"


def test_a_country_is_one_of_iso_3166_and_can_be_taken_back(owner: Caller) -> None:
    assert [owner.patch(ME, json={"country": code}).json["country"] for code in ("de", "", "GB", None)] == [
        "DE", "", "GB", "",
    ]  # fmt: skip


def test_settings_are_their_persons_own(owner: Caller, teammate: Caller) -> None:
    owner.patch(ME, json={"timezone": "Asia/Manila"})
    assert teammate.get(ME).json["timezone"] == "UTC"


def test_the_coach_is_told_the_persons_date_and_language(owner: Caller, double: Double) -> None:
    owner.patch(ME, json={"language": "fr"})
    ask(owner)
    assert 'in the language "fr"' in double.requests()[-1]["body"]["messages"][0]["content"]


def test_usage_counts_calls_and_tokens_by_feature(owner: Caller, app: Flask) -> None:
    ask(owner, "How am I doing?")
    ask(owner, "And now?")
    resolve_from(app, Ledger).flush()
    usage = owner.get(f"{ME}/usage").json
    assert (usage["calls"], usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]) == (2, 24, 14, 38)
    assert [row["feature"] for row in usage["by_feature"]] == ["chat.turn"]


def test_usage_shows_what_is_left_and_takes_nothing(owner: Caller) -> None:
    ask(owner)
    for _ in range(2):
        limits = owner.get(f"{ME}/usage").json["limits"]
        assert {name: row["remaining"] for name, row in limits.items()} == {
            "messages": 19, "insights": 10, "sessions": 100,
        }  # fmt: skip


def test_nobody_sees_anothers_usage(owner: Caller, teammate: Caller, app: Flask) -> None:
    ask(owner)
    resolve_from(app, Ledger).flush()
    assert teammate.get(f"{ME}/usage").json["calls"] == 0


def test_the_period_has_bounds(owner: Caller) -> None:
    assert owner.get(f"{ME}/usage?days=0").status_code == 400
    assert owner.get(f"{ME}/usage?days=366").status_code == 200
