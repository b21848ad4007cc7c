"""Between integers and waveforms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from speechapp.audio.pcm import from_pcm, to_pcm

PCM = arrays(np.dtype("<i2"), st.integers(0, 300))


@given(pcm=PCM)
def test_no_sample_changes_on_the_way_there_and_back(pcm: np.ndarray) -> None:
    assert to_pcm(from_pcm(pcm.tobytes(), 1)).tolist() == pcm.tolist()


@pytest.mark.parametrize(
    ("value", "sample"),
    [(0.0, 0), (0.5, 16_384), (-1.0, -32_768), (1.0, 32_767), (7.0, 32_767), (-7.0, -32_768)],
)
def test_a_value_becomes_its_nearest_sample(value: float, sample: int) -> None:
    assert to_pcm(np.array([value], np.float32)).tolist() == [sample]


def test_ties_go_to_the_even_sample() -> None:
    assert to_pcm(np.array([0.5 / 32_768, 1.5 / 32_768, -0.5 / 32_768], np.float32)).tolist() == [0, 2, 0]


def test_channels_are_averaged() -> None:
    stereo = np.array([[16_384, 0], [-32_768, -32_768], [32_767, -32_767]], "<i2")
    assert from_pcm(stereo.tobytes(), 2).tolist() == [0.25, -1.0, 0.0]


def test_no_samples_make_an_empty_waveform() -> None:
    assert from_pcm(b"", 2).shape == (0,)
