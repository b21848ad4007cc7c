"""Where in a take the clip lies: a second around the word, or the loudest second of old releases."""

from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from speechapp.audio.band_levels import FRAME_SAMPLES, band_levels
from speechapp.audio.format import CLIP_SAMPLES
from speechapp.audio.pcm import FULL_SCALE, Waveform, to_pcm
from speechapp.audio.word_model import Array, EdgePosteriors, edge_posteriors

Method = Literal["word", "loudest"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)

# The shortest and the longest word, in frames: 100 ms to 1.25 s. Longer ones keep their likelier edge.
_SHORTEST, _LONGEST = 10, 125
_NEAR = 3  # frames around the likeliest one that its place is averaged over
_MARGIN_SAMPLES = 240  # that a window should keep on either side of the word: 15 ms
_OFFSET, _MOST_OFFSET = 0.0025, 0.4
_OFFSET_OF_RMS = 0.05  # less of what is heard does not matter
_NARROW_SAMPLES = 2**15  # the magnitudes of so many fit into 32 bits
_SLACK = 0.02  # how much less probable than the best window a better centred one may be


@dataclass(frozen=True)
class Window:
    """A stretch of a take at SAMPLE_RATE_HZ; it may begin before the take and end after it."""

    start_samples: int
    n_samples: int

    @property
    def stop_samples(self) -> int:
        return self.start_samples + self.n_samples


@dataclass(frozen=True)
class Alignment:
    """Which window of a take becomes the clip, and why.

    word        the extent of the word in the take; none where none was looked for, or the take is digital silence
    confidence  the network's probability that the window holds the whole word with 15 ms to spare, 0 to 1; none where
                there is no word. It is careful: of takes below 0.5 nine in ten still hold theirs
    """

    window: Window
    word: Window | None
    confidence: float | None
    method: Method


def align(waveform: Waveform, method: Method = "word", n_samples: int = CLIP_SAMPLES) -> Alignment:
    """Choose the n_samples to keep of a take (n_take_samples,) in [-1, 1] at SAMPLE_RATE_HZ.

    `word` finds the word and puts the window's middle on its middle, then moves it just as far as the take reaches, and
    as it takes to hold the word most probably. `loudest` is the rule of `extract_loudest_section`: the largest sum of
    |x|, the first of equals; in integers, so that no running sum can drift. Only an offset of a quarter of a per cent
    of full scale or more is taken out first: it would outweigh the word. Either way a window lies within its take; a
    take that is shorter lies within its window.
    """
    if method == "word" and np.any(waveform):
        return _around_word(waveform, n_samples)
    return Alignment(Window(_loudest_start_samples(waveform, n_samples), n_samples), None, None, method)


def cut(waveform: Waveform, window: Window) -> Waveform:
    """Take the window (n_samples,) out of the waveform, silence where it reaches beyond it."""
    first = max(window.start_samples, 0)
    inside = waveform[first : max(window.stop_samples, 0)]
    n_before = first - window.start_samples
    clip = np.zeros(window.n_samples, dtype=np.float32)
    clip[n_before : n_before + len(inside)] = inside
    return clip


