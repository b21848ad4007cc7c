"""Which recordings files, folders and patterns stand for."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from speechapp.batch.sources import JOURNAL_NAME, Found, find
from speechapp.errors import InvalidInput

Record = Callable[..., Path]


def below(found: Found) -> list[str]:
    return [source.below for source in found.sources]


def test_a_file_is_known_by_its_name_alone(record: Record) -> None:
    folder = record("monday/yes.wav")
    found = find([str(folder / "monday" / "yes.wav")])
    assert below(found) == ["yes.wav"]


def test_a_folder_keeps_its_sub_folders_and_is_sorted(record: Record) -> None:
    found = find([str(record("b/2.wav", "b/1.flac", "a/deep/er/0.ogg", "top.mp3"))])
    assert below(found) == ["a/deep/er/0.ogg", "b/1.flac", "b/2.wav", "top.mp3"]


def test_a_folder_may_be_named_with_a_slash_behind(record: Record) -> None:
    assert below(find([f"{record('a/1.wav')}/"])) == ["a/1.wav"]


def test_the_folder_one_stands_in_can_be_named(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(record("a/1.wav"))
    assert below(find(["."])) == ["a/1.wav"]


@pytest.mark.parametrize("name", ["a.WAV", "b.m4a", "c.opus", "d.webm", "e.3gp", "f.aiff"])
def test_whatever_sounds_is_taken_from_a_folder(record: Record, name: str) -> None:
    assert below(find([str(record(name))])) == [name]


def test_what_is_hidden_or_no_sound_is_passed_over_and_counted(record: Record) -> None:
    found = find([str(record("yes.wav", "notes.txt", "cover.jpg", "README", "._yes.wav", ".git/x.wav", "more.txt"))])
    assert below(found) == ["yes.wav"]
    assert found.ignored == {".txt": 2, ".jpg": 1, "without a suffix": 1}


def test_a_file_that_is_named_is_taken_whatever_its_name(record: Record) -> None:
    assert below(find([str(record("take.1") / "take.1")])) == ["take.1"]


def test_nothing_is_taken_twice(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(record("yes.wav"))
    assert below(find([".", "yes.wav", "./yes.wav", "*.wav"])) == ["yes.wav"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.wav", ["top.wav"]),
        ("*/*.wav", ["a/1.wav", "b/2.wav"]),
        ("a/*.wav", ["1.wav"]),
        ("**/*.wav", ["a/1.wav", "a/deep/3.wav", "b/2.wav", "top.wav"]),
        ("a/**", ["1.wav", "deep/3.wav", "deep/4.flac"]),
        ("**/deep/*.flac", ["a/deep/4.flac"]),
        ("**/[12].wav", ["a/1.wav", "b/2.wav"]),
        ("?", ["a/1.wav", "a/deep/3.wav", "a/deep/4.flac", "b/2.wav"]),
        ("a/*", ["1.wav", "deep/3.wav", "deep/4.flac"]),
    ],
)
def test_a_quoted_pattern_keeps_what_lies_below_its_fixed_part(
    record: Record, pattern: str, expected: list[str]
) -> None:
    folder = record("a/1.wav", "a/deep/3.wav", "a/deep/4.flac", "b/2.wav", "top.wav", "notes.txt")
    assert sorted(below(find([f"{folder}/{pattern}"]))) == expected


def test_a_pattern_may_begin_where_one_stands(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(record("a/1.wav", "b/2.wav"))
    assert below(find(["**/*.wav"])) == ["a/1.wav", "b/2.wav"]


def test_a_name_with_the_letters_of_a_pattern_is_a_name(record: Record) -> None:
    folder = record("yes [1]*.wav", "yes 1.wav")
    assert below(find([str(folder / "yes [1]*.wav")])) == ["yes [1]*.wav"]


def test_links_in_a_circle_end(record: Record) -> None:
    folder = record("a/1.wav")
    (folder / "a" / "up").symlink_to(folder, target_is_directory=True)
    (folder / "self").symlink_to(folder / "self")
    (folder / "self.wav").symlink_to(folder / "self.wav")
    assert below(find([str(folder)])) == ["a/1.wav", "self.wav"]
    assert below(find([f"{folder}/**/*.wav"])) == ["a/1.wav", "self.wav"]


def test_a_folder_that_two_links_lead_to_is_searched_once(record: Record) -> None:
    folder = record("a/1.wav")
    (folder / "b").symlink_to(folder / "a", target_is_directory=True)
    assert below(find([str(folder)])) == ["a/1.wav"]


def test_a_link_that_leads_nowhere_is_kept_to_be_told(record: Record) -> None:
    folder = record("a.wav")
    (folder / "gone.wav").symlink_to(folder / "nowhere.wav")
    assert below(find([str(folder)])) == ["a.wav", "gone.wav"]


def test_a_pipe_is_never_opened(record: Record) -> None:
    folder = record("a.wav")
    os.mkfifo(folder / "pipe.wav")
    assert below(find([str(folder)])) == ["a.wav"]
    with pytest.raises(InvalidInput, match="not an ordinary one"):
        find([str(folder / "pipe.wav")])


def test_out_inside_of_in_is_not_searched(record: Record) -> None:
    folder = record("a.wav", "clips/a.wav", "clips/sub/b.wav")
    assert below(find([str(folder)], out=str(folder / "clips"))) == ["a.wav"]


def test_clips_of_an_earlier_run_are_not_recordings(record: Record) -> None:
    folder = record("a.wav", "clips/a.wav", f"clips/{JOURNAL_NAME}")
    found = find([str(folder)], out=str(folder / "other"))
    assert below(found) == ["a.wav"]
    assert found.notes == [f"{folder}/clips holds clips that were aligned before; it was not searched."]
    assert below(find([str(folder / "clips")], out=str(folder / "other"))) == ["a.wav"]  # named, so it is meant
    assert below(find([str(folder)])) == ["a.wav", "clips/a.wav"]  # nothing is written


def test_a_folder_that_may_not_be_read_is_told(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = record("a.wav", "locked/b.wav")
    scandir = os.scandir

    def locked(path: str) -> object:
        if str(path).endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", locked)
    found = find([str(folder)])
    assert below(found) == ["a.wav"]
    assert found.unreadable == [(f"{folder}/locked", "Permission denied")]


def test_a_name_that_is_not_there_is_refused(recordings: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no file or folder") as refusal:
        find([str(recordings / "nowhere")])
    assert refusal.value.code == "input_missing"


@pytest.mark.parametrize("argument", ["", "/*.wav", "/**/*.wav"])
def test_finding_nothing_is_refused_with_what_was_there(record: Record, argument: str) -> None:
    folder = record("notes.txt")
    with pytest.raises(InvalidInput, match="There are no recordings in") as refusal:
        find([f"{folder}{argument}"])
    assert refusal.value.code == "nothing_found"


@pytest.mark.parametrize(
    "name", ["да.wav", "はい.wav", "نعم.wav", "a\nb.wav", " .wav", "-x.wav", "'\"<&>.wav", "é.wav"]
)
def test_names_in_every_script_are_kept(record: Record, name: str) -> None:
    assert below(find([str(record(name))])) == [name]


def test_a_name_that_is_no_utf_8_is_kept(recordings: Path) -> None:
    name = os.fsdecode(b"caf\xe9.wav")
    (recordings / name).write_bytes(b"")
    assert below(find([str(recordings)])) == [name]
