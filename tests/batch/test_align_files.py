"""Many recordings to one clip each: what is made, what stays, what is told."""

import csv
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from speechapp.audio.clip import align_only
from speechapp.batch import journal
from speechapp.batch.align_files import align_files
from speechapp.batch.outcome import Outcome
from speechapp.batch.sources import JOURNAL_NAME
from speechapp.errors import Conflict, InvalidInput, StorageError
from tests.audio.recordings import encode
from tests.batch.takes import HALF_A_SECOND, LOUDEST, inside, take, tree

Record = Callable[..., Path]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "clips"


def aligned(folder: Path, out: Path, **how: object) -> Outcome:
    return align_files(folder, out, **{"processing": LOUDEST, **how})  # type: ignore[arg-type]


def statuses(outcome: Outcome) -> dict[str, str]:
    return {Path(result.input).name: result.reason or result.status for result in outcome.results}


def test_every_recording_becomes_its_clip(record: Record, out: Path) -> None:
    folder = record("monday/yes.wav", "monday/no.wav", "yes.wav")
    outcome = aligned(folder, out)
    assert outcome.is_well
    assert tree(out) == ["monday/no.wav", "monday/yes.wav", "yes.wav"]
    assert (out / "yes.wav").read_bytes() == align_only(take(2), LOUDEST).wav


def test_the_results_tell_where_the_clip_lies(record: Record, out: Path) -> None:
    [result] = aligned(record("yes.wav"), out).results
    assert (result.status, result.output) == ("made", f"{out}/yes.wav")
    assert result.clip
    assert result.clip.take_ms == 1500
    assert result.clip.window_stop_ms - result.clip.window_start_ms == 1000
    assert 0 <= result.clip.window_start_ms <= 500
    assert (result.clip.source_rate_hz, result.clip.container, result.clip.method) == (16_000, "wav", "loudest")


def test_the_word_is_found_by_default(record: Record, out: Path) -> None:
    [result] = align_files([record("yes.wav")], out).results
    assert result.clip
    assert result.clip.word_start_ms == pytest.approx(600, abs=60)
    assert result.clip.confidence is not None


def test_one_file_becomes_one_file_and_leaves_no_journal(record: Record, tmp_path: Path) -> None:
    folder = record("yes.wav")
    for status in ("made", "done"):
        outcome = align_files(folder / "yes.wav", tmp_path / "new" / "my clip.wav", processing=LOUDEST)
        assert outcome.count(status) == 1
    assert inside(tmp_path / "new") == ["my clip.wav"]


def test_as_many_clips_as_recordings_whatever_folders_they_lie_in(record: Record, out: Path) -> None:
    folder = record(*(f"speaker {speaker}/take {n}.wav" for speaker in range(8) for n in range(5)))
    assert aligned(folder, out).count("made") == 40
    assert tree(out) == tree(folder)


@pytest.mark.slow
def test_several_processes_make_the_same_clips(record: Record, out: Path, tmp_path: Path) -> None:
    folder = record(*(f"{n}.wav" for n in range(70)))
    shown: list[tuple[int, int]] = []
    alone = aligned(folder, out)
    together = aligned(folder, tmp_path / "together", jobs=2, progress=lambda *now: shown.append(now))
    assert [result.input for result in together.results] == [result.input for result in alone.results]
    assert [result.clip for result in together.results] == [result.clip for result in alone.results]
    assert {name: (out / name).read_bytes() for name in tree(out)} == {
        name: (tmp_path / "together" / name).read_bytes() for name in tree(tmp_path / "together")
    }
    assert (shown[0], shown[-1]) == ((0, 70), (70, 70))


def test_a_recording_that_fails_stops_no_other(record: Record, out: Path) -> None:
    folder = record("a.wav", "b.wav", "c.wav")
    (folder / "b.wav").write_bytes(b"no sound")
    (folder / "silent.wav").write_bytes(take()[:44] + bytes(len(take()) - 44))
    (folder / "gone.wav").symlink_to(folder / "nowhere")
    outcome = aligned(folder, out)
    assert not outcome.is_well
    assert statuses(outcome) == {
        "a.wav": "made",
        "b.wav": "unsupported_format",
        "c.wav": "made",
        "gone.wav": "unreadable",
        "silent.wav": "silent",
    }
    assert all(result.message.endswith((".", "]")) for result in outcome.results if result.status == "failed")
    assert tree(out) == ["a.wav", "c.wav"]