def _loudest_start_samples(waveform: Waveform, n_samples: int) -> int:
    n_missing = n_samples - len(waveform)
    if n_missing > 0:
        return -(n_missing // 2)
    samples: NDArray[np.int32] = to_pcm(waveform).astype(np.int32)
    magnitudes = np.abs(samples - _offset(waveform))  # int16 has no +32768
    sums: NDArray[Any] = np.zeros(len(magnitudes) + 1, np.int32 if n_samples < _NARROW_SAMPLES else np.int64)
    np.cumsum(magnitudes, out=sums[1:])  # may wrap around, which differences undo
    return int(np.argmax(sums[n_samples:] - sums[:-n_samples]))


def _offset(waveform: Waveform) -> int:
    """Where the waveform rests, in least significant bits, if that is far enough from zero to outweigh a word.

    There mean and median agree; where they do not, what is loud is lopsided, or clipped.
    """
    mean = float(np.mean(waveform))
    if not _OFFSET <= abs(mean) <= _MOST_OFFSET or abs(mean) < _OFFSET_OF_RMS * float(np.std(waveform)):
        return 0
    rest = float(np.median(waveform))
    return round(rest * FULL_SCALE) if abs(mean - rest) <= abs(mean) / 4 else 0


def _around_word(waveform: Waveform, n_samples: int) -> Alignment:
    heard = band_levels(waveform)
    edges = edge_posteriors(heard.features)
    begin, end = (heard.start_samples + frame * FRAME_SAMPLES for frame in _extent(edges))
    word_start, word_stop = (min(max(round(edge), 0), len(waveform)) for edge in (begin, end))
    word = Window(word_start, max(word_stop - word_start, 0))
    centred = (begin + end - n_samples) / 2
    lowest, highest = sorted((0, len(waveform) - n_samples))
    start = min(max(centred, lowest), highest)
    holds = _Holding(edges, heard.start_samples, n_samples)
    confidence = float(holds(np.array([start]))[0])
    if confidence < 1.0 - _SLACK:  # another window might hold the word more probably
        first = lowest + (centred - lowest) % FRAME_SAMPLES  # counted from the word: a delay moves all of them alike
        starts = np.append(np.arange(first, highest, FRAME_SAMPLES), (lowest, highest))
        probable = holds(starts)
        good = np.flatnonzero(probable >= probable.max() - _SLACK)
        best = good[np.argmin(np.abs(starts[good] - centred))]
        start, confidence = float(starts[best]), float(probable[best])
    return Alignment(Window(round(start), n_samples), word, min(confidence, 1.0), "word")


def _extent(edges: EdgePosteriors) -> tuple[float, float]:
    """The likeliest pair of edges, in frames, each the mean of the posterior around it."""
    n_frames = len(edges.begins)
    ends = np.zeros(n_frames + 2 * _LONGEST)
    ends[:n_frames] = edges.ends
    likeliest_end = _sliding_max(ends[_SHORTEST:], _LONGEST - _SHORTEST)[:n_frames]
    first = int(np.argmax(edges.begins * likeliest_end))
    last = first + _SHORTEST + int(np.argmax(ends[first + _SHORTEST : first + _LONGEST]))
    return _mean_near(edges.begins, first), _mean_near(edges.ends, min(last, n_frames - 1))


def _sliding_max(values: Array, n_values: int) -> Array:
    """The largest of each n_values in a row: of two rows that are a power of two long, and overlap."""
    longest, length = values, 1
    while 2 * length <= n_values:
        longest = np.maximum(longest[:-length], longest[length:])
        length *= 2
    return np.maximum(longest[: len(longest) - n_values + length], longest[n_values - length :])


def _mean_near(posterior: Array, frame: int) -> float:
    near = slice(max(0, frame - _NEAR), frame + _NEAR + 1)
    middles = np.arange(near.start, near.start + len(posterior[near])) + 0.5
    return float(middles @ posterior[near] / max(posterior[near].sum(), 1e-300))


class _Holding:
    """How probably the word begins and ends within windows of n_samples, with the margin on either side."""

    def __init__(self, edges: EdgePosteriors, start_samples: int, n_samples: int) -> None:
        n_frames = len(edges.begins)
        self._bounds = np.arange(n_frames + 1) * FRAME_SAMPLES + start_samples
        self._began, self._ended = np.zeros((2, n_frames + 1))
        np.cumsum(edges.begins, out=self._began[1:])
        np.cumsum(edges.ends, out=self._ended[1:])
        self._last_samples = n_samples - _MARGIN_SAMPLES

    def __call__(self, starts: Array) -> Array:
        began = np.interp(starts + _MARGIN_SAMPLES, self._bounds, self._began)
        ended = np.interp(starts + self._last_samples, self._bounds, self._ended)
        holds: Array = (1.0 - began) * ended
        return holds
