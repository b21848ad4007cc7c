"""The rules that the bench measures beside ours."""

import numpy as np
import pytest

from bench.align.methods import centre_crop, centred, loudest_rule, ours
from bench.align.quality import Method
from speechapp.audio.format import CLIP_SAMPLES
from speechapp.audio.pcm import Waveform, to_pcm


def silence(n_samples: int = 40_000) -> Waveform:
    return np.zeros(n_samples, dtype=np.float32)


def test_the_loudest_second_is_the_first_of_the_greatest_sums() -> None:
    waveform = np.random.default_rng(0).normal(0, 0.2, 17_000).astype(np.float32)
    magnitudes = [abs(int(sample)) for sample in to_pcm(waveform)]
    sums = [sum(magnitudes[start : start + CLIP_SAMPLES]) for start in range(0, 1_001)]
    assert loudest_rule(waveform) == sums.index(max(sums))


def test_of_equally_loud_seconds_the_first_counts() -> None:
    waveform = silence()
    waveform[20_000] = -1.0
    assert loudest_rule(waveform) == 20_000 - CLIP_SAMPLES + 1


def test_our_loudest_method_is_that_rule() -> None:
    rng = np.random.default_rng(1)
    takes = [rng.normal(0, 0.1, n_samples).astype(np.float32) for n_samples in range(15_900, 40_000, 1_000)]
    assert [ours(take, "loudest") for take in takes] == [loudest_rule(take) for take in takes]


@pytest.mark.parametrize("rule", [loudest_rule, centre_crop])
def test_a_short_take_lies_in_the_middle_of_its_second(rule: Method) -> None:
    assert rule(silence(10_000)) == -3_000


def test_a_second_is_centred_on_what_was_found() -> None:
    assert centred(silence(), 20_000, 24_000) == 14_000
    assert centred(silence(), 0, 4_000) == -6_000


def test_where_nothing_was_found_it_is_centred_on_the_take() -> None:
    assert centred(silence(), 7_000, 7_000) == centre_crop(silence())
