"""What is asked of a window: is the whole word inside, how far is its centre off, how much of the word is lost."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bench.align.data import Take
from speechapp.audio.align import Window
from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform

Method = Callable[[Waveform], int | None]
"""A waveform at SAMPLE_RATE_HZ in, where the second begins out, in samples; none where the method drops the take."""

TOLERANCE_S = 0.02
LOST_SHARE = 0.01
Z_95 = 1.959964

_N_TOLERATED = round(TOLERANCE_S * SAMPLE_RATE_HZ)


@dataclass(frozen=True)
class Outcome:
    """How well one window of one take holds its word.

    cut_samples     how much of the word lies before and after the window, the larger of the two
    off_samples     window centre minus word centre; none for a take that was dropped
    moved_samples   how far the window is from the best one within the take, which is not centred where the word is
                    close to an end; a window that reaches beyond the take is taken for the last one inside it
    lost_share      of the word's energy, without its mean, what lies outside the window, 0 to 1
    """

    name: str
    condition: str
    telephone: str
    word_samples: int
    cut_samples: int
    off_samples: float | None
    moved_samples: float | None
    lost_share: float

    @property
    def is_strict(self) -> bool:
        return self.cut_samples == 0

    @property
    def is_tolerant(self) -> bool:
        return self.cut_samples <= _N_TOLERATED

    @property
    def is_longer_than_clip(self) -> bool:
        return self.word_samples > CLIP_SAMPLES


@dataclass(frozen=True)
class Share:
    """A proportion, and its Wilson 95 % interval."""

    n: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.n / self.of if self.of else math.nan

    @property
    def interval_percent(self) -> tuple[float, float]:
        """Source: Wilson (1927), Probable inference, the law of succession, and statistical inference."""
        if not self.of:
            return math.nan, math.nan
        p, z2 = self.n / self.of, Z_95**2 / self.of
        middle = (p + z2 / 2) / (1 + z2)
        half = Z_95 * math.sqrt(p * (1 - p) / self.of + z2 / (4 * self.of)) / (1 + z2)
        return 100 * max(middle - half, 0), 100 * min(middle + half, 1)


@dataclass(frozen=True)
class Summary:
    """Over many takes, all that were tried: `strict` and `tolerant` count the words that cannot fit as failures.

    centre_ms_median, centre_ms_p95     |window - best window within the take|, of takes that were not dropped
    off_ms_median, off_ms_p95           |window centre - word centre|, of the same
    energy_lost_percent                 mean share of the word's energy that is lost
    lossy                               takes that lost more than 1 % of it
    cut                                 words of at most a second that lost more than 20 ms on either side
    """

    strict: Share
    tolerant: Share
    centre_ms_median: float
    centre_ms_p95: float
    off_ms_median: float
    off_ms_p95: float
    energy_lost_percent: float
    lossy: Share
    cut: Share
    n_dropped: int


def judge(take: Take, start_samples: int | None) -> Outcome:
    """Compare a window of CLIP_SAMPLES with the truth; it may reach beyond the take."""
    word = take.word
    cut, off, moved, lost = word.n_samples, None, None, 1.0
    if start_samples is not None:
        window = Window(start_samples, CLIP_SAMPLES)
        before = max(window.start_samples - word.start_samples, 0)
        after = max(word.stop_samples - window.stop_samples, 0)
        cut = min(max(before, after), word.n_samples)
        off = window.start_samples + window.n_samples / 2 - word.start_samples - word.n_samples / 2
        n_samples = len(take.waveform)
        moved = _inside(start_samples, n_samples) - _inside(start_samples - off, n_samples)
        lost = _lost_share(take.spoken, before, after)
    return Outcome(take.name, take.condition, take.telephone, word.n_samples, cut, off, moved, lost)


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    short = [outcome for outcome in outcomes if not outcome.is_longer_than_clip]
    centre_median, centre_p95 = _median_and_p95_ms([outcome.moved_samples for outcome in outcomes])
    off_median, off_p95 = _median_and_p95_ms([outcome.off_samples for outcome in outcomes])
    return Summary(
        strict=_share(outcome.is_strict for outcome in outcomes),
        tolerant=_share(outcome.is_tolerant for outcome in outcomes),
        centre_ms_median=centre_median,
        centre_ms_p95=centre_p95,
        off_ms_median=off_median,
        off_ms_p95=off_p95,
        energy_lost_percent=100 * float(np.mean([outcome.lost_share for outcome in outcomes]))
        if outcomes
        else math.nan,
        lossy=_share(outcome.lost_share > LOST_SHARE for outcome in outcomes),
        cut=_share(not outcome.is_tolerant for outcome in short),
        n_dropped=sum(outcome.off_samples is None for outcome in outcomes),
    )


def _inside(start_samples: float, n_take_samples: int) -> float:
    """Where a window that reaches beyond the take comes to lie within; a take shorter than it lies in the window."""
    lowest, highest = sorted((0, n_take_samples - CLIP_SAMPLES))
    return min(max(start_samples, lowest), highest)


def _median_and_p95_ms(errors_samples: Iterable[float | None]) -> tuple[float, float]:
    errors_ms = [abs(error) * 1000 / SAMPLE_RATE_HZ for error in errors_samples if error is not None]
    if not errors_ms:
        return math.nan, math.nan
    return float(np.percentile(errors_ms, 50)), float(np.percentile(errors_ms, 95))


def _share(answers: Iterable[bool]) -> Share:
    listed = list(answers)
    return Share(sum(listed), len(listed))


def _lost_share(spoken: Waveform, n_before: int, n_after: int) -> float:
    energy = np.square(spoken - spoken.mean(), dtype=np.float64)
    kept = energy[n_before : max(len(energy) - n_after, n_before)]
    total = float(energy.sum())
    return 1 - float(kept.sum()) / total if total else 0.0
