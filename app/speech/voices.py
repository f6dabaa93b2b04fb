"""Which voice is meant: ``service::name`` as products store it, or a bare name, in the words of each engine."""

import re

ELEVENLABS_DEFAULT = "21m00Tcm4TlvDq8ikWAM"
OPENAI_DEFAULT = "alloy"
OPENAI_NAMES = frozenset("alloy ash ballad cedar coral echo fable marin nova onyx sage shimmer verse".split())
ESPEAK_DEFAULT = "en-us+f3"
ACCENTS = {"com": "en-us", "us": "en-us", "co.uk": "en-gb", "ie": "en-gb-scotland"}

_ELEVENLABS = re.compile(r"[A-Za-z0-9]{8,64}")
_NAME = re.compile(r"[A-Za-z0-9_.+-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,2}(\+[A-Za-z0-9]{1,12})?")


def service(voice: str) -> str:
    """Who speaks with it; ``""`` for a bare name."""
    return voice.partition("::")[0].lower() if "::" in voice else ""


def elevenlabs(voice: str) -> str:
    name = _of("elevenlabs", voice)
    return name if _ELEVENLABS.fullmatch(name) else ELEVENLABS_DEFAULT


def openai(voice: str) -> str:
    """A voice that says it is OpenAI's is believed: compatible servers have names of their own."""
    name = _of("openai", voice)
    known = name.lower() in OPENAI_NAMES or (service(voice) and _NAME.fullmatch(name))
    return name if known else OPENAI_DEFAULT


def espeak(voice: str) -> str:
    """A language, perhaps with a variant (``de``, ``en-gb+f2``); also from ``gtts::en@co.uk``."""
    if service(voice) not in ("", "espeak", "gtts", "google"):
        return ESPEAK_DEFAULT
    language, _, place = voice.rpartition("::")[2].partition("@")
    language = language.replace("_", "-")
    if language == "en" and place:
        language = ACCENTS.get(place, "en-us")
    if language in ("", "en", "en-us") or not _LANGUAGE.fullmatch(language.lower()):
        return ESPEAK_DEFAULT
    return language if "+" in language else f"{language.lower()}+f3"


def _of(vendor: str, voice: str) -> str:
    """The name, unless the voice belongs to another service."""
    return voice.rpartition("::")[2].strip() if service(voice) in ("", vendor) else ""
