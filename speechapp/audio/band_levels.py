"""How loud a take is in five bands, every 10 ms: all that the word finder hears of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.pcm import Waveform

FRAME_SAMPLES: Final = 160
N_BANDS: Final = 5  # 4-8, 2-4, 1-2, 0.5-1 and 0.25-0.5 kHz
N_FEATURES: Final = N_BANDS + 1
FRAMES_PER_STEP: Final = 2  # the word finder steps two frames at a time

_STEP_SAMPLES = FRAMES_PER_STEP * FRAME_SAMPLES
_FLOOR_SHARE = 0.15  # of the frames are quieter than the noise floor
_LEAST = np.array([[-1.0]] * N_BANDS + [[-6.0]])
_MOST = np.array([[5.0]] * N_BANDS + [[0.5]])
_SCALES = 0.5 ** np.arange(N_BANDS)[:, None]  # a sum of two is louder than they are
_SILENCE = 1e-9  # of the loudest frame's energy

Features = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class BandLevels:
    """`features` (N_FEATURES, n_frames); frame 0 begins `start_samples` after the take does: 0 or less."""

    features: Features
    start_samples: int


def band_levels(waveform: Waveform) -> BandLevels:
    """Measure a take (n_samples,), n_samples > 0, at 16 kHz: an even number of frames of 10 ms.

    Features of a frame, in units of 10 dB: each band's level above its own noise floor, in [-1, 5], then the level of
    all bands below that of the loudest frame, in [-6, 0.5]. So neither gain nor polarity nor an offset counts. Frames
    are counted from the steepest place, so that a take that is delayed by any number of samples keeps its features.
    Source: the pyramid of Haar (Mallat, 1989) as a filter bank: each band is the differences of neighbours, the sums go
    on to the next; the floor is a quantile (Stahl, Fischer and Bippus, ICASSP 2000).
    """
    n_before = -_steepest(waveform) % _STEP_SAMPLES
    energies = _energies(waveform, n_before)
    smooth = _smoothed(energies)
    loudest = float(smooth.sum(axis=0).max()) or 1.0
    features = np.empty((N_FEATURES, energies.shape[1]))
    features[:N_BANDS] = _relative_levels(smooth, loudest)
    features[:N_BANDS] -= _floor(features[:N_BANDS], energies)
    features[N_BANDS] = _relative_levels(energies.sum(axis=0), loudest)
    return BandLevels(np.clip(features, _LEAST, _MOST, out=features), -n_before)


def _steepest(waveform: Waveform) -> int:
    """Where a sample differs most from the one before, the first of equal places: an offset does not move it."""
    return int(np.argmax(np.abs(waveform[1:] - waveform[:-1]))) if len(waveform) > 1 else 0


def _energies(waveform: Waveform, n_before: int) -> NDArray[np.float64]:
    """Energy of each band and frame, (N_BANDS, n_frames).

    (a - b)^2 + (a + b)^2 = 2 a^2 + 2 b^2: what the sums of an octave lose are its differences, which need not be made.
    """
    sums = _padded(waveform, n_before)
    n_frames = len(sums) // FRAME_SAMPLES
    energies = np.empty((N_BANDS + 1, n_frames))
    for octave in range(N_BANDS):
        frames = sums.reshape(n_frames, -1)
        np.vecdot(frames, frames, out=energies[octave])
        sums = sums[0::2] + sums[1::2]
    frames = sums.reshape(n_frames, -1)
    np.vecdot(frames, frames, out=energies[N_BANDS])
    differences = 2 * energies[:-1] - energies[1:]
    differences *= _SCALES
    return np.maximum(differences, 0.0, out=differences)


def _padded(waveform: Waveform, n_before: int) -> NDArray[np.float64]:
    """To whole steps; the ends are held, so that an offset makes no step there."""
    n_after = -(n_before + len(waveform)) % _STEP_SAMPLES
    padded = np.empty(n_before + len(waveform) + n_after)
    padded[:n_before] = waveform[0]
    padded[n_before : n_before + len(waveform)] = waveform
    padded[n_before + len(waveform) :] = waveform[-1]
    return padded


def _smoothed(energies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of each frame and its neighbours: single frames of noise scatter too much."""
    smooth = energies.copy()
    smooth[:, 1:] += energies[:, :-1]
    smooth[:, :-1] += energies[:, 1:]
    smooth[:, 0] += energies[:, 0]
    smooth[:, -1] += energies[:, -1]
    smooth /= 3
    return smooth


def _relative_levels(energies: NDArray[np.float64], loudest: float) -> NDArray[np.float64]:
    return np.log10(np.maximum(energies / loudest, _SILENCE))


def _floor(levels: NDArray[np.float64], energies: NDArray[np.float64]) -> NDArray[np.float64]:
    """The noise in each band, (N_BANDS, 1): frames of digital silence tell nothing of it."""
    heard = levels if energies[0].all() else levels[:, energies.any(axis=0)]
    place = int(_FLOOR_SHARE * heard.shape[1])
    floor: NDArray[np.float64] = np.partition(heard, place)[:, place, None] if heard.size else levels[:, :1]
    return floor
