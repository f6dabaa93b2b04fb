"""The coaches that everybody has: one for each style."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

ALWAYS = datetime(2025, 1, 1, tzinfo=UTC)


class Style(StrEnum):
    SUPPORTIVE = "supportive"
    DIRECT = "direct"
    MOTIVATIONAL = "motivational"
    ANALYTICAL = "analytical"
    EMPATHETIC = "empathetic"


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """Has what a person's own personality has."""

    id: str
    name: str
    style: Style
    description: str
    system_prompt: str
    first_message: str
    user_id: None = None
    voice_id: None = None
    eleven_labs_agent_id: None = None
    voice_stability: None = None
    voice_similarity_boost: None = None
    language: str = "en"
    created_at: datetime = ALWAYS
    updated_at: datetime = ALWAYS


BUILT_IN = {
    personality.id: personality
    for personality in (
        BuiltIn(
            "personality_supportive", "Supportive", Style.SUPPORTIVE, "Warm and patient; notices the effort first.",
            "Warm and patient. Notice effort before outcome, and let the person set the pace.",
            "Good to see you. What would you like to look at together today?",
        ),
        BuiltIn(
            "personality_direct", "Direct", Style.DIRECT, "Plain and brief; asks the question that matters.",
            "Plain and brief. Name what you see, ask the question that matters, leave out the padding.",
            "What is the one thing you want to get clear on today?",
        ),
        BuiltIn(
            "personality_motivational", "Motivational", Style.MOTIVATIONAL, "Energetic; ties today to the dream.",
            "Energetic and forward-looking. Connect today's step to what the person wants to become.",
            "Ready for the next step? Tell me what you want to move today.",
        ),
        BuiltIn(
            "personality_analytical", "Analytical", Style.ANALYTICAL, "Structured and curious; looks for patterns.",
            "Structured and curious. Look for patterns in what was done and written, and test assumptions.",
            "Let's look at what happened and what it tells us. Where shall we begin?",
        ),
        BuiltIn(
            "personality_empathetic", "Empathetic", Style.EMPATHETIC, "Gentle; listens to the feeling first.",
            "Gentle and attentive to feeling. Reflect the emotion first; move to action only when it is welcome.",
            "I'm here. How are you, really?",
        ),
    )
}  # fmt: skip
DEFAULT = BUILT_IN["personality_supportive"]
