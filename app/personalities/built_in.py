"""The coaches that everybody has: one for each style."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

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


_FILE = Path(__file__).with_name("built_in.toml")
BUILT_IN = msgspec.toml.decode(_FILE.read_bytes(), type=dict[str, BuiltIn])
DEFAULT = BUILT_IN["personality_supportive"]
