"""Sounds that are like words, made by arithmetic, and takes that hold one at a known place."""

import numpy as np

from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform

ROOM_RMS = 0.0005


def vowel(duration_s: float, pitch_hz: float = 120.0, amplitude: float = 0.2) -> Waveform:
    """Harmonics of a voice, weaker towards the top, swelling and fading within 20 ms."""
    t = np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    harmonics = np.arange(1, 26)
    voice = np.sin(2 * np.pi * pitch_hz * np.outer(t, harmonics)) @ (1 / (1 + (harmonics / 5.0) ** 2))
    return _shaped(voice, amplitude)


def hiss(duration_s: float, amplitude: float = 0.05, seed: int = 0) -> Waveform:
    """An “s”: noise whose differences were taken, so that it lies high."""
    noise = np.random.default_rng(seed).standard_normal(round(duration_s * SAMPLE_RATE_HZ) + 1)
    return _shaped(np.diff(noise), amplitude)


def silence(duration_s: float) -> Waveform:
    return np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)


def word() -> Waveform:
    """Half a second: a hiss, a vowel, a stop of 80 ms, a short vowel."""
    return np.concatenate((hiss(0.1), vowel(0.2), silence(0.08), vowel(0.12, amplitude=0.1)))


def room(n_samples: int, rms: float = ROOM_RMS, seed: int = 1) -> Waveform:
    noise: Waveform = (rms * np.random.default_rng(seed).standard_normal(n_samples)).astype(np.float32)
    return noise


def take_with(spoken: Waveform, onset_s: float = 0.9, duration_s: float = 2.4, rms: float = ROOM_RMS) -> Waveform:
    """A take in a quiet room, in which the word begins at onset_s."""
    take = room(round(duration_s * SAMPLE_RATE_HZ), rms)
    start = round(onset_s * SAMPLE_RATE_HZ)
    take[start : start + len(spoken)] += spoken
    return take


def _shaped(sound: np.ndarray[tuple[int, ...], np.dtype[np.float64]], amplitude: float) -> Waveform:
    n_edge = SAMPLE_RATE_HZ // 50
    edge = np.ones(len(sound))
    edge[:n_edge] = np.linspace(0, 1, n_edge)
    edge[-n_edge:] = edge[:n_edge][::-1]
    shaped: Waveform = (amplitude * edge * sound / np.abs(sound).max()).astype(np.float32)
    return shaped
