"""Where each clip goes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.batch.sources import Source
from speechapp.batch.targets import assign, clip_name, is_single_file
from speechapp.errors import InvalidInput


@pytest.mark.parametrize(
    ("below", "clip"),
    [
        ("yes.wav", "yes.wav"),
        ("monday/yes.m4a", "monday/yes.wav"),
        ("YES.WAV", "YES.wav"),
        ("1.2.flac", "1.2.wav"),
        ("take.1", "take.1.wav"),
        (".wav", ".wav.wav"),
    ],
)
def test_a_clip_is_named_after_its_recording(below: str, clip: str) -> None:
    assert clip_name(below) == clip


def test_each_clip_lies_below_out_as_its_recording_lay() -> None:
    targets = assign([Source("in/a/1.flac", "a/1.flac"), Source("in/b/1.flac", "b/1.flac")], "out")
    assert [target.path for target in targets] == ["out/a/1.wav", "out/b/1.wav"]


def test_two_recordings_of_one_name_are_both_named_and_refused() -> None:
    sources = [Source("in/a.flac", "a.flac"), Source("in/b.wav", "b.wav"), Source("in/a.wav", "a.wav")]
    with pytest.raises(InvalidInput, match=r"in/a\.flac and in/a\.wav → out/a\.wav") as refusal:
        assign(sources, "out")
    assert refusal.value.code == "same_output"


def test_of_many_such_pairs_a_few_are_named() -> None:
    sources = [Source(f"{folder}/{n}.wav", f"{n}.wav") for n in range(9) for folder in "ab"]
    with pytest.raises(InvalidInput, match=r"\.\.\. and 4 more"):
        assign(sources, "out")


def test_a_recording_is_never_the_place_of_a_clip(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(InvalidInput) as refusal:
        assign([Source(f"{tmp_path}/a.wav", "a.wav")], f"{tmp_path}/link")
    assert refusal.value.code == "output_is_input"


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_nor_is_a_recording_that_an_input_is_a_link_to(tmp_path: Path, link: Callable[[Path, Path], None]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "b.wav").write_bytes(b"the recording")
    link(tmp_path / "a.wav", tmp_path / "out" / "b.wav")
    sources = [Source(f"{tmp_path}/a.wav", "a.wav"), Source(f"{tmp_path}/b.flac", "b.flac")]
    with pytest.raises(InvalidInput, match=r"\(1 in all\).*\n  .*/out/b\.wav\n") as refusal:
        assign(sources, f"{tmp_path}/out")
    assert refusal.value.code == "output_is_input"


def test_a_recording_may_be_a_link_to_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.wav").write_bytes(b"the clip of before")
    (tmp_path / "far.wav").write_bytes(b"the recording")
    (tmp_path / "a.wav").symlink_to(tmp_path / "far.wav")
    [target] = assign([Source(f"{tmp_path}/a.wav", "a.wav")], f"{tmp_path}/out")
    assert target.path == f"{tmp_path}/out/a.wav"


def test_many_clips_need_a_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(InvalidInput) as refusal:
        assign([Source("a.wav", "a.wav")], str(tmp_path / "out"))
    assert refusal.value.code == "out_is_file"


def test_one_file_may_become_one_file(tmp_path: Path) -> None:
    (tmp_path / "a.m4a").write_bytes(b"")
    (tmp_path / "folder.wav").mkdir()
    assert is_single_file([f"{tmp_path}/a.m4a"], f"{tmp_path}/b.wav")
    assert is_single_file([f"{tmp_path}/a.m4a"], f"{tmp_path}/b.mp3")  # which is refused
    assert not is_single_file([f"{tmp_path}/a.m4a"], f"{tmp_path}/b.v1")
    assert not is_single_file([f"{tmp_path}/a.m4a"], f"{tmp_path}/b.wav/")
    assert not is_single_file([f"{tmp_path}/a.m4a"], f"{tmp_path}/folder.wav")
    assert not is_single_file([f"{tmp_path}/a.m4a"] * 2, f"{tmp_path}/b.wav")
    assert not is_single_file([f"{tmp_path}"], f"{tmp_path}/b.wav")


def test_a_clip_is_a_wav() -> None:
    with pytest.raises(InvalidInput, match=r"call “b\.flac” something\.wav"):
        assign([Source("a.m4a", "a.m4a")], "b.flac", is_file=True)
