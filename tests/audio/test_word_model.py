"""The network as it is computed here, against PyTorch and against what it must know."""

from pathlib import Path

import numpy as np
import pytest
import torch

from bench.align.training import WordNetwork, save
from speechapp.audio import word_model
from speechapp.audio.band_levels import band_levels
from speechapp.audio.word_model import QUIET, edge_posteriors, read_layers, shipped_layers
from tests.audio.words import room, take_with, word

FEATURES = band_levels(take_with(word())).features


def test_each_edge_is_somewhere() -> None:
    edges = edge_posteriors(FEATURES)
    assert edges.begins.shape == edges.ends.shape == (FEATURES.shape[1],)
    assert edges.begins.sum() == pytest.approx(1)
    assert edges.ends.sum() == pytest.approx(1)


def test_a_clear_word_leaves_no_doubt() -> None:
    edges = edge_posteriors(FEATURES)
    assert edges.begins[86:94].sum() > 0.8
    assert edges.ends[134:146].sum() > 0.8


def test_noise_leaves_much_doubt() -> None:
    assert edge_posteriors(band_levels(room(38_400)).features).begins.max() < 0.3


def test_it_computes_what_pytorch_computes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(5)
    network = WordNetwork().half().float()  # weights that float16 holds exactly
    save(network, tmp_path / "weights.npz")
    with (tmp_path / "weights.npz").open("rb") as file:
        layers = read_layers(file)
    monkeypatch.setattr(word_model, "shipped_layers", lambda: layers)
    with torch.no_grad():
        theirs = torch.softmax(network(torch.tensor(FEATURES - QUIET, dtype=torch.float32)[None]), -1)[0].numpy()
    ours = edge_posteriors(FEATURES)
    assert ours.begins == pytest.approx(theirs[0], abs=1e-5)
    assert ours.ends == pytest.approx(theirs[1], abs=1e-5)


def test_what_is_shipped_is_a_few_kilobytes() -> None:
    n_weights = sum(layer.weights.size + layer.bias.size for layer in shipped_layers())
    assert 1_000 < n_weights < 5_000
    assert np.isfinite(np.concatenate([layer.weights.ravel() for layer in shipped_layers()])).all()
