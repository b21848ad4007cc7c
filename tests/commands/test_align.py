"""`speechapp align` on the command line."""

import csv
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from speechapp.audio.format import write_wav
from speechapp.audio.pcm import to_pcm
from speechapp.batch import aligning
from speechapp.batch.recording import read
from speechapp.batch.result import Stamp
from speechapp.cli import speechapp
from tests.audio.words import take_with, word
from tests.batch.takes import inside, take, tree

LOUDEST = ("--method", "loudest", "--jobs", "1")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two recordings, in a folder in which one stands."""
    for index, name in enumerate(("yes.wav", "sub/no.wav")):
        path = tmp_path / "takes" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(take(index))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def align(*arguments: str) -> Result:
    return CliRunner().invoke(speechapp, ["align", *LOUDEST, *arguments], catch_exceptions=False)


def test_a_folder_becomes_a_folder_of_clips(here: Path) -> None:
    result = align("takes", "clips", "--report", "report.html", "--table", "clips.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.endswith("Clips: 2 made.\nWrote clips.csv\nWrote report.html\n")
    assert tree(here / "clips") == ["sub/no.wav", "yes.wav"]
    assert tree(here)[-2:] == ["takes/sub/no.wav", "takes/yes.wav"]


def test_running_it_again_does_nothing_more() -> None:
    align("takes", "clips")
    assert align("takes", "clips").stderr.endswith("Clips: 2 done before.\n")


def test_the_table_can_be_piped() -> None:
    result = align("takes/yes.wav", "yes.wav", "--table", "-")
    [row] = csv.DictReader(result.stdout.splitlines())
    assert (row["status"], row["input"], row["output"]) == ("made", "takes/yes.wav", "yes.wav")


def test_a_recording_that_failed_is_named_with_what_to_do(here: Path) -> None:
    (here / "takes" / "bad\n[red].wav").write_bytes(b"no sound")
    (here / "takes" / "notes.txt").write_bytes(b"hello")
    result = align("takes", "clips")
    assert result.exit_code == 1
    assert "failed  takes/bad\\n[red].wav: The recording is in a format we do not take; send one of" in result.stderr
    assert "Passed over what is no recording: 1 .txt.\n" in result.stderr
    assert result.stderr.endswith("Clips: 2 made, 1 failed.\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("takes", "nowhere", "clips"), "speechapp: There is no file or folder “nowhere”"),
        (("takes/yes.wav", "takes/*/no.wav", "takes"), "speechapp: These outputs would replace a recording"),
        (("takes/yes.wav", "takes/sub", "clips", "--table", "t.xls"), "speechapp: “t.xls” must end in .csv or .jsonl"),
        (("takes/yes.wav", "yes.mp3"), "speechapp: Clips are WAV files"),
        (("takes",), "Usage:"),
        (("takes", "clips", "--seconds", "0"), "Usage:"),
        (("takes", "clips", "--method", "best"), "Usage:"),
    ],
)
def test_a_command_that_must_be_changed_has_status_2_and_writes_nothing(
    here: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    before = tree(here)
    result = align(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert tree(here) == before


def test_clips_in_the_way_have_status_2_and_say_both_ways_out() -> None:
    align("takes", "clips")
    result = align("takes", "clips", "--seconds", "0.5")
    assert result.exit_code == 2
    assert "seconds 1.0, now 0.5" in result.stderr
    assert "--overwrite" in result.stderr
    assert "--skip-existing" in result.stderr
    assert align("takes", "clips", "--seconds", "0.5", "--skip-existing").exit_code == 0
    assert align("takes", "clips", "--seconds", "0.5", "--overwrite").stderr.endswith("Clips: 2 made.\n")


def test_a_dry_run_says_what_would_be_done(here: Path) -> None:
    result = align("takes", "clips", "--dry-run", "--table", "t.csv")
    assert result.stdout == "make    takes/sub/no.wav → clips/sub/no.wav\nmake    takes/yes.wav → clips/yes.wav\n"
    assert result.stderr == "Clips: 2 to make.\n"
    assert inside(here) == ["takes"]


def test_measures_are_in_the_table_when_asked_for() -> None:
    header = align("takes", "clips", "--measure", "--table", "-").stdout.splitlines()[0]
    assert {"faults", "snr_db", "peak_dbfs"} <= set(header.split(","))


def test_the_help_teaches_by_examples() -> None:
    shown = align("--help").output
    assert "\n    speechapp align recordings clips --report report.html\n" in shown
    assert "Exit status: 0 all is well, 1 some recording failed" in shown


@pytest.mark.slow
def test_a_full_disk_ends_it_and_the_next_run_goes_on(here: Path) -> None:
    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    full = subprocess.run(program("takes", "clips"), preexec_fn=small_files_only, capture_output=True, text=True)
    assert full.returncode == 1
    assert "free some space, then run the same command again. [disk_full]" in full.stderr
    assert "Stopped early: 1 recordings were not reached." in full.stderr
    assert tree(here / "clips") == []
    assert align("takes", "clips").stderr.endswith("Clips: 2 made.\n")


def test_ctrl_c_has_status_130_and_the_next_run_goes_on(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_until_ctrl_c(path: str) -> tuple[bytes, Stamp]:
        if path.endswith("yes.wav"):
            raise KeyboardInterrupt
        return read(path)

    with monkeypatch.context() as patched:
        patched.setattr(aligning, "read", read_until_ctrl_c)
        result = align("takes", "clips")
    assert result.exit_code == 130
    assert result.stderr.endswith("Stopped. What is done stays done: run the same command again to go on.\n")
    assert tree(here / "clips") == ["sub/no.wav"]
    assert align("takes", "clips").stderr.endswith("Clips: 1 made, 1 done before.\n")


def program(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "speechapp.cli", "align", *LOUDEST, *arguments]


def test_words_that_no_clip_can_hold_are_told_with_the_length_that_would(here: Path) -> None:
    (here / "word.wav").write_bytes(write_wav(to_pcm(take_with(word())).tobytes()))
    told = align("word.wav", "short.wav", "--method", "word", "--seconds", "0.3").stderr
    assert "In 1 the word is longer than its clip; --seconds 0.7 would hold it." in told
    assert "longer" not in align("word.wav", "long.wav", "--method", "word").stderr
