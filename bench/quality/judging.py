"""Takes, clean and planted, through the measures and the limits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from bench.quality.plants import PLANTED, Planted, Scene, changed
from bench.quality.recordings import Recordings, Take
from speechapp.audio.align import align
from speechapp.audio.decode import Recording
from speechapp.audio.measure import Measures, measure
from speechapp.audio.quality import faults
from speechapp.audio.resample import resample

BROWSER_HZ = 48_000
SEED = 5


@dataclass(frozen=True, eq=False)
class Judged:
    take: Take
    measures: Measures
    faults: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Found:
    """What came of one fault planted at one strength; `before` are the same takes without it."""

    planted: Planted
    strength: float
    before: list[Judged]
    judged: list[Judged]

    @property
    def n_found(self) -> int:
        """How many takes have the fault by its name."""
        return sum(self.planted.code in one.faults for one in self.judged)

    @property
    def n_caught(self) -> int:
        """How many have that fault, or another that they did not have before."""
        pairs = zip(self.before, self.judged, strict=True)
        return sum(
            self.planted.code in one.faults or bool(set(one.faults) - set(before.faults)) for before, one in pairs
        )


def judge(take: Take) -> Judged:
    waveform = resample(take.waveform, take.sample_rate_hz)
    n_missing = round(take.missing_ms * take.sample_rate_hz / 1000)
    recording = Recording(take.waveform, take.sample_rate_hz, "wav", len(take.waveform) + n_missing)
    measures = measure(recording, waveform, align(waveform))
    return Judged(take, measures, faults(measures))


def judge_clean(recordings: Recordings) -> list[Judged]:
    return [judge(take) for take in recordings.takes]


def judge_planted(recordings: Recordings, clean: Sequence[Judged], n: int, only: str = "") -> list[Found]:
    """Plant every fault at every strength into n takes, always the same, that have not got it."""
    with_word = [one for one in clean if one.take.word_s]
    return [
        found
        for planted in PLANTED
        if only in ("", planted.code)
        for found in _planted(planted, recordings, with_word, n)
    ]


def _planted(planted: Planted, recordings: Recordings, clean: Sequence[Judged], n: int) -> list[Found]:
    dice = np.random.default_rng(SEED)
    without = [one.take for one in clean if planted.code not in one.faults]
    takes = [_as_recorded(without[place], dice) for place in dice.permutation(len(without))[:n]]
    before = [judge(take) for take in takes]
    scene = Scene(recordings, takes, np.random.default_rng(SEED))
    return [
        Found(planted, strength, before, [judge(planted.plant(take, strength, scene)) for take in takes])
        for strength in planted.strengths
    ]


def _as_recorded(take: Take, dice: np.random.Generator) -> Take:
    """Bring every other take to the rate of a browser."""
    if dice.random() < 0.5:
        return take
    return changed(take, soxr.resample(take.waveform, take.sample_rate_hz, BROWSER_HZ), BROWSER_HZ)
