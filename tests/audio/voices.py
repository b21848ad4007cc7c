"""Sounds that are voices and rooms to the measures, made by arithmetic: vowels, words, takes with a word in them."""

import numpy as np

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import FULL_SCALE, Waveform, to_pcm
from tests.audio.recordings import noise

PITCH_HZ = 120.0
QUIET = 10 ** (-70 / 20)


def vowel(duration_s: float = 0.3, level_dbfs: float = -20.0, pitch_hz: float = PITCH_HZ) -> Waveform:
    """Harmonics that fall off by 6 dB an octave up to half the rate, faded over 10 ms; its RMS is `level_dbfs`."""
    t = np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    orders = np.arange(1, int(SAMPLE_RATE_HZ / 2 / pitch_hz))
    phases = 2 * np.pi * pitch_hz * orders[:, None] * t[None, :] + orders[:, None] ** 2
    sound = np.sum(np.sin(phases) / orders[:, None], axis=0) * np.clip(np.minimum(t, t[-1] - t) / 0.01, 0, 1)
    scaled: Waveform = (sound * 10 ** (level_dbfs / 20) / np.sqrt(np.mean(sound**2))).astype(np.float32)
    return scaled


def take_of(*sounds: tuple[float, Waveform], duration_s: float = 2.0, room: float = QUIET) -> Waveform:
    """A room with the sounds in it, each at its onset in seconds."""
    take = noise(round(duration_s * SAMPLE_RATE_HZ), room)
    for onset_s, sound in sounds:
        start = round(onset_s * SAMPLE_RATE_HZ)
        take[start : start + len(sound)] += sound[: len(take) - start]
    return take


def rounded(waveform: Waveform) -> Waveform:
    """As a recorder of 16 bits leaves it."""
    return (to_pcm(waveform) / np.float32(FULL_SCALE)).astype(np.float32)
