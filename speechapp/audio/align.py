"""Where in a take the clip lies: the loudest second, exact."""

from dataclasses import dataclass

import numpy as np

from speechapp.audio.format import CLIP_SAMPLES
from speechapp.audio.pcm import Waveform, to_pcm


@dataclass(frozen=True)
class Window:
    """A stretch of a take at SAMPLE_RATE_HZ; it may begin before the take and end after it."""

    start_samples: int
    n_samples: int


def align(waveform: Waveform) -> Window:
    """Choose the CLIP_SAMPLES to keep of a take (n_samples,) in [-1, 1] at SAMPLE_RATE_HZ.

    The window with the largest sum of |x|, the first of equals; a take shorter than it is centred in silence.
    Source: the rule of `extract_loudest_section`, here in integers, so that no running sum can drift.
    """
    n_missing = CLIP_SAMPLES - len(waveform)
    start_samples = -(n_missing // 2) if n_missing > 0 else _loudest_start_samples(waveform)
    return Window(start_samples, CLIP_SAMPLES)


def cut(waveform: Waveform, window: Window) -> Waveform:
    """Take the window (n_samples,) out of the waveform, silence where it reaches beyond it."""
    first = max(window.start_samples, 0)
    inside = waveform[first : max(window.start_samples + window.n_samples, 0)]
    n_before = first - window.start_samples
    clip = np.zeros(window.n_samples, dtype=np.float32)
    clip[n_before : n_before + len(inside)] = inside
    return clip


def _loudest_start_samples(waveform: Waveform) -> int:
    magnitude = np.abs(to_pcm(waveform).astype(np.int64))  # int64 first: int16 has no +32768
    sums = np.concatenate(([0], np.cumsum(magnitude)))
    return int(np.argmax(sums[CLIP_SAMPLES:] - sums[:-CLIP_SAMPLES]))