def test_an_error_of_ours_is_told_too(record: Record, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("speechapp.batch.recording.align_recording", broken)
    [result] = aligned(record("a.wav"), out).results
    assert (result.reason, result.status) == ("unexpected", "failed")
    assert "ZeroDivisionError: by zero" in result.message


def test_a_take_of_any_length_is_taken(recordings: Path, out: Path) -> None:
    (recordings / "long.wav").write_bytes(take(seconds=25))
    [result] = aligned(recordings, out).results
    assert result.clip
    assert (result.status, result.clip.take_ms) == ("made", 25_000)


def test_clips_may_be_longer_or_louder(record: Record, out: Path) -> None:
    aligned(record("a.wav"), out, processing=replace(HALF_A_SECOND, level_dbfs=-26.0, dither=True))
    assert (out / "a.wav").stat().st_size == 44 + 2 * 8000


def test_both_sides_of_a_stereo_take_are_heard_to_the_end(recordings: Path, out: Path) -> None:
    word = np.frombuffer(take()[44:], "<i2").astype(np.float32) / 32768
    silence = np.zeros(32_000, dtype=np.float32)
    sides = [np.concatenate([silence, side]) for side in (np.zeros_like(word), word)]
    (recordings / "a.flac").write_bytes(encode("16-bit flac", *sides))
    [result] = aligned(recordings, out).results
    assert result.clip
    assert (result.clip.take_ms, result.clip.container) == (3500, "flac")
    assert result.clip.window_start_ms > 2000


def test_what_was_done_is_not_done_again(record: Record, out: Path) -> None:
    folder = record("a.wav", "b.wav")
    first = aligned(folder, out)
    before = (out / "a.wav").stat()
    record("a.wav", "b.wav", "c.wav")
    second = aligned(folder, out)
    assert statuses(second) == {"a.wav": "done", "b.wav": "done", "c.wav": "made"}
    assert (out / "a.wav").stat() == before
    assert second.results[0].clip == first.results[0].clip


def test_a_copy_of_the_recordings_is_as_good(record: Record, out: Path, tmp_path: Path) -> None:
    folder = record("a.wav")
    aligned(folder, out)
    shutil.copytree(folder, tmp_path / "copy", copy_function=shutil.copyfile)
    assert aligned(tmp_path / "copy", out).count("done") == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda folder, _: (folder / "a.wav").write_bytes(take(7)), "the recording has changed since"),
        (lambda _, out: (out / "a.wav").write_bytes(take(7)), "the clip was changed by something else since"),
    ],
)
def test_what_has_changed_is_told_and_neither_replaced_nor_kept_unasked(
    record: Record, out: Path, change: Callable[[Path, Path], object], why: str
) -> None:
    folder = record("a.wav", "b.wav")
    aligned(folder, out)
    change(folder, out)
    before = (out / "a.wav").read_bytes()
    with pytest.raises(InvalidInput, match=f"1 clip: {why}\n  {out}/a.wav"):
        aligned(folder, out)
    assert statuses(aligned(folder, out, existing="skip")) == {"a.wav": "kept", "b.wav": "done"}
    assert (out / "a.wav").read_bytes() == before
    assert statuses(aligned(folder, out, existing="overwrite")) == {"a.wav": "made", "b.wav": "done"}
    assert statuses(aligned(folder, out)) == {"a.wav": "done", "b.wav": "done"}


