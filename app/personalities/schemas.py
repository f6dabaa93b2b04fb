"""Bodies of coach personalities: camelCase but for who made them and when."""

from marshmallow import fields, pre_load, validate

from app.personalities.built_in import Style
from app.web.schemas import Around, Choice, Flag, Moment, Number, Schema, Text

LONGEST_PROMPT = 8000
SHARE = validate.Range(0, 1, error="must be from 0 to 1")


class PersonalityChangeIn(Schema):
    """Only what is named is changed. ``null`` means absent in a new personality, and nothing in a changed one."""

    null_is_absent = True

    name = Text(1, 100, metadata={"example": "The Editor"})
    description = Text(1, 2000, metadata={"example": "Cuts to the sentence that matters."})
    systemPrompt = Text(
        1, LONGEST_PROMPT, attribute="system_prompt",
        metadata={"example": "You are a kind editor of plans. Ask for one sentence."},
    )  # fmt: skip
    style = Choice(Style, metadata={"example": "direct"})
    firstMessage = Text(0, 2000, attribute="first_message")
    voiceId = Text(0, 100, attribute="voice_id", metadata={"example": "pNInz6obpgDQGcFmaJgB"})
    elevenLabsAgentId = Text(0, 100, attribute="eleven_labs_agent_id")
    voiceStability = Number(attribute="voice_stability", validate=SHARE, metadata={"example": 0.5})
    voiceSimilarityBoost = Number(attribute="voice_similarity_boost", validate=SHARE, metadata={"example": 0.75})
    language = Text(1, 35, metadata={"example": "en"})
    isDefault = Flag(attribute="is_default")

    @pre_load
    def absent(self, data: object, **_: object) -> object:
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, dict) else data


class PersonalityIn(PersonalityChangeIn):
    name = Text(1, 100, required=True, metadata={"example": "The Editor"})
    description = Text(1, 2000, required=True, metadata={"example": "Cuts to the sentence that matters."})
    systemPrompt = Text(
        1, LONGEST_PROMPT, required=True, attribute="system_prompt",
        metadata={"example": "You are a kind editor of plans."},
    )  # fmt: skip
    style = Choice(Style, required=True, metadata={"example": "direct"})


class PersonalityOut(Around):
    id = fields.String(metadata={"example": "personality_abc123"})
    user_id = fields.String(allow_none=True, metadata={"description": "Null for those that everybody has"})
    name = fields.String(metadata={"example": "The Editor"})
    description = fields.String()
    systemPrompt = fields.String(attribute="system_prompt")
    style = fields.String(metadata={"enum": [*Style]})
    firstMessage = fields.String(attribute="first_message", allow_none=True)
    voiceId = fields.String(attribute="voice_id", allow_none=True)
    elevenLabsAgentId = fields.String(attribute="eleven_labs_agent_id", allow_none=True)
    voiceStability = fields.Float(attribute="voice_stability", allow_none=True)
    voiceSimilarityBoost = fields.Float(attribute="voice_similarity_boost", allow_none=True)
    language = fields.String(metadata={"example": "en"})
    isDefault = fields.Boolean(attribute="is_default")
    isBuiltIn = fields.Boolean(attribute="is_built_in")
    created_at = Moment()
    updated_at = Moment()


class PersonalityRemovedOut(Schema):
    success = fields.Boolean()
    message = fields.String(metadata={"example": "Coach personality deleted successfully"})
    id = fields.String(metadata={"example": "personality_abc123"})


class CoachQuery(Schema):
    personalityId = Text(1, 64, load_default=None, metadata={"example": "personality_direct"})
