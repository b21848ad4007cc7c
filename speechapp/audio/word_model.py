"""A small network that hears where a word begins and ends; its weights were trained by `bench/align/training.py`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.band_levels import FRAMES_PER_STEP, N_BANDS, N_FEATURES, Features

DILATIONS: Final = (1, 2, 4)  # in steps of 20 ms
QUIET: Final = np.array([[0.0]] * N_BANDS + [[-6.0]])  # the features of noise: what lies beyond the take counts as that
_EDGES = 2  # the beginning and the end

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Layer:
    """A dilated convolution: `weights` (n_taps, n_in, n_out), `bias` (n_out,), `dilation` in steps."""

    weights: Array
    bias: Array
    dilation: int


@dataclass(frozen=True, eq=False)
class EdgePosteriors:
    """How probable it is that the word begins, or ends, in each frame: both (n_frames,), and each sums to 1."""

    begins: Array
    ends: Array


def edge_posteriors(features: Features) -> EdgePosteriors:
    """Listen to `features` (N_FEATURES, n_frames), n_frames even, of `band_levels`.

    Three layers of dilated convolution over steps of two frames, ReLU between them; then a softmax over the whole take
    for each of the two edges. Computed in float64, so that all platforms agree far beyond a sample.
    Source of the form: van den Oord et al., WaveNet (2016), for dilation; the pair of softmaxes over positions as in
    Seo et al., Bidirectional attention flow (2017), where they mark a span of text.
    """
    signal = (features - QUIET).T.reshape(-1, FRAMES_PER_STEP * N_FEATURES)
    *hidden, last = _layers()
    for layer in hidden:
        signal = np.maximum(_convolved(signal, layer), 0.0)
    logits = _convolved(signal, last).reshape(-1, _EDGES).T
    posteriors = np.exp(logits - logits.max(axis=1, keepdims=True))
    posteriors /= posteriors.sum(axis=1, keepdims=True)
    return EdgePosteriors(posteriors[0], posteriors[1])


def _convolved(signal: Array, layer: Layer) -> Array:
    """Tap by tap, (n_steps, n_in) to (n_steps, n_out), so that memory stays small for takes of any length."""
    n_taps, n_in, _ = layer.weights.shape
    reach = layer.dilation * (n_taps // 2)
    padded = np.zeros((len(signal) + 2 * reach, n_in))
    padded[reach : reach + len(signal)] = signal
    starts = range(0, n_taps * layer.dilation, layer.dilation)
    convolved: Array = layer.bias + sum(
        padded[start : start + len(signal)] @ tap for start, tap in zip(starts, layer.weights, strict=True)
    )
    return convolved


@cache
def _layers() -> tuple[Layer, ...]:
    with files("speechapp.audio").joinpath("word_model.npz").open("rb") as file, np.load(file) as stored:
        return tuple(
            Layer(stored[f"weights{n}"].astype(np.float64), stored[f"bias{n}"].astype(np.float64), dilation)
            for n, dilation in enumerate(DILATIONS)
        )
