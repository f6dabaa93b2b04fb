"""Nobody sees anything before the person agreed, or after they ended it; and they see who read what."""

import pytest
from flask import Flask

from app.auth.principals import Role
from app.auth.tokens import personal_tenant
from app.db.session import db
from app.identity.models import Membership, Tenant, User
from tests.chat.conftest import aim, write
from tests.coaches.conftest import COACH, CONSENTS, act, agree, events, read, reads, reply, say, sent
from tests.conftest import Caller, sign_in

PLACES = (
    "people/olivia/sessions", "people/olivia/goals", "people/olivia/entries", "people/olivia/notes", "sessions/{talk}",
)  # fmt: skip


def answers(coach: Caller, talk: str) -> set[int]:
    return {coach.get(f"{COACH}/{place.format(talk=talk)}").status_code for place in PLACES}


def test_a_coach_sees_who_agreed_to_what_and_since_when(owner: Caller, teammate: Caller, coach: Caller) -> None:
    agree(owner, coach)
    agree(teammate, coach, ("read",))
    found = sent(coach.get(f"{COACH}/people"))
    assert [(one["user_id"], one["scopes"]) for one in found["people"]] == [
        ("theo", ["read"]), ("olivia", ["read", "reply"]),
    ]  # fmt: skip
    assert found["total"] == 2 and all(one["since"].endswith("Z") for one in found["people"])


def test_people_come_in_pages(owner: Caller, teammate: Caller, coach: Caller) -> None:
    for person in (owner, teammate):
        agree(person, coach)
    first = sent(coach.get(f"{COACH}/people?limit=1"))
    rest = sent(coach.get(f"{COACH}/people?limit=1&cursor={first['nextCursor']}"))
    assert [first["people"][0]["user_id"], rest["people"][0]["user_id"], rest["hasMore"]] == ["theo", "olivia", False]


def test_a_coach_reads_sessions_goals_and_entries(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach, ("read",))
    goal, entry = aim(owner)["id"], write(owner)["id"]
    here = f"{COACH}/people/olivia"
    assert [one["id"] for one in sent(coach.get(f"{here}/sessions"))["sessions"]] == [talk]
    assert [one["role"] for one in sent(coach.get(f"{COACH}/sessions/{talk}"))["messages"]] == ["user", "assistant"]
    assert [one["id"] for one in sent(coach.get(f"{here}/goals"))["goals"]] == [goal]
    assert sent(coach.get(f"{here}/goals/{goal}"))["title"] == "Run a 5K"
    assert [one["id"] for one in sent(coach.get(f"{here}/entries"))["entries"]] == [entry]
    assert sent(coach.get(f"{here}/entries/{entry}"))["content"] == "I ran and felt better"


def test_the_person_sees_what_was_read_and_when(owner: Caller, coach: Caller, talk: str) -> None:
    consent, entry = agree(owner, coach), write(owner)["id"]
    for place in ("people/olivia/entries", f"people/olivia/entries/{entry}", f"sessions/{talk}"):
        sent(coach.get(f"{COACH}/{place}"))
    assert reads(owner, consent) == [("session", [talk]), ("entry", [entry]), ("entries", [entry])]


def test_what_was_not_found_was_not_read(owner: Caller, coach: Caller) -> None:
    consent = agree(owner, coach)
    assert coach.get(f"{COACH}/people/olivia/entries/journal_none").status_code == 404
    assert reads(owner, consent) == []


def test_without_a_consent_there_is_nobody(coach: Caller, talk: str) -> None:
    assert answers(coach, talk) == {404}
    assert {act(coach, talk, what, text="Hello").status_code for what in ("reply", "take-over", "hand-back")} == {404}


def test_an_ended_consent_ends_at_once(owner: Caller, coach: Caller, talk: str) -> None:
    consent = agree(owner, coach)
    sent(coach.get(f"{COACH}/sessions/{talk}"))
    assert {sent(owner.delete(f"{CONSENTS}/{consent}"))["id"] for _ in range(2)} == {consent}
    assert answers(coach, talk) == {404} and sent(coach.get(f"{COACH}/people"))["people"] == []
    [ended] = sent(owner.get(CONSENTS))["consents"]
    assert ended["ended_at"] and len(reads(owner, consent)) == 1


def test_what_was_taken_over_is_handed_back_with_the_end(owner: Caller, taken: str) -> None:
    [consent] = sent(owner.get(CONSENTS))["consents"]
    sent(owner.delete(f"{CONSENTS}/{consent['id']}"))
    assert say(owner, taken)["response"] == "What would help most?" and "taken_over_by" not in read(owner, taken)


def test_a_scope_is_all_that_was_agreed_to(owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach, ("read",))
    assert {act(coach, talk, what, text="Hello").status_code for what in ("reply", "take-over", "hand-back")} == {403}
    agree(owner, coach, ("reply",))
    assert coach.get(f"{COACH}/sessions/{talk}").json["code"] == "NO_CONSENT"
    assert reply(coach, talk).status_code == 201


