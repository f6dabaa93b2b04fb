"""Samples to MP3, by LAME itself: FFmpeg's build of it takes three times as long. Engine processes only.

A first frame without sound tells players the exact length: how many samples at each end are the encoder's own.
Its fields: http://gabriel.mp3-tech.org/mp3infotag.html
"""

import struct

import lameenc

from app.speech.audio_duration import LOW_BIT_RATES

BIT_RATE = 48  # kbit/s
HASTE = 7  # of LAME's qualities, 0 the best: a third of the time, and no ear hears it on a synthetic voice
DELAY = 576  # samples of silence that LAME begins with
SAMPLES = 576  # of a frame, at rates below 32 kHz
BEFORE_TAG = 13  # bytes of a mono frame: its header, and what its sound would need
TAG = struct.Struct(">4s III 100s I 9s B B I 4s B B 3s B B H I HH")
HAS_ALL = 0b1111  # frames, bytes, table of contents, quality
CONSTANT = 1  # bit rate


def encode(pcm: bytes, rate: int) -> bytes:
    """Mono 16-bit samples, of ``rate`` a second: 16, 22.05 or 24 thousand."""
    encoder = lameenc.Encoder()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(rate)
    encoder.set_out_sample_rate(rate)
    encoder.set_bit_rate(BIT_RATE)
    encoder.set_quality(HASTE)
    encoder.silence()
    sound = bytes(encoder.encode(pcm) + encoder.flush())
    return _information(sound, rate, len(pcm) // 2) + sound


def _information(sound: bytes, rate: int, samples: int) -> bytes:
    """The frame before the sound, of the first bit rate whose frames have room for it."""
    frames = round(len(sound) * rate / (BIT_RATE * 1000 / 8) / SAMPLES)
    padding = max(0, frames * SAMPLES - samples - DELAY)
    index = next(index for index, kbits in enumerate(LOW_BIT_RATES) if _size(kbits, rate) >= BEFORE_TAG + TAG.size)
    size = _size(LOW_BIT_RATES[index], rate)
    header = bytes((*sound[:2], index << 4 | sound[2] & 0b1100, sound[3]))
    places = bytes(256 * percent // 100 for percent in range(100))
    total = size + len(sound)
    tag = TAG.pack(
        b"Info", HAS_ALL, frames, total, places, 100 - 10 * HASTE, b"LAME3.100", CONSTANT, 0, 0, b"", 0, BIT_RATE,
        (DELAY << 12 | padding).to_bytes(3), 0, 0, 0, total, 0, 0,
    )  # fmt: skip
    return (header + bytes(BEFORE_TAG - len(header)) + tag).ljust(size, b"\0")


def _size(kbits: int, rate: int) -> int:
    return SAMPLES // 8 * kbits * 1000 // rate
