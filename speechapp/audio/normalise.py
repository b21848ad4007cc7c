"""From the waveform of a clip to its 16 bits: offset taken out, one gain at most, one rounding."""

import math
from hashlib import shake_128
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.active_level import active_level
from speechapp.audio.pcm import FULL_SCALE, LARGEST_SAMPLE, Waveform

LEVELLED_PEAK: Final = 29_202  # of 32,768; with what rounding and dither may add it is still below -1 dBFS
NEGLIGIBLE_GAIN_DB: Final = 0.1  # a clip this near its level is left alone, so that one made here passes unchanged

_ROUNDING: Final = 2
_MEAN_STEPS: Final = 2**16  # parts of a least significant bit in which the mean is counted
_GAIN_STEPS: Final = 2**16

_Samples = NDArray[np.float64]  # in least significant bits


def normalise(
    clip: Waveform,
    inside: slice = slice(None),
    *,
    level_dbfs: float | None = None,
    dither_seed: bytes | None = None,
) -> NDArray[np.int16]:
    """Round a clip (n_samples,) to 16 bits, its offset removed: the mean of those samples that lie `inside` the take.

    inside       what of the clip is sound; the silence that was put around it stays zero
    level_dbfs   active speech level to bring it to, as far as the peak stays below -1 dBFS; none leaves it as it is
    dither_seed  seeds a triangular dither of +-1 least significant bit (two uniform values); none adds none

    Samples that are of 16 bits already need no dither and get none: they move by a whole number. So a clip whose mean
    is below half a least significant bit passes bit for bit, and so does every clip made here. Nothing is clipped:
    what full scale does not hold without its offset, or after resampling, becomes softer by as much.
    The same waveform gives the same bits on every machine: sums are of whole numbers, the gain is cut to 16 bits.
    Source of the dither: Lipshitz, Wannamaker and Vanderkooy, Quantization and Dither (JAES 40, 1992).
    """
    pcm = np.zeros(len(clip), dtype=np.int16)
    samples = clip[inside] * np.float32(FULL_SCALE)
    is_16_bit = np.array_equal(np.rint(samples), samples)
    moved = _moved(samples) if is_16_bit and level_dbfs is None else None
    if moved is not None:
        pcm[inside] = moved
        return pcm
    centred = np.zeros(len(clip))
    centred[inside] = samples
    centred[inside] -= _mean(centred[inside])
    gain = _fitting_gain(centred) if level_dbfs is None else _level_gain(centred, level_dbfs)
    pcm[inside] = _rounded(centred[inside] * gain, None if is_16_bit and gain == 1.0 else dither_seed)
    return pcm


def _moved(samples: Waveform) -> Waveform | None:
    """Move whole numbers around their mean by a whole number, which is exact in float32; None where they do not fit.

    Nearly every clip takes this way, at a third of the time of the other.
    """
    mean = float(np.sum(samples, dtype=np.float64)) / max(len(samples), 1)
    moved = samples - np.float32(round(mean))
    fits = moved.min(initial=0.0) >= -FULL_SCALE and moved.max(initial=0.0) <= LARGEST_SAMPLE
    return moved if fits else None


def _mean(samples: _Samples) -> float:
    """The mean, each sample counted in whole parts of a least significant bit: such sums are exact in any order."""
    return float(np.rint(samples * _MEAN_STEPS).sum()) / (_MEAN_STEPS * max(len(samples), 1))


def _fitting_gain(centred: _Samples) -> float:
    """Exactly 1, unless full scale does not hold what is there."""
    above, below = float(centred.max(initial=0.0)), -float(centred.min(initial=0.0))
    fits = above <= LARGEST_SAMPLE + 0.5 and below <= FULL_SCALE + 0.5
    return 1.0 if fits else _cut_short((LARGEST_SAMPLE - 1) / max(above, below))


def _level_gain(centred: _Samples, level_dbfs: float) -> float:
    """The gain to the active speech level, as far as the peak allows it; exactly 1 where it would be negligible."""
    peak = float(np.max(np.abs(centred)))
    gain_db = level_dbfs - active_level(centred / FULL_SCALE).dbfs
    gain = min(10 ** (gain_db / 20), LEVELLED_PEAK / max(peak, 1.0))
    is_negligible = abs(20 * math.log10(gain)) <= NEGLIGIBLE_GAIN_DB and peak <= LEVELLED_PEAK + _ROUNDING
    return 1.0 if is_negligible else _cut_short(gain)


def _cut_short(gain: float) -> float:
    """Without the last bits, in which the logarithms of two machines may differ."""
    return int(gain * _GAIN_STEPS) / _GAIN_STEPS


def _rounded(samples: _Samples, dither_seed: bytes | None) -> NDArray[np.int16]:
    dithered = samples if dither_seed is None else samples + _dither(len(samples), dither_seed)
    return np.clip(np.rint(dithered), -FULL_SCALE, LARGEST_SAMPLE).astype(np.int16)


def _dither(n_samples: int, seed: bytes) -> _Samples:
    """Triangular noise (n_samples,) in (-1, 1), its mean 0: the sum of two uniform values each, out of SHAKE-128."""
    uniform = np.frombuffer(shake_128(seed).digest(4 * n_samples), "<u2").astype(np.int32)
    noise: _Samples = (uniform[:n_samples] + uniform[n_samples:] - 65_535) / 65_536
    return noise