def test_agreeing_again_changes_the_consent_that_stands(owner: Caller, coach: Caller, taken: str) -> None:
    [first] = sent(owner.get(CONSENTS))["consents"]
    assert agree(owner, coach, ("read",)) == first["id"]
    [now] = sent(owner.get(CONSENTS))["consents"]
    assert now["scopes"] == ["read"] and "taken_over_by" not in read(owner, taken)


def test_the_coach_hears_of_it(owner: Caller, coach: Caller) -> None:
    consent = agree(owner, coach, ("read",))
    owner.delete(f"{CONSENTS}/{consent}")
    about = {"user_id": "olivia", "consent_id": consent}
    assert events(coach) == [("consent.given", about | {"scopes": ["read"]}), ("consent.ended", about)]


def test_other_coaches_and_other_tenants_see_nothing(app: Flask, owner: Caller, coach: Caller, talk: str) -> None:
    agree(owner, coach)
    away = sign_in(app, "carla", "other", "coach")
    for who in (sign_in(app, "connor", "acme", "coach"), away):
        assert answers(who, talk) == {404} and sent(who.get(f"{COACH}/people"))["people"] == []


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COACH])
def test_only_coaches_coach(app: Flask, clean: None, role: Role) -> None:
    assert sign_in(app, "carla", "acme", role).get(f"{COACH}/people").status_code == 403


def test_somebody_elses_consent_is_not_there(owner: Caller, teammate: Caller, coach: Caller) -> None:
    consent = agree(owner, coach)
    assert teammate.delete(f"{CONSENTS}/{consent}").status_code == 404
    assert teammate.get(f"{CONSENTS}/{consent}/reads").status_code == 404


@pytest.mark.parametrize("body", [
    {"coach": "carla"}, {"coach": "carla", "scopes": []}, {"coach": "carla", "scopes": ["write"]},
    {"coach": "", "scopes": ["read"]}, {"coach": "olivia", "scopes": ["read"]},
])  # fmt: skip
def test_what_is_no_consent_is_refused(owner: Caller, body: object) -> None:
    assert owner.post(CONSENTS, json=body).status_code == 400


def test_where_members_are_known_only_a_coach_among_them_will_do(app: Flask, clean: None) -> None:
    with db.begin() as session:
        session.add(Tenant(tenant_id="team", name="Team", created_by="bo"))
        for name, role in (("Carla Costa", "coach"), ("Max", "member")):
            user = name.split()[0].lower()
            session.add(User(user_id=user, tenant_id="team", email=f"{user}@team.example", name=name))
            session.flush()
            session.add(Membership(tenant_id="team", user_id=user, role=role))
    person = sign_in(app, "olivia", "team")
    tried = {who: person.post(CONSENTS, json={"coach": who, "scopes": ["read"]}) for who in ("carla", "max", "nobody")}
    assert {who: answer.status_code for who, answer in tried.items()} == {"carla": 201, "max": 404, "nobody": 404}
    assert tried["carla"].json["coach_name"] == "Carla Costa"


def test_whoever_is_alone_has_no_coach(app: Flask, clean: None) -> None:
    alone = sign_in(app, "sol", personal_tenant("sol"))
    assert alone.post(CONSENTS, json={"coach": "carla", "scopes": ["read"]}).status_code == 404


def test_notes_are_the_coachs_own(app: Flask, owner: Caller, coach: Caller, other_coach: Caller) -> None:
    agree(owner, coach)
    agree(owner, other_coach)
    notes = f"{COACH}/people/olivia/notes"
    note = sent(coach.post(notes, json={"text": "Ask about the knee"}))["id"]
    assert other_coach.patch(f"{COACH}/notes/{note}", json={"text": "Mine"}).status_code == 404
    assert sent(other_coach.get(notes))["notes"] == []
    sent(coach.patch(f"{COACH}/notes/{note}", json={"text": "Ask about the other knee"}))
    assert [one["text"] for one in sent(coach.get(notes))["notes"]] == ["Ask about the other knee"]
    sent(coach.delete(f"{COACH}/notes/{note}"))
    assert sent(coach.get(notes))["total"] == 0


def test_notes_are_out_of_reach_without_a_consent(owner: Caller, coach: Caller) -> None:
    consent = agree(owner, coach)
    note = sent(coach.post(f"{COACH}/people/olivia/notes", json={"text": "Ask about the knee"}))["id"]
    owner.delete(f"{CONSENTS}/{consent}")
    assert coach.patch(f"{COACH}/notes/{note}", json={"text": "x"}).status_code == 404
    assert coach.delete(f"{COACH}/notes/{note}").status_code == 404