def test_other_settings_are_told(record: Record, out: Path) -> None:
    folder = record("a.wav", "b.wav")
    aligned(folder, out)
    with pytest.raises(InvalidInput, match=r"2 clips: made with other settings \(seconds 1\.0, now 0\.5\)") as refusal:
        aligned(folder, out, processing=HALF_A_SECOND)
    assert refusal.value.code == "in_the_way"
    assert aligned(folder, out, processing=HALF_A_SECOND, existing="overwrite").count("made") == 2
    assert (out / "a.wav").stat().st_size == 44 + 2 * 8000


def test_what_a_killed_run_did_not_write_down_is_recognised(record: Record, out: Path) -> None:
    folder = record("a.wav", "b.wav")
    aligned(folder, out)
    lines = (out / JOURNAL_NAME).read_bytes().splitlines(keepends=True)
    (out / JOURNAL_NAME).write_bytes(lines[0] + lines[1][:50])
    (out / ".speechapp-123-4.part").write_bytes(b"half a clip")
    assert statuses(aligned(folder, out)) == {"a.wav": "done", "b.wav": "done"}
    assert inside(out) == [JOURNAL_NAME, "a.wav", "b.wav"]
    assert len(journal.read(str(out)).entries) == 2


def test_a_file_of_another_hand_is_never_replaced_unasked(record: Record, out: Path) -> None:
    out.mkdir()
    (out / "a.wav").write_bytes(b"mine")
    folder = record("a.wav", "b.wav")
    assert statuses(aligned(folder, out)) == {"a.wav": "exists", "b.wav": "made"}
    assert (out / "a.wav").read_bytes() == b"mine"
    assert statuses(aligned(folder, out, existing="skip")) == {"a.wav": "kept", "b.wav": "done"}
    assert statuses(aligned(folder, out, existing="overwrite")) == {"a.wav": "made", "b.wav": "done"}


def test_a_recording_that_lies_in_out_and_is_linked_to_is_never_replaced(record: Record, out: Path) -> None:
    folder = record("a.wav")
    out.mkdir()
    (folder / "a.wav").rename(out / "a.wav")
    (folder / "a.wav").symlink_to(out / "a.wav")
    with pytest.raises(InvalidInput, match="never touched"):
        aligned(folder, out, existing="overwrite")
    assert (out / "a.wav").read_bytes() == take(0)


def test_a_clip_that_was_deleted_is_made_again(record: Record, out: Path) -> None:
    folder = record("a.wav")
    aligned(folder, out)
    (out / "a.wav").unlink()
    assert aligned(folder, out).count("made") == 1


def test_a_report_asked_for_later_gets_its_pictures(record: Record, out: Path, tmp_path: Path) -> None:
    folder = record("a.wav")
    aligned(folder, out)
    before = (out / "a.wav").stat()
    outcome = aligned(folder, out, report_path=str(tmp_path / "report.html"), with_measures=True)
    assert outcome.count("done") == 1
    assert outcome.results[0].picture
    assert outcome.results[0].measures["take_ms"] == 1500
    assert (out / "a.wav").stat() == before


def test_a_dry_run_writes_nothing(record: Record, out: Path, tmp_path: Path) -> None:
    folder = record("a.wav", "b.wav")
    outcome = aligned(folder, out, dry_run=True, table_path=str(tmp_path / "table.csv"))
    assert [(job.mode, job.output) for job in outcome.jobs] == [("make", f"{out}/a.wav"), ("make", f"{out}/b.wav")]
    assert inside(tmp_path) == [folder.name]
    aligned(folder, out)
    assert aligned(folder, out, dry_run=True).count("done") == 2


def test_out_may_lie_inside_of_in(record: Record) -> None:
    folder = record("a.wav", "b/c.wav")
    for status in ("made", "done"):
        assert aligned(folder, folder / "clips").count(status) == 2
    assert tree(folder / "clips") == ["a.wav", "b/c.wav"]


def test_in_is_never_out(record: Record) -> None:
    folder = record("a.wav")
    with pytest.raises(InvalidInput, match="is IN and OUT"):
        aligned(folder, folder)
    with pytest.raises(InvalidInput, match="replace a recording"):
        aligned(folder / "a.wav", folder)
    assert tree(folder) == ["a.wav"]


