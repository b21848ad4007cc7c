"""Fixed inputs that hold every form of a model together: what one gives for them, all must give."""

import numpy as np
from numpy.typing import NDArray

from speechapp.training.frontend import Geometry

Waveforms = NDArray[np.float32]

_VOICE_TO_HZ = 8_000


def golden_waveforms(geometry: Geometry) -> Waveforms:
    """(n_clips, clip_samples) float32 in [-1, 1]: silence, least bits, a click, full scale, tones, noises, vowels."""
    rng, n = np.random.default_rng(0), geometry.clip_samples
    time_s = np.arange(n) / geometry.sample_rate_hz
    bell = np.hanning(n)
    clips = [
        np.zeros(n),
        rng.choice([-1.0, 0.0, 1.0], n) / 32_768,
        np.where(np.arange(n) == n // 2, 1.0, 0.0),
        np.ones(n),
        np.sign(np.sin(2 * np.pi * 100 * time_s)),
        np.sin(2 * np.pi * (50 + 3_900 * time_s) * time_s),
        *(0.5 * np.sin(2 * np.pi * frequency_hz * time_s) for frequency_hz in (60, 440, 1_000, 3_500, 7_500)),
        *(level * rng.standard_normal(n) for level in (1e-4, 1e-3, 1e-2, 1e-1, 1.0)),
        *(bell * _vowel(time_s, *formants) for formants in ((110, 700, 1_200), (220, 300, 2_300), (160, 500, 900))),
    ]
    golden: Waveforms = np.clip(np.stack(clips), -1.0, 1.0).astype(np.float32)
    return golden


def _vowel(time_s: NDArray[np.float64], pitch_hz: float, first_hz: float, second_hz: float) -> NDArray[np.float64]:
    """Harmonics of a pitch, strong about two formants: enough of a voice to reach beyond silence and noise."""
    harmonics_hz = np.arange(pitch_hz, _VOICE_TO_HZ, pitch_hz)
    strength = sum(1 / (1 + ((harmonics_hz - formant_hz) / 120) ** 2) for formant_hz in (first_hz, second_hz))
    return np.asarray(0.2 * np.sin(2 * np.pi * np.outer(time_s, harmonics_hz)) @ strength)
