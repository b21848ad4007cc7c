"""The pictures: there, of the right kind and size, and the same each time."""

import struct
from pathlib import Path

import numpy as np

from speechapp.training.figures import draw_confusion, draw_curves
from speechapp.training.history import EpochRow
from speechapp.training.metrics import compare

METRICS = compare(("_silence_", "_unknown_", "up"), np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]))


def png_size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def test_the_confusion_picture_grows_with_the_labels(tmp_path: Path) -> None:
    draw_confusion(METRICS, "Three labels", tmp_path / "three.png")
    twelve = compare(tuple("abcdefghijkl"), np.arange(12), np.arange(12))
    draw_confusion(twelve, "Twelve labels", tmp_path / "twelve.png")
    assert png_size(tmp_path / "three.png") < png_size(tmp_path / "twelve.png")


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    draw_confusion(METRICS, "Twice", tmp_path / "first.png")
    draw_confusion(METRICS, "Twice", tmp_path / "second.png")
    assert (tmp_path / "first.png").read_bytes() == (tmp_path / "second.png").read_bytes()


def test_the_curves_are_drawn_from_a_single_epoch_on(tmp_path: Path) -> None:
    draw_curves((EpochRow(1, 0.001, 1.2, 0.5, 1.0, 0.6),), tmp_path / "curves.png")
    assert png_size(tmp_path / "curves.png") == (1_350, 540)
