"""Voice activity detection: whether a recording may hold speech at all. Engine processes only.

It refuses what is certain: silence, a steady noise or tone, and clicks. What wavers as speech does is let through, and
the recogniser hears what it is.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from app.speech.audio import RATE

FRAME, HOP = 512, 256  # samples
STRETCH = 8 * RATE  # samples that are judged together
FEW = 6  # the loudest frames, of which the last one counts: a click is no loudness
QUIETEST = -60.0  # dB of full scale
DYNAMIC = 30.0  # dB below the loudest: what is quieter is background
WAVERING = 4.5  # dB between quiet and loud: less is a noise or a tone
WORDS = 3  # sounds with silence in between waver, too
CORE = 15.0  # dB below the loudest
BAND = slice(4, 128)  # bins of 125 to 4000 Hz
PITCH = slice(RATE // 400, RATE // 70)  # lags, in samples
PERIODIC = 0.35  # of a perfect echo, one pitch period later
VOICED = 0.08  # seconds with a pitch are speech
WHISPERED_RUN, WHISPERED = 0.11, 0.4  # seconds without a pitch: in one go, and in all

Signal = NDArray[np.float64]
Flags = NDArray[np.bool_]


def has_speech(pcm: bytes) -> bool:
    """``pcm`` are mono 16-bit samples of ``RATE``."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64) / 32768
    stretches = (samples[at : at + STRETCH] for at in range(0, len(samples), STRETCH))
    return any(_speaks(stretch) for stretch in stretches if len(stretch) > 2 * FRAME)


def _speaks(samples: Signal) -> bool:
    frames = sliding_window_view(samples - samples.mean(), FRAME)[::HOP] * np.hanning(FRAME)
    power = (np.abs(np.fft.rfft(frames)[:, BAND]) ** 2).sum(axis=1) / FRAME**2 * 4
    levels = _decibels(power)
    loudest = np.sort(levels)[-min(FEW, len(levels))]
    heard = levels > max(QUIETEST, loudest - DYNAMIC)
    if not heard.any() or (_wavering(power[heard]) < WAVERING and _runs(heard) < WORDS):
        return False
    core = heard & (levels > loudest - CORE)
    pitched = core & (_periodicity(frames) > PERIODIC)
    return bool(_seconds(pitched) >= VOICED or _seconds(_long_runs(core)) >= WHISPERED)


def _decibels(power: Signal) -> Signal:
    found: Signal = 10 * np.log10(power + 1e-12)
    return found


def _wavering(power: Signal) -> float:
    """From quiet to loud, in dB, over three frames each: the beat of a hum's harmonics is no wavering."""
    smooth = np.convolve(power, np.ones(3) / 3, "valid") if len(power) > 2 else power
    return float(np.ptp(np.percentile(_decibels(smooth), (5, 95))))


def _runs(flags: Flags) -> int:
    return int(np.count_nonzero(np.diff(flags.astype(int), prepend=0) == 1))


def _periodicity(frames: Signal) -> Signal:
    """How much each frame is like itself one pitch period later, from 0 to 1."""
    spectra = np.fft.rfft(np.diff(frames, axis=1), 2 * FRAME)  # the difference takes out what is only low
    echoes = np.fft.irfft(np.abs(spectra) ** 2)[:, : FRAME // 2]
    fading = 1 - np.arange(FRAME // 2) / FRAME
    whole = echoes[:, :1] + 1e-12
    found: Signal = (echoes / whole / fading)[:, PITCH].max(axis=1)
    return found


def _long_runs(flags: Flags) -> Flags:
    """Those that stand in a run long enough for a whisper."""
    least = round(WHISPERED_RUN * RATE / HOP)
    if len(flags) < least:
        return np.zeros_like(flags)
    full = sliding_window_view(flags, least).all(axis=1)
    return np.convolve(full, np.ones(least)) > 0


def _seconds(flags: Flags) -> float:
    return float(flags.sum()) * HOP / RATE
