"""The model: its shapes and its size."""

import pytest
import torch

from speechapp.training.labels import DEFAULT_WORDS, labels_of
from speechapp.training.models import KeywordSpotter, ModelSpec, n_macs, n_parameters

TWELVE = ModelSpec(labels_of(DEFAULT_WORDS))


def test_a_waveform_gives_a_logit_for_every_label() -> None:
    assert KeywordSpotter(TWELVE)(torch.zeros(2, 16_000)).shape == (2, 12)


def test_the_default_model_is_small() -> None:
    model = KeywordSpotter(TWELVE)
    assert 25_000 < n_parameters(model) < 70_000
    assert 2_000_000 < n_macs(model) < 14_000_000


def test_multiply_accumulates_are_counted_as_by_hand() -> None:
    model = KeywordSpotter(ModelSpec(("_silence_", "_unknown_", "up"), n_channels=8))
    stem = 49 * 20 * 4 * 25
    halve = 25 * 10 * (4 * 15 + 4 * 8)
    wide = 2 * 25 * 10 * (8 * 15 + 8 * 8)
    narrow = 3 * 25 * 5 * (8 * 15 + 8 * 8)
    assert n_macs(model) == stem + halve + wide + narrow + 25 * 8 * 5 + 8 * 3


@pytest.mark.parametrize("training", [True, False])
def test_counting_leaves_the_model_in_its_mode(training: bool) -> None:
    model = KeywordSpotter(TWELVE).train(training)
    n_macs(model)
    assert model.training is training
    assert not model.network.classify._forward_hooks
