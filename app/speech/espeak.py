"""espeak-ng through its C interface: samples, and when each phoneme is heard. Engine processes only (GPL-3)."""

import ctypes
from dataclasses import dataclass

import espeakng_loader

from app.speech.interfaces import ErrorKind, SpeechError

SYNCHRONOUS = 2
PHONEMES_IN_IPA = 0x1 | 0x2
DONT_EXIT = 0x8000
UTF8 = 1
BUFFER_MS = 200
LIST_END, PHONEME = 0, 7
FALLBACK = "en-us+f3"

Phoneme = tuple[float, float, str]


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


@dataclass(frozen=True, slots=True)
class Saying:
    """Mono 16-bit samples and the phonemes in them, one after the other without a gap."""

    pcm: bytes
    rate: int
    phonemes: list[Phoneme]

    @property
    def duration(self) -> float:
        return len(self.pcm) / 2 / self.rate


class Espeak:
    def __init__(self) -> None:
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = espeakng_loader.get_data_path().encode()
        self._rate = self._library.espeak_Initialize(SYNCHRONOUS, BUFFER_MS, data, PHONEMES_IN_IPA | DONT_EXIT)
        if self._rate <= 0:
            raise OSError("espeak-ng did not start")
        self._pcm = bytearray()
        self._heard: list[tuple[int, str]] = []
        self._callback = _Callback(self._collect)  # kept: the library holds only a pointer
        self._library.espeak_SetSynthCallback(self._callback)
        self._voice = ""

    def say(self, text: str, voice: str) -> Saying:
        self._use(voice)
        self._pcm, self._heard = bytearray(), []
        said = text.replace("\0", " ").encode()
        if self._library.espeak_Synth(said, len(said) + 1, 0, 1, 0, UTF8, None, None) or not self._pcm:
            raise SpeechError(ErrorKind.EMPTY, "espeak")
        return Saying(bytes(self._pcm), self._rate, self._phonemes())

    def _use(self, voice: str) -> None:
        if voice == self._voice:
            return
        names = (voice, voice.partition("+")[0], FALLBACK)
        if all(self._library.espeak_SetVoiceByName(name.encode()) for name in names):
            raise SpeechError(ErrorKind.MISSING, "espeak", detail="voice")
        self._voice = voice

    def _collect(
        self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, events: "ctypes._Pointer[_Event]"
    ) -> int:
        if samples and count:
            self._pcm += ctypes.string_at(samples, count * 2)
        index = 0
        while events[index].type != LIST_END:
            event = events[index]
            if event.type == PHONEME:
                self._heard.append((event.sample, event.id.string.decode("utf-8", "ignore")))
            index += 1
        return 0

    def _phonemes(self) -> list[Phoneme]:
        ends = [sample for sample, _ in self._heard[1:]] + [len(self._pcm) // 2]
        return [
            (sample / self._rate, end / self._rate, symbol)
            for (sample, symbol), end in zip(self._heard, ends, strict=True)
            if end > sample
        ]
