"""Background noise: recordings and synthetic noise in one bank, and `_silence_` clips made of it. Numpy only."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ
from speechapp.training.clips import Pcm, read_sound

BANK_RMS = 0.1  # every recording and every synthetic piece is brought to -20 dBFS
SILENCE_LEVEL_DBFS = (-80.0, -15.0)  # from a quiet room to a tap beside the microphone
ZERO_SHARE = 0.1  # of silent clips are exactly zero: a muted microphone, a padded clip

Noise = NDArray[np.float32]
_Signal = NDArray[np.float64]

_N_SYNTHETIC_PIECES = 75
_PIECE_SAMPLES = 4 * SAMPLE_RATE_HZ


def noise_bank(recordings: Iterable[Path], seed: int) -> Noise:
    """All noise end to end, float32 (n_samples,): recordings, then five minutes of synthetic noise, all at BANK_RMS.

    So a release without recordings trains too, and one with only steady recordings still meets swelling and clatter.
    """
    rng = np.random.default_rng(seed)
    pieces = [read_sound(path).astype(np.float64) for path in recordings]
    pieces += [synthetic_noise(_PIECE_SAMPLES, rng) for _ in range(_N_SYNTHETIC_PIECES)]
    return np.concatenate([_at_bank_level(piece) for piece in pieces])


def silence_clips(bank: Noise, n_clips: int, seed: int) -> Pcm:
    """Clips without a word to judge models by, (n_clips, CLIP_SAMPLES) int16; the same for the same bank and seed."""
    rng = np.random.default_rng(seed)
    clips = np.empty((n_clips, CLIP_SAMPLES), np.int16)
    for row, start in enumerate(rng.integers(0, len(bank) - CLIP_SAMPLES, n_clips)):
        gain = 32768 * silence_gain(rng.random(), rng.random())
        clips[row] = np.clip(np.rint(bank[start : start + CLIP_SAMPLES] * gain), -32768, 32767)
    return clips


def silence_gain(level: float, chance: float) -> float:
    """Factor for the bank: even in dB over SILENCE_LEVEL_DBFS, zero for ZERO_SHARE; both arguments even in [0, 1)."""
    low, high = SILENCE_LEVEL_DBFS
    return 0.0 if chance < ZERO_SHARE else 10 ** ((low + (high - low) * level) / 20) / BANK_RMS


def synthetic_noise(n_samples: int, rng: np.random.Generator) -> _Signal:
    """One piece of noise: any colour from white to brown, with a hum or not, in a random room, swelling; or clatter."""
    noise = _at_rms_1(coloured_noise(n_samples, rng.uniform(0.0, 2.0), rng))
    if rng.random() < 0.5:
        noise = noise + rng.exponential() * _hum(n_samples, rng)
    noise = _through_room(noise, rng.uniform(0.0, 10.0), rng) * _swell(n_samples, rng.uniform(0.0, 10.0), rng)
    if rng.random() < 0.4:
        noise = rng.uniform(0.0, 0.5) * _at_rms_1(noise) + _clatter(n_samples, rng)
    return noise


def coloured_noise(n_samples: int, exponent: float, rng: np.random.Generator) -> _Signal:
    """Gaussian noise whose power falls as 1 / f^exponent above 20 Hz: 0 is white, 1 pink, 2 brown."""
    weights = np.maximum(np.fft.rfftfreq(n_samples, 1 / SAMPLE_RATE_HZ), 20.0) ** (-exponent / 2)
    return _filtered(rng.standard_normal(n_samples), weights)


def _through_room(noise: _Signal, depth_db: float, rng: np.random.Generator) -> _Signal:
    """A random, smooth frequency response: ten independent levels from 20 Hz to 8 kHz, joined by straight lines."""
    frequency_hz = np.maximum(np.fft.rfftfreq(len(noise), 1 / SAMPLE_RATE_HZ), 20.0)
    knots_hz = np.geomspace(20.0, 8_000.0, 10)
    response_db = np.interp(np.log(frequency_hz), np.log(knots_hz), rng.normal(0.0, depth_db, 10))
    return _filtered(noise, 10 ** (response_db / 20))


def _filtered(noise: _Signal, weights: _Signal) -> _Signal:
    spectrum = np.fft.rfft(noise) * weights
    spectrum[0] = 0.0  # no microphone passes a constant
    return np.fft.irfft(spectrum, len(noise))


def _hum(n_samples: int, rng: np.random.Generator) -> _Signal:
    """A motor: a wandering tone with harmonics, at an RMS of 1."""
    pitch_hz = 10 ** rng.uniform(1.6, 2.6) * _swell(n_samples, 0.3, rng)
    phase = 2 * np.pi * np.cumsum(pitch_hz) / SAMPLE_RATE_HZ
    return _at_rms_1(sum((rng.exponential() / n * np.sin(n * phase) for n in range(1, 13)), np.zeros(n_samples)))


def _swell(n_samples: int, depth_db: float, rng: np.random.Generator) -> _Signal:
    """A random rise and fall: independent levels, 30 to 500 ms apart, joined by straight lines."""
    step_samples = int(SAMPLE_RATE_HZ * 10 ** rng.uniform(-1.5, -0.3))
    knots_samples = np.arange(0, n_samples + step_samples, step_samples)
    level_db = np.interp(np.arange(n_samples), knots_samples, rng.normal(0.0, depth_db, len(knots_samples)))
    return np.asarray(10 ** (level_db / 20))


def _clatter(n_samples: int, rng: np.random.Generator) -> _Signal:
    """Dishes, keys, footsteps: ringing strokes, each of its own pitch, loudness and decay."""
    clatter = np.zeros(n_samples)
    n_strokes = int(rng.uniform(1.0, 6.0) * n_samples / SAMPLE_RATE_HZ)
    for start in rng.integers(0, n_samples, n_strokes):
        time_s = np.arange(min(n_samples - start, SAMPLE_RATE_HZ // 2)) / SAMPLE_RATE_HZ
        ring = np.sin(2 * np.pi * 10 ** rng.uniform(2.0, 3.8) * time_s) + rng.normal(0.0, 0.5, len(time_s))
        clatter[start : start + len(time_s)] += (
            rng.exponential() * ring * np.exp(-time_s / 10 ** rng.uniform(-2.5, -0.8))
        )
    return clatter


def _at_bank_level(noise: _Signal) -> Noise:
    return (BANK_RMS * _at_rms_1(noise)).astype(np.float32)


def _at_rms_1(noise: _Signal) -> _Signal:
    return noise / max(float(np.sqrt(np.mean(np.square(noise)))), 1e-9)
