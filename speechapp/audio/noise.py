"""The noise of a take: how loud it is where nobody speaks, and how far the speech stands above it."""

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.align import Window
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.level import FLOOR_DBFS, power_dbfs
from speechapp.audio.spectrum import BAND_HZ

FRAME_SAMPLES = SAMPLE_RATE_HZ * 20 // 1000
NOISE_FLOOR_PERCENTILE = 10

_LOWEST_HZ = 250  # rumble, drift and hum beneath it are not heard as noise
_BEFORE_FRAMES, _BEHIND_FRAMES = 3, 5  # a word begins and dies away softly; that is no noise
_N_NEEDED = 5
_QUIET_SHARE = 0.8  # clatter around the word counts, one click does not


def noise_floor_dbfs(samples: NDArray[np.float64]) -> float:
    """Measure the noise between the words: the 10th percentile of the power of whole 20 ms frames, in [-120, 0] dBFS.

    samples (n_samples,) at SAMPLE_RATE_HZ, their mean removed.
    Source: the quantile noise estimate of Stahl, Fischer and Bippus (ICASSP 2000), over whole frames.
    """
    n_frames = max(len(samples) // FRAME_SAMPLES, 1)
    frames = samples[: n_frames * FRAME_SAMPLES].reshape(n_frames, -1)
    return power_dbfs(_low(np.einsum("ij,ij->i", frames, frames) / frames.shape[1]))


def snr_db(powers: NDArray[np.float64], word: Window | None) -> float:
    """Measure how far the speech stands above the noise around it, both above 250 Hz, in [0, 120] dB.

    powers (n_frames, N_BANDS) as of `band_powers`. The noise is the mean of the quieter 80 % of the frames well outside
    the word, the speech that of the frames inside which stand nearer to the loudest than to the noise, in dB. Without a
    word, or with no room around it, the 10th percentile of all frames takes the place of the noise.
    """
    frames = _in_pairs(powers[:, _LOWEST_HZ // BAND_HZ :].sum(axis=1))
    noise_dbfs = power_dbfs(_noise(frames, word))
    inside = frames if word is None else _inside(frames, word)
    middle_dbfs = (noise_dbfs + power_dbfs(float(inside.max()))) / 2
    active = inside[inside >= 10 ** (middle_dbfs / 10)]
    speech_dbfs = power_dbfs(float(np.mean(active))) if active.size else FLOOR_DBFS
    return max(speech_dbfs - noise_dbfs, 0.0)


def _in_pairs(frames: NDArray[np.float64]) -> NDArray[np.float64]:
    """Join frames of 10 ms to frames of 20 ms; one that is left over counts no longer, unless it is all there is."""
    n_pairs = len(frames) // 2
    pairs: NDArray[np.float64] = (frames[: 2 * n_pairs : 2] + frames[1 : 2 * n_pairs : 2]) / 2
    return pairs if n_pairs else frames


def _noise(frames: NDArray[np.float64], word: Window | None) -> float:
    outside = frames[:0] if word is None else _outside(frames, word)
    n_quiet = round(_QUIET_SHARE * len(outside))
    return float(np.mean(np.sort(outside)[:n_quiet])) if n_quiet >= _N_NEEDED else _low(frames)


def _low(powers: NDArray[np.float64]) -> float:
    return float(np.sort(powers)[int(NOISE_FLOOR_PERCENTILE / 100 * (len(powers) - 1))])


def _inside(frames: NDArray[np.float64], word: Window) -> NDArray[np.float64]:
    start = min(max(word.start_samples // FRAME_SAMPLES, 0), len(frames) - 1)
    return frames[start : max(-(-word.stop_samples // FRAME_SAMPLES), start + 1)]


def _outside(frames: NDArray[np.float64], word: Window) -> NDArray[np.float64]:
    before = max(word.start_samples // FRAME_SAMPLES - _BEFORE_FRAMES, 0)
    behind = max(-(-word.stop_samples // FRAME_SAMPLES) + _BEHIND_FRAMES, 0)
    return np.concatenate((frames[:before], frames[behind:]))