def test_names_in_any_script_come_through(record: Record, out: Path, tmp_path: Path) -> None:
    names = ["да/はい.wav", 'a\nb, "c".wav', "é.wav", "نعم.wav", os.fsdecode(b"caf\xe9.wav"), "x" * 251 + ".wav"]
    folder = record(*names)
    table = tmp_path / "table.csv"
    for status in ("made", "done"):
        assert aligned(folder, out, table_path=str(table)).count(status) == len(names)
    assert tree(out) == sorted(names)
    with table.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        assert {row["input"] for row in csv.DictReader(file)} == {f"{folder}/{name}" for name in names}


def test_a_name_too_long_for_a_clip_fails_alone(record: Record, out: Path) -> None:
    too_long = "x" * 250 + ".abc"  # with .wav behind it
    folder = record(too_long, "a.wav")
    outcome = align_files([folder / too_long, folder / "a.wav"], out, processing=LOUDEST)
    assert statuses(outcome) == {too_long: "unwritable", "a.wav": "made"}
    assert tree(out) == ["a.wav"]


def test_two_runs_do_not_write_to_one_folder(record: Record, out: Path) -> None:
    out.mkdir()
    with journal.held(str(out)), pytest.raises(Conflict, match="Another run is writing"):
        aligned(record("a.wav"), out)
    assert aligned(record("a.wav"), out).is_well


def test_a_folder_that_cannot_be_written_to_is_refused(record: Record, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InvalidInput, match="Nothing can be written to") as refusal:
        aligned(record("a.wav"), tmp_path / "file" / "clips")
    assert refusal.value.code == "out_unwritable"


def test_a_refused_run_leaves_no_trace(record: Record, out: Path) -> None:
    folder = record("a.wav")
    with pytest.raises(InvalidInput):
        align_files([folder, folder / "nowhere"], out)
    assert not out.exists()


def test_a_full_disk_ends_the_run_and_the_next_one_goes_on(
    record: Record, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = record("a.wav", "b.wav", "c.wav", "d.wav")
    write, calls = os.write, []

    def fills_up(descriptor: int, data: bytes) -> int:
        calls.append(descriptor)
        if len(calls) > 2:
            raise OSError(28, "No space left on device")
        return write(descriptor, data)

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", fills_up)
        outcome = aligned(folder, out)
    assert statuses(outcome) == {"a.wav": "made", "b.wav": "made", "c.wav": "disk_full"}
    assert outcome.n_not_reached == 1
    assert not outcome.is_well
    assert tree(out) == ["a.wav", "b.wav"]
    assert aligned(folder, out).count("made") == 2


def test_a_journal_that_cannot_be_written_ends_the_run_and_nothing_is_lost(
    record: Record, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = record("a.wav", "b.wav", "c.wav")
    with monkeypatch.context() as patched:
        patched.setattr(journal.Journal, "add", fill_the_disk)
        outcome = aligned(folder, out)
    assert (outcome.count("made"), outcome.n_not_reached, outcome.is_well) == (1, 2, False)
    assert statuses(aligned(folder, out)) == {"a.wav": "done", "b.wav": "made", "c.wav": "made"}


def test_a_table_that_cannot_be_written_is_told_after_the_clips(
    record: Record, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_the_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("speechapp.batch.table.write", fill_the_disk)
    with pytest.raises(StorageError, match="cannot be written"):
        aligned(record("a.wav"), out, table_path=str(tmp_path / "t.csv"))
    assert tree(out) == ["a.wav"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("notes.txt", "table_suffix"),
        ("mine.csv", "path_taken"),
        ("recordings/a.csv", "path_taken"),
        ("nowhere/table.csv", "no_folder"),
    ],
)
def test_a_table_takes_no_other_files_place(record: Record, out: Path, tmp_path: Path, path: str, code: str) -> None:
    folder = record("a.csv")
    (tmp_path / "mine.csv").write_text("name,phone\n")
    with pytest.raises(InvalidInput) as refusal:
        align_files([folder / "a.csv"], out, table_path=str(tmp_path / path))
    assert refusal.value.code == code
    assert not out.exists()
