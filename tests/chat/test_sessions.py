"""Sessions over their life, and that they are their owner's only."""

from tests.chat.conftest import ask
from tests.conftest import Caller

SESSION = "/api/v1/chat/session"


def test_a_new_session_has_the_contracts_fields(owner: Caller) -> None:
    answer = owner.post(SESSION)
    assert answer.status_code == 201
    assert answer.json["id"].startswith("session_")
    expected = {"user_id": "olivia", "title": "New Conversation", "message_count": 0, "messages": []}
    assert {key: answer.json[key] for key in expected} == expected
    assert answer.json["created_at"] == answer.json["updated_at"]


def test_the_list_shows_the_last_used_first(owner: Caller) -> None:
    first = ask(owner, "One").json
    second = ask(owner, "Two").json
    ask(owner, "Three", sessionId=first["sessionId"])
    listed = owner.get("/api/v1/chat/sessions").json
    assert [row["id"] for row in listed["sessions"]] == [first["sessionId"], second["sessionId"]]
    assert listed["total"] == 2


def test_a_row_shows_count_and_last_message_but_no_messages(owner: Caller) -> None:
    answer = ask(owner, "One").json
    row = owner.get("/api/v1/chat/sessions").json["sessions"][0]
    assert (row["message_count"], row["last_message"]) == (2, answer["response"])
    assert "messages" not in row


def test_long_lists_come_in_pages(owner: Caller) -> None:
    made = [owner.post(SESSION).json["id"] for _ in range(5)]
    page = owner.get("/api/v1/chat/sessions?limit=3").json
    rest = owner.get(f"/api/v1/chat/sessions?limit=3&cursor={page['nextCursor']}").json
    assert [row["id"] for row in page["sessions"] + rest["sessions"]] == made[::-1]
    assert rest["nextCursor"] is None


def test_the_title_is_made_from_the_first_message(owner: Caller) -> None:
    text = "I would like to talk about running a half marathon next year"
    session_id = ask(owner, text).json["sessionId"]
    ask(owner, "And sleep", sessionId=session_id)
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == text[:50]


def test_space_before_the_first_words_does_not_cost_the_title(owner: Caller) -> None:
    session_id = ask(owner, "\n" * 150 + "Sleep better").json["sessionId"]
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == "Sleep better"


def test_a_session_made_empty_gets_its_title_too(owner: Caller, session_id: str) -> None:
    ask(owner, "Sleep better", sessionId=session_id)
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == "Sleep better"


def test_a_title_can_be_changed_and_stays(owner: Caller, session_id: str) -> None:
    changed = owner.patch(f"{SESSION}/{session_id}/title", json={"title": "Goal Planning for December"})
    ask(owner, "Hello", sessionId=session_id)
    assert changed.json["id"] == session_id
    assert changed.json["updated_at"].endswith("Z")
    assert owner.get(f"{SESSION}/{session_id}").json["title"] == "Goal Planning for December"


def test_a_bad_title_is_400(owner: Caller, session_id: str) -> None:
    for title in ("", " ", None, 3, "x" * 201):
        assert owner.patch(f"{SESSION}/{session_id}/title", json={"title": title}).status_code == 400


def test_a_deleted_session_is_gone_with_its_messages(owner: Caller) -> None:
    session_id = ask(owner).json["sessionId"]
    deleted = owner.delete(f"{SESSION}/{session_id}")
    assert deleted.json == {"success": True, "message": "Session deleted successfully", "id": session_id}
    assert owner.get(f"{SESSION}/{session_id}").status_code == 404
    assert owner.delete(f"{SESSION}/{session_id}").status_code == 404


def test_nobody_else_can_reach_a_session(owner: Caller, teammate: Caller, stranger: Caller) -> None:
    path = f"{SESSION}/{ask(owner).json['sessionId']}"
    for other in (teammate, stranger):
        answers = [
            other.get(path),
            other.delete(path),
            other.patch(f"{path}/title", json={"title": "Mine"}),
            other.get(f"{path}/stream"),
            other.post(f"{path}/cancel"),
            ask(other, sessionId=path.rpartition("/")[2]),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert {answer.json["message"] for answer in answers} == {"Chat session not found"}
        assert other.get("/api/v1/chat/sessions").json["total"] == 0


def test_a_foreign_cursor_is_refused(owner: Caller, stranger: Caller, session_id: str) -> None:
    assert stranger.get(f"/api/v1/chat/sessions?cursor={session_id}").status_code == 400


def test_pages_have_bounds(owner: Caller) -> None:
    for limit in ("0", "201", "many"):
        assert owner.get(f"/api/v1/chat/sessions?limit={limit}").status_code == 400
