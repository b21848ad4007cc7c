"""Up to which frequency a sound reaches: a telephone ends at 4 kHz, whatever rate its sound comes at."""

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.pcm import FULL_SCALE
from speechapp.audio.spectrum import BAND_HZ, N_BANDS

_LOUD_SHARE = 0.95  # of the frames of a take, the loudest that are no click
_GONE_DB = -70.0  # what a resampler or a coder leaves above its band is fainter than this; a voice or a room is not
_ROUNDING = (1 / FULL_SCALE) ** 2 / 12 / N_BANDS  # what 16 bits leave in each band
_OVER_ROUNDING = 4.0


def bandwidth_hz(powers: NDArray[np.float64]) -> float:
    """Find the highest frequency that is there, in steps of BAND_HZ up to half the rate; 0 for silence.

    powers (n_frames, N_BANDS) as of `band_powers`. A band is there when its loud frames have more than -70 dB of the
    loudest band's, and more than the rounding to 16 bits.
    """
    loud = np.sort(powers, axis=0)[int(_LOUD_SHARE * (len(powers) - 1))]
    least = max(float(loud.max()) * 10 ** (_GONE_DB / 10), _OVER_ROUNDING * _ROUNDING)
    return float(BAND_HZ * (1 + np.flatnonzero(loud >= least).max(initial=-1)))
