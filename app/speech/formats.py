"""What a browser's recording is: from its first bytes, else from what its sender says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Container:
    extension: str
    mime: str


WEBM = Container("webm", "audio/webm")
OGG = Container("ogg", "audio/ogg")
MP4 = Container("m4a", "audio/mp4")
MP3 = Container("mp3", "audio/mpeg")
WAV = Container("wav", "audio/wav")
FLAC = Container("flac", "audio/flac")
NAMES = {
    "webm": WEBM, "mkv": WEBM, "x-matroska": WEBM,
    "ogg": OGG, "oga": OGG, "opus": OGG,
    "mp4": MP4, "m4a": MP4, "x-m4a": MP4, "aac": MP4,
    "mp3": MP3, "mpeg": MP3, "mpga": MP3,
    "wav": WAV, "wave": WAV, "x-wav": WAV,
    "flac": FLAC, "x-flac": FLAC,
}  # fmt: skip


def container(hint: str, audio: bytes = b"") -> Container:
    """``hint`` is a MIME type (``audio/webm;codecs=opus``), a file name or a format's name; WebM when nothing fits."""
    word = hint.partition(";")[0].rpartition("/")[2].rpartition(".")[2].strip().lower()
    return _sniffed(audio[:16]) or NAMES.get(word) or WEBM


def _sniffed(head: bytes) -> Container | None:
    if head[4:8] == b"ftyp":
        return MP4
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    starts = {b"\x1a\x45\xdf\xa3": WEBM, b"OggS": OGG, b"ID3": MP3, b"\xff\xfb": MP3, b"\xff\xf3": MP3, b"fLaC": FLAC}
    return next((known for start, known in starts.items() if head.startswith(start)), None)
