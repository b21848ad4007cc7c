"""What a run reads: which clips in which part, with which labels, and the errors that say what to do."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from speechapp.errors import DataError
from speechapp.release.manifest import IndexedClip
from speechapp.training.data import choose_held_out, load_all, load_testing_data, load_training_data
from speechapp.training.labels import labels_of
from speechapp.training.settings import TrainSettings
from tests.training.tones import WORDS, write_tone

pytestmark = pytest.mark.slow

LABELS = labels_of(WORDS)


def clip(word: str, number: int) -> IndexedClip:
    return IndexedClip(Path(f"{word}/{number:08x}_nohash_0.wav"), word, f"{number:08x}", "validation")


def test_training_takes_the_training_partition_and_no_silence(
    tone_release: Path, tiny: TrainSettings, quiet: Console
) -> None:
    data = load_training_data(tone_release, tiny, quiet)
    assert data.training.pcm.shape == (48, 16_000)
    assert np.bincount(data.training.labels).tolist() == [0, 16, 16, 16]


def test_validation_has_as_much_unknown_and_silence_as_of_a_word(
    tone_release: Path, tiny: TrainSettings, quiet: Console
) -> None:
    data = load_training_data(tone_release, tiny, quiet)
    assert np.bincount(data.validation.labels).tolist() == [4, 4, 4, 4]


def test_no_clip_is_trained_on_and_judged_by(tone_release: Path, tiny: TrainSettings, quiet: Console) -> None:
    data = load_training_data(tone_release, tiny, quiet)
    testing = load_testing_data(tone_release, LABELS, False, quiet)
    training, validation, test = (
        {row.tobytes() for row in part.pcm} for part in (data.training, data.validation, testing)
    )
    assert not training & validation
    assert not training & test


def test_testing_takes_the_testing_partition_with_silence(tone_release: Path, quiet: Console) -> None:
    assert np.bincount(load_testing_data(tone_release, LABELS, False, quiet).labels).tolist() == [4, 4, 4, 4]


def test_all_takes_every_clip_and_adds_none(tone_release: Path, quiet: Console) -> None:
    assert np.bincount(load_all(tone_release, LABELS, quiet).labels).tolist() == [0, 24, 24, 24]


def test_unknown_words_do_not_outvote_the_wanted_ones() -> None:
    clips = [clip("low", 1), clip("low", 2), clip("high", 3), clip("high", 4), *(clip("other", n) for n in range(9))]
    chosen = choose_held_out(clips, LABELS)
    assert [c.word for c in chosen] == ["low", "low", "high", "high", "other", "other"]
    assert chosen == choose_held_out(clips, LABELS)


def test_the_fingerprint_tells_other_clips(
    tone_release: Path, tiny: TrainSettings, quiet: Console, tmp_path: Path
) -> None:
    copy = shutil.copytree(tone_release, tmp_path / "copy")
    original = load_training_data(tone_release, tiny, quiet).fingerprint
    assert load_training_data(copy, tiny, quiet).fingerprint == original
    (copy / "low" / "00000001_nohash_0.wav").unlink()
    assert load_training_data(copy, tiny, quiet).fingerprint != original


def test_a_wanted_word_without_clips_is_named(tone_release: Path, tiny: TrainSettings, quiet: Console) -> None:
    settings = dataclasses.replace(tiny, words=("low", "marvin"))
    with pytest.raises(DataError, match="no training clips of marvin; choose with --words among high, low, other"):
        load_training_data(tone_release, settings, quiet)


def test_few_speakers_leave_validation_empty_and_the_error_says_what_to_do(
    tmp_path: Path, tiny: TrainSettings, quiet: Console
) -> None:
    write_tone(tmp_path / "low" / "00000001_nohash_0.wav", 300.0)
    write_tone(tmp_path / "high" / "00000001_nohash_0.wav", 2_500.0)
    with pytest.raises(DataError, match="train with --split-by-speaker"):
        load_training_data(tmp_path, tiny, quiet)


def test_the_grouped_split_trains_on_three_speakers(tmp_path: Path, tiny: TrainSettings, quiet: Console) -> None:
    for speaker in ("anna", "bert", "carl"):
        write_tone(tmp_path / "low" / f"{speaker}_nohash_0.wav", 300.0)
        write_tone(tmp_path / "high" / f"{speaker}_nohash_0.wav", 2_500.0)
    data = load_training_data(tmp_path, dataclasses.replace(tiny, split_by_speaker=True), quiet)
    assert np.bincount(data.training.labels).tolist() == [0, 0, 1, 1]
    assert np.bincount(data.validation.labels).tolist() == [1, 0, 1, 1]


def test_one_word_alone_cannot_be_learnt(tmp_path: Path, tiny: TrainSettings, quiet: Console) -> None:
    write_tone(tmp_path / "low" / "00000001_nohash_0.wav", 300.0)
    with pytest.raises(DataError, match="clips of some other word are needed"):
        load_training_data(tmp_path, dataclasses.replace(tiny, words=("low",)), quiet)


def test_no_testing_clips_is_an_error_that_says_all(tmp_path: Path, quiet: Console) -> None:
    write_tone(tmp_path / "low" / "00000001_nohash_0.wav", 300.0)
    with pytest.raises(DataError, match="evaluate every clip with --all"):
        load_testing_data(tmp_path, LABELS, False, quiet)
