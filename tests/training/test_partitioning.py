"""The partitions of a run: those of the release, or grouped anew by speaker."""

from pathlib import Path

import pytest

from speechapp.errors import DataError
from speechapp.release.manifest import IndexedClip
from speechapp.training.partitioning import Partitions, split

SIX_SPEAKERS = tuple(
    IndexedClip(Path(f"{word}/{speaker}_nohash_0.wav"), word, speaker, "training")
    for word in ("one", "two")
    for speaker in ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
)


def test_the_release_decides_by_default() -> None:
    chosen = split(SIX_SPEAKERS, by_speaker=False)
    assert n_clips(chosen) == (12, 0, 0)


def test_six_speakers_split_four_one_one() -> None:
    chosen = split(SIX_SPEAKERS, by_speaker=True)
    assert n_clips(chosen) == (8, 2, 2)


def test_no_speaker_is_in_two_split() -> None:
    chosen = split(SIX_SPEAKERS, by_speaker=True)
    parts = (chosen.training, chosen.validation, chosen.testing)
    training, validation, testing = ({clip.speaker for clip in clips} for clips in parts)
    assert not training & validation
    assert not training & testing
    assert not validation & testing


def test_two_speakers_cannot_be_split() -> None:
    with pytest.raises(DataError, match="Three speakers are the least"):
        split([clip for clip in SIX_SPEAKERS if clip.speaker in ("theo", "lucas")], by_speaker=True)


def test_the_grouped_split_does_not_depend_on_the_order_of_the_clips() -> None:
    forwards, backwards = split(SIX_SPEAKERS, by_speaker=True), split(SIX_SPEAKERS[::-1], by_speaker=True)
    assert set(forwards.testing) == set(backwards.testing)
    assert set(forwards.validation) == set(backwards.validation)


def n_clips(chosen: Partitions) -> tuple[int, int, int]:
    return len(chosen.training), len(chosen.validation), len(chosen.testing)
