"""From files to files: what is timed does make clips."""

from pathlib import Path

import pytest

from bench.align.throughput import Speed, baseline, medians, timed
from bench.align.ways import ways
from speechapp.audio.format import CLIP_SAMPLES, read_wav
from tests import sounds

NAMES = ["one.wav", "two.wav"]


@pytest.fixture
def takes(tmp_path: Path) -> Path:
    folder = tmp_path / "takes"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        (folder / name).write_bytes(sounds.word_like(seconds=2.0, rate_hz=16_000, seed=number))
    return folder


@pytest.mark.parametrize("name", ["loudest", "word", "word-tool", "rule", "centre"])
def test_every_way_of_ours_makes_a_second_of_every_file(name: str, takes: Path, tmp_path: Path) -> None:
    clips = tmp_path / "clips"
    clips.mkdir()
    ways()[name](takes, clips, NAMES)
    made = {path.name: read_wav(path.read_bytes()) for path in clips.iterdir()}
    assert sorted(made) == NAMES
    assert {(wav.sample_rate_hz, wav.n_channels, len(wav.pcm)) for wav in made.values()} == {
        (16_000, 1, 2 * CLIP_SAMPLES)
    }


def test_a_way_that_makes_nothing_is_not_fast_but_wrong(takes: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="no clip was made"):
        timed(lambda *_: None, takes, tmp_path / "clips", NAMES)


def test_speeds_are_medians_and_compared_with_the_tool_of_2017_where_it_is() -> None:
    slow, middle, fast = Speed(1, 2), Speed(3, 3), Speed(5, 10)
    assert medians([fast, slow, middle]) == middle
    assert baseline({"word": fast, "rule": slow, "reference": middle}) == "reference"
    assert baseline({"word": fast, "rule": slow}) == "rule"
    assert baseline({"word": fast}) == "word"
