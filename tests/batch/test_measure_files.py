"""The measures and faults of many recordings."""

import csv
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from speechapp.audio.measure import Measures
from speechapp.audio.quality import FAULTS
from speechapp.batch.measure_files import measure_files
from speechapp.errors import InvalidInput
from tests.batch.takes import LOUDEST, take
from tests.sounds import wav

Record = Callable[..., Path]


@pytest.fixture
def folder(record: Record) -> Path:
    """A good take, one that is clipped, and one that is no recording."""
    folder = record("good.wav", "clipped.wav", "bad.wav")
    samples = np.frombuffer(take()[44:], "<i2") / 32768
    (folder / "clipped.wav").write_bytes(wav(np.clip(20 * samples, -1, 1), 16_000))
    (folder / "bad.wav").write_bytes(b"RIFF but no sound")
    return folder


def test_every_measure_and_fault_is_there(folder: Path) -> None:
    bad, clipped, good = measure_files(folder, processing=LOUDEST).results
    assert (bad.status, clipped.status, good.status) == ("failed", "measured", "measured")
    assert set(good.measures) == {field.name for field in fields(Measures)}
    assert clipped.measures["n_clipped_samples"] > good.measures["n_clipped_samples"]
    assert "clipped" in clipped.faults
    assert "clipped" not in good.faults
    assert set(clipped.faults) <= set(FAULTS)


def test_the_outcome_is_not_well_when_one_failed(folder: Path) -> None:
    assert not measure_files(folder, processing=LOUDEST).is_well
    assert measure_files([folder / "clipped.wav"], processing=LOUDEST).is_well


@pytest.mark.slow
def test_several_processes_measure_the_same(record: Record) -> None:
    folder = record(*(f"{n}.wav" for n in range(40)))
    alone = measure_files(folder, processing=LOUDEST)
    assert measure_files(folder, processing=LOUDEST, jobs=2).results == alone.results


def test_the_table_may_leave_out_what_has_no_fault(folder: Path, tmp_path: Path) -> None:
    outcome = measure_files(
        folder,
        processing=LOUDEST,
        faults_only=True,
        table_path=str(tmp_path / "t.csv"),
        report_path=str(tmp_path / "r.html"),
    )
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        listed = [Path(row["input"]).name for row in csv.DictReader(file)]
    faulty = [Path(result.input).name for result in outcome.results if result.faults or result.status == "failed"]
    assert listed == faulty
    assert len(outcome.results) == 3


def test_a_table_takes_no_recordings_place(folder: Path) -> None:
    (folder / "good.csv").write_bytes((folder / "good.wav").read_bytes())
    with pytest.raises(InvalidInput):
        measure_files([folder / "good.csv"], table_path=str(folder / "good.csv"))
