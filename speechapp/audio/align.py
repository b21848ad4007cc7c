"""Where in a take the clip lies: a second around the word, or the loudest second of old releases."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from speechapp.audio.format import CLIP_SAMPLES
from speechapp.audio.pcm import Waveform, to_pcm

Method = Literal["word", "loudest"]
METHODS: Final[tuple[Method, ...]] = get_args(Method)


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

    word        the extent of the word in the take; none where none was found, or none was looked for
    confidence  estimated probability that the window holds the whole word, 0 to 1; none where none was looked for
    """

    window: Window
    word: Window | None
    confidence: float | None
    method: Method


def align(waveform: Waveform, method: Method = "word", n_samples: int = CLIP_SAMPLES) -> Alignment:
    """Choose the n_samples to keep of a take (n_take_samples,) in [-1, 1] at SAMPLE_RATE_HZ."""
    return Alignment(Window(_loudest_start_samples(waveform, n_samples), n_samples), None, None, "loudest")


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
    magnitude = np.abs(to_pcm(waveform).astype(np.int64))  # int64 first: int16 has no +32768
    sums = np.concatenate(([0], np.cumsum(magnitude)))
    return int(np.argmax(sums[n_samples:] - sums[:-n_samples]))
