"""The statements of the hot path: admitting a message and storing an answer take one round trip each.

Each is atomic by itself. A second running turn in a session violates ``uq_chat_turns_running`` and undoes all of it.
"""

from app.db.leases import DEADLINE_SQL
from app.db.statements import Statement

_FOR_HUMAN = "coalesce(taken_over_by <> '' AND taken_over_until > clock_timestamp(), false) AS for_human"
_SAID = """said AS (
  INSERT INTO chat_messages (id, session_id, position, role, content, status, context, attachment_ids, safety,
    created_at)
  SELECT :question, place.id, place.message_count, 'user', :content, 'complete', '[]', CAST(:attachments AS jsonb),
    CAST(:safety AS jsonb), :moment
  FROM place)"""
_BEGUN = f"""begun AS (
  INSERT INTO chat_turns (id, session_id, tenant_id, user_id, user_message_id, answer_id, state, partial,
    cancel_requested, proposes, for_human, lease_until, created_at)
  SELECT :turn, place.id, :tenant, :user, :question, :answer, 'running', '', false, coalesce(
    CAST(:proposes AS boolean), (SELECT enabled FROM action_settings WHERE tenant_id = CAST(:tenant AS varchar)
      AND user_id = CAST(:user AS varchar)),
    false), place.for_human, {DEADLINE_SQL}, :moment
  FROM place RETURNING proposes)"""  # noqa: S608 - constants only
_PLACE = "SELECT id, message_count, personality_id, discloses, for_human, proposes FROM place, begun"

_TAKEN = """taken AS (
  INSERT INTO idempotency_keys AS known (owner, key, digest, resource_id, created_at)
  VALUES (:owner, :key, :digest, :turn, clock_timestamp())
  ON CONFLICT (owner, key) DO UPDATE SET resource_id = excluded.resource_id, created_at = excluded.created_at
  WHERE known.created_at < clock_timestamp() - CAST(:life AS interval)
    AND NOT EXISTS (SELECT 1 FROM chat_turns AS t WHERE t.id = known.resource_id AND t.unheard) RETURNING owner)"""
_OPENED = """place AS (
  INSERT INTO chat_sessions (id, tenant_id, user_id, title, personality_id, message_count, last_message,
    summarised_through, disclosed_at, created_at, updated_at)
  SELECT :session, :tenant, :user, :title, :personality, 1, :preview, 0, :moment, :moment, :moment"""
_RETURNED = f"RETURNING id, message_count, personality_id, disclosed_at = :moment AS discloses, {_FOR_HUMAN})"

# A message that opens a session.
ADMIT_FIRST = Statement(f"WITH {_OPENED} {_RETURNED}, {_SAID}, {_BEGUN} {_PLACE}")

# The same for a claim that is free; no row when the same request came a moment ago, or its answer was not heard.
ADMIT_FIRST_ONCE = Statement(f"WITH {_TAKEN}, {_OPENED} FROM taken {_RETURNED}, {_SAID}, {_BEGUN} {_PLACE}")

_REPEATED = """SELECT t.id FROM chat_turns AS t JOIN chat_messages AS q ON q.id = t.user_message_id
  WHERE t.session_id = :session AND t.unheard AND t.state = 'completed' AND q.content = :content
    AND q.attachment_ids = CAST(:attachments AS jsonb)
    AND NOT EXISTS (SELECT 1 FROM chat_turns AS n WHERE n.session_id = t.session_id AND n.id > t.id)"""

# The session's last turn, if it answers this very message and nobody heard the answer.
REPEATED = Statement(_REPEATED)

# A message in a session of the caller's; no row when there is none, or when it is sent again. Its row is locked, so
# messages queue up.
ADMIT_NEXT = Statement(f"""WITH place AS (
  UPDATE chat_sessions SET message_count = message_count + 1, last_message = :preview, updated_at = :moment,
    title = CASE WHEN message_count = 0 AND title = :untitled THEN :title ELSE title END,
    personality_id = coalesce(:personality, personality_id),
    disclosed_at = CASE WHEN disclosed_at > :disclosed_before THEN disclosed_at ELSE :moment END
  WHERE id = :session AND tenant_id = :tenant AND user_id = :user AND NOT EXISTS ({_REPEATED})
  {_RETURNED}, {_SAID}, {_BEGUN} {_PLACE}""")  # noqa: S608 - constants only

# Another turn for a message that is stored already; no row when its session is gone.
ADMIT_AGAIN = Statement(f"""WITH place AS (
  SELECT id, {_FOR_HUMAN} FROM chat_sessions WHERE id = CAST(:session AS varchar) FOR UPDATE),
{_BEGUN} SELECT for_human FROM place, begun""")  # noqa: S608 - constants only

# A turn of the caller's session with its question: the last one if none is named. A session without it has no ``turn``.
FIND = Statement("""SELECT s.personality_id, t.id AS turn, t.answer_id, q.id, q.content, q.created_at, q.position,
  q.attachment_ids, coalesce(s.disclosed_at = q.created_at, false) AS discloses,
  coalesce(t.proposes, false) AS proposes, coalesce(t.for_human, false) AS for_human
FROM chat_sessions AS s
LEFT JOIN LATERAL (
  SELECT id, answer_id, user_message_id, proposes, for_human FROM chat_turns
  WHERE session_id = s.id AND id = coalesce(CAST(:turn AS varchar), id) ORDER BY id DESC LIMIT 1) AS t ON true
LEFT JOIN chat_messages AS q ON q.id = t.user_message_id
WHERE s.id = :session AND s.tenant_id = :tenant AND s.user_id = :user""")

# How a turn stands, and its answer as far as that is stored; ``lost`` when its process is gone.
STANDING = Statement("""SELECT t.state, t.error, t.finished_at, t.lease_until <= clock_timestamp() AS lost,
  coalesce(a.content, '') AS said, a.model, coalesce(a.context, '[]') AS context, a.safety, a.receipts, a.author_name,
  t.proposes, t.for_human
FROM chat_turns AS t LEFT JOIN chat_messages AS a ON a.id = t.answer_id WHERE t.id = :turn""")

# The end of a turn; no row when it has ended already. ``said`` is empty when nothing was.
STORE = Statement("""WITH ended AS (
  UPDATE chat_turns SET state = :state, error = :error, partial = '', lease_until = NULL, finished_at = :moment
  WHERE id = :turn AND state = 'running' RETURNING session_id, answer_id, user_message_id),
place AS (
  UPDATE chat_sessions SET message_count = message_count + 1, last_message = :preview, updated_at = :moment
  FROM ended WHERE chat_sessions.id = ended.session_id AND :said <> ''
  RETURNING chat_sessions.id, message_count),
answer AS (
  INSERT INTO chat_messages (id, session_id, position, role, content, status, model, context, safety, receipts,
    created_at)
  SELECT ended.answer_id, place.id, place.message_count, 'assistant', :said, :status, :model,
    CAST(:context AS jsonb), CAST(:safety AS jsonb), CAST(:receipts AS jsonb), :moment
  FROM ended, place),
marked AS (
  UPDATE chat_messages SET safety = CAST(:safety AS jsonb) FROM ended
  WHERE chat_messages.id = ended.user_message_id AND CAST(:safety AS jsonb) IS NOT NULL)
SELECT session_id FROM ended""")
