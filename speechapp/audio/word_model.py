"""A small network that hears where a word begins and ends; its weights were trained by `bench/align/training.py`."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import IO, Final

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import NDArray

from speechapp.audio.band_levels import FRAMES_PER_STEP, N_BANDS, N_FEATURES, Features

DILATIONS: Final = (1, 2, 4)  # in steps of 20 ms
QUIET: Final = np.array([[0.0]] * N_BANDS + [[-6.0]])  # the features of noise: what lies beyond the take counts as that
_EDGES = 2  # the beginning and the end
_STEPS_AT_ONCE = 4_096

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
    *hidden, last = shipped_layers()
    for layer in hidden:
        signal = np.maximum(_convolved(signal, layer), 0.0)
    logits = _convolved(signal, last).reshape(-1, _EDGES).T
    posteriors = np.exp(logits - logits.max(axis=1, keepdims=True))
    posteriors /= posteriors.sum(axis=1, keepdims=True)
    return EdgePosteriors(posteriors[0], posteriors[1])


def _convolved(signal: Array, layer: Layer) -> Array:
    """(n_steps, n_in) to (n_steps, n_out); long takes in pieces, so that memory stays small."""
    n_taps, n_in, n_out = layer.weights.shape
    reach = layer.dilation * (n_taps // 2)
    padded = np.zeros((len(signal) + 2 * reach, n_in))
    padded[reach : reach + len(signal)] = signal
    step, item = padded.strides
    taps = as_strided(padded, (len(signal), n_taps, n_in), (step, layer.dilation * step, item), writeable=False)
    weights = layer.weights.reshape(-1, n_out)
    convolved = np.empty((len(signal), n_out))
    for start in range(0, len(signal), _STEPS_AT_ONCE):
        piece = taps[start : start + _STEPS_AT_ONCE]
        np.matmul(piece.reshape(len(piece), -1), weights, out=convolved[start : start + len(piece)])
    convolved += layer.bias
    return convolved


@cache
def shipped_layers() -> tuple[Layer, ...]:
    with files("speechapp.audio").joinpath("word_model.npz").open("rb") as file:
        return read_layers(file)


def read_layers(file: IO[bytes]) -> tuple[Layer, ...]:
    """Read weights as `bench/align/training.py` writes them: float16, in the order they are used."""
    with np.load(file) as stored:
        return tuple(
            Layer(stored[f"weights{n}"].astype(np.float64), stored[f"bias{n}"].astype(np.float64), dilation)
            for n, dilation in enumerate(DILATIONS)
        )
