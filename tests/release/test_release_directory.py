"""How a directory in the Speech Commands layout is read for training."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.errors import DataError
from speechapp.release.manifest import ReleaseIndex, read_release


@pytest.fixture
def directory(tmp_path: Path) -> Callable[..., Path]:
    """Make a directory with these files, empty except for what is given as text."""

    def make(*names: str, **texts: str) -> Path:
        for name, text in {**dict.fromkeys(names, ""), **{f"{stem}.txt": text for stem, text in texts.items()}}.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, newline="")
        return tmp_path

    return make


def partitions(index: ReleaseIndex) -> dict[str, str]:
    return {f"{clip.word}/{clip.path.name}": clip.partition for clip in index.clips}


def test_an_unpacked_release_is_indexed_whole(archive: Path, tmp_path: Path) -> None:
    shutil.unpack_archive(archive, tmp_path, filter="data")
    index = read_release(tmp_path)
    assert [(clip.word, clip.speaker, clip.partition) for clip in index.clips] == [
        ("no", "00176480", "training"),
        ("no", "a69b9b3e", "validation"),
        ("no", "bb05582b", "testing"),
        ("yes", "00176480", "training"),
        ("yes", "a69b9b3e", "validation"),
        ("yes", "bb05582b", "testing"),
    ]
    assert [path.name for path in index.background_noise] == ["pink_noise.wav", "running_tap.wav", "white_noise.wav"]
    assert all(path.is_file() for path in index.background_noise)


def test_without_lists_the_rule_decides(directory: Callable[..., Path]) -> None:
    index = read_release(directory("yes/bb05582b_nohash_0.wav", "yes/00176480_nohash_0.wav"))
    assert partitions(index) == {"yes/00176480_nohash_0.wav": "training", "yes/bb05582b_nohash_0.wav": "testing"}


def test_lists_go_before_the_rule(directory: Callable[..., Path]) -> None:
    names = ("yes/bb05582b_nohash_0.wav", "yes/00176480_nohash_0.wav")
    index = read_release(directory(*names, validation_list="yes/00176480_nohash_0.wav\n"))
    assert partitions(index) == {"yes/00176480_nohash_0.wav": "validation", "yes/bb05582b_nohash_0.wav": "training"}


@pytest.mark.parametrize(
    "line", ["./yes/00176480_nohash_0.wav\n", "yes/00176480_nohash_0.wav\r\n", "\n\nyes/00176480_nohash_0.wav"]
)
def test_a_carelessly_written_list_leaks_no_test_clip(directory: Callable[..., Path], line: str) -> None:
    index = read_release(directory("yes/00176480_nohash_0.wav", testing_list=line))
    assert partitions(index) == {"yes/00176480_nohash_0.wav": "testing"}


def test_flac_files_are_found_under_their_names_in_the_lists(directory: Callable[..., Path]) -> None:
    index = read_release(directory("yes/00176480_nohash_0.flac", testing_list="yes/00176480_nohash_0.wav\n"))
    assert partitions(index) == {"yes/00176480_nohash_0.flac": "testing"}


def test_an_evaluation_set_keeps_its_silence_and_unknown_folders(directory: Callable[..., Path]) -> None:
    index = read_release(
        directory("_silence_/7.wav", "_unknown_/bed_bb05582b_nohash_4.wav", "_background_noise_/a_b.wav")
    )
    assert [(clip.word, clip.speaker) for clip in index.clips] == [("_silence_", "7"), ("_unknown_", "bb05582b")]
    assert [path.name for path in index.background_noise] == ["a_b.wav"]


def test_other_files_and_hidden_ones_are_passed_over(directory: Callable[..., Path]) -> None:
    index = read_release(
        directory("yes/00176480_nohash_0.wav", "yes/._00176480_nohash_0.wav", "yes/notes.md", ".git/a.wav")
    )
    assert [clip.path.name for clip in index.clips] == ["00176480_nohash_0.wav"]


@pytest.mark.parametrize("names", [(), ("speechapp_0.1.tar.gz",), ("_background_noise_/white_noise.wav",)])
def test_a_directory_without_clips_is_refused_with_the_fix(
    directory: Callable[..., Path], names: tuple[str, ...]
) -> None:
    with pytest.raises(DataError, match="give the directory the archive was unpacked into"):
        read_release(directory(*names))


def test_a_missing_directory_is_refused_too(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no word"):
        read_release(tmp_path / "nowhere")
