"""The voices a coach can speak with. The built-in ones are styles; an id that is none of them means the default."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Personality:
    id: str
    name: str
    style: str
    manner: str


BUILT_IN = {
    personality.id: personality
    for personality in (
        Personality(
            "personality_supportive", "Supportive", "supportive",
            "Warm and patient. Notice effort before outcome, and let the person set the pace.",
        ),
        Personality(
            "personality_direct", "Direct", "direct",
            "Plain and brief. Name what you see, ask the question that matters, leave out the padding.",
        ),
        Personality(
            "personality_motivational", "Motivational", "motivational",
            "Energetic and forward-looking. Connect today's step to what the person wants to become.",
        ),
        Personality(
            "personality_analytical", "Analytical", "analytical",
            "Structured and curious. Look for patterns in what was done and written, and test assumptions.",
        ),
        Personality(
            "personality_empathetic", "Empathetic", "empathetic",
            "Gentle and attentive to feeling. Reflect the emotion first; move to action only when it is welcome.",
        ),
    )
}  # fmt: skip
DEFAULT = BUILT_IN["personality_supportive"]


def find(personality_id: str | None) -> Personality:
    return BUILT_IN.get(personality_id or "", DEFAULT)
