"""The partition rule, against hashes worked out with sha1sum and bc, and against Google's own lists."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speechapp.release.manifest import read_release
from speechapp.release.partition import Partition, partition_of_speaker, which_partition


@pytest.mark.parametrize(
    ("file_name", "partition"),
    [
        ("a69b9b3e_nohash_0.wav", "validation"),  # sha1 ends in ...863f723, 27 bits of it are 6551331: 4.88 %
        ("bb05582b_nohash_3.wav", "testing"),  # ...1735b75: 24337269, 18.13 %
        ("00176480_nohash_0.wav", "training"),  # ...d957759: 93681497, 69.80 %
        ("1037.wav", "training"),  # no mark, so hashed whole: 29.51 %
        ("0014e9fc_nohash_0.wav", "validation"),  # 13421757, just below 10 % of 2**27 - 1
        ("000e6141_nohash_0.wav", "testing"),  # 13421787, just above
        ("001234ee_nohash_0.wav", "testing"),  # 26843501, just below 20 %
        ("001741a2_nohash_0.wav", "training"),  # 26843617, just above
    ],
)
def test_known_names_fall_where_the_published_rule_puts_them(file_name: str, partition: Partition) -> None:
    assert which_partition(file_name) == partition


@given(st.text("0123456789abcdef", min_size=8, max_size=8), st.integers(0, 127), st.sampled_from(["yes", "no", "a/b"]))
def test_word_and_utterance_do_not_count(speaker: str, utterance: int, folder: str) -> None:
    assert which_partition(f"{folder}/{speaker}_nohash_{utterance}.wav") == partition_of_speaker(speaker)


def test_what_follows_the_first_mark_does_not_count() -> None:
    assert which_partition("bb05582b_nohash_0_nohash_1.wav") == "testing"


@pytest.mark.real_speech
@pytest.mark.parametrize(
    ("list_name", "partition", "n_lines"),
    [
        ("v0.01_validation_list.txt", "validation", 6798),
        ("v0.01_testing_list.txt", "testing", 6835),
        ("v0.02_validation_list.txt", "validation", 9981),
        ("v0.02_testing_list.txt", "testing", 11005),
    ],
)
def test_every_line_of_the_official_lists_is_reproduced(
    real_speech: Path, list_name: str, partition: Partition, n_lines: int
) -> None:
    lines = (real_speech / "oracle" / list_name).read_text().split()
    assert len(lines) == n_lines
    assert {which_partition(line) for line in lines} == {partition}


@pytest.mark.real_speech
def test_every_clip_of_the_official_test_archive_with_its_original_name_is_for_testing(real_speech: Path) -> None:
    clips = read_release(real_speech / "speech_commands_test").clips
    named = [clip for clip in clips if "_nohash_" in clip.path.name]
    assert len(named) == 900
    assert {clip.partition for clip in named} == {"testing"}
