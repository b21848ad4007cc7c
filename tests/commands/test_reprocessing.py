"""`speechapp process-again`: which clips it takes, what it shows beforehand, and what it says of it afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from sqlalchemy import select, update

from speechapp import reprocessing
from speechapp.commands.reprocessing_report import print_report
from speechapp.db import Database
from speechapp.models import Clip
from speechapp.reprocessing import Change, Outcome, Wanted
from tests import sounds
from tests.databases import on_every_database
from tests.rows import BEN, NOON, add_clip, add_speaker

Run = Callable[..., Result]


@pytest.fixture
def imported(run: Run, tmp_path: Path, database: Database) -> dict[str, str]:
    """Two clips and a silent recording, by their names."""
    files = {
        "yes/0a0a0a0a_nohash_0.wav": sounds.word_like(seed=1),
        "no/0b0b0b0b_nohash_3.wav": sounds.word_like(seed=2),
        "no/0b0b0b0b_nohash_4.wav": sounds.silence(),
    }
    for name, data in files.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(data)
    run("import", str(tmp_path / "in"), "--speaker-from-name", "--accept", "--jobs", "1")
    with database.read() as session:
        return {clip.file_name: clip.id for clip in session.scalars(select(Clip))}


def alter(database: Database, clip_id: str, **values: Any) -> None:
    with database.write() as session:
        session.execute(update(Clip).where(Clip.id == clip_id).values(**values))


def kept(database: Database) -> dict[str, str | None]:
    """The hash of each clip, by its name."""
    with database.read() as session:
        return {clip.file_name: clip.processed_sha256 for clip in session.scalars(select(Clip))}


@pytest.mark.slow
@on_every_database
def test_a_dry_run_tells_what_would_move_and_changes_nothing(
    run: Run, imported: dict[str, str], database: Database
) -> None:
    yes = imported["yes/0a0a0a0a_nohash_0.wav"]
    with database.read() as session:
        window_start_ms = session.get_one(Clip, yes).window_start_ms or 0.0
    alter(database, yes, processed_sha256="f" * 64, window_start_ms=window_start_ms - 120)
    before = kept(database)
    result = run("process-again", "--dry-run", "--jobs", "1")
    assert result.stdout == (
        "3 clips\n"
        "      1 are byte for byte what they were\n"
        "      1 changed\n"
        "      1 are unusable, as before\n"
        "1 windows moved, 1 of them by more than 20 ms: median 120 ms, 95 % within 120 ms. The largest:\n"
        "   +120 ms  yes/0a0a0a0a_nohash_0.wav\n"
        "Nothing was changed: this was a dry run.\n"
    )
    assert kept(database) == before


@pytest.mark.slow
def test_clips_become_what_they_would_be_now(run: Run, imported: dict[str, str], database: Database) -> None:
    before = kept(database)
    result = run("process-again", "--word", "yes", "--jobs", "1", SPEECHAPP_CLIP_LEVEL_DBFS="-40")
    assert result.stdout == "1 clips\n      1 changed\n"
    after = kept(database)
    assert after["yes/0a0a0a0a_nohash_0.wav"] != before["yes/0a0a0a0a_nohash_0.wav"]
    assert after["no/0b0b0b0b_nohash_3.wav"] == before["no/0b0b0b0b_nohash_3.wav"]
    assert set(imported) == set(after)


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_a_clip_that_fails_does_not_end_the_run(
    run: Run, imported: dict[str, str], database: Database, options: tuple[str, ...]
) -> None:
    alter(database, imported["no/0b0b0b0b_nohash_3.wav"], raw_key="../no key")  # an error that nobody foresaw
    result = run("process-again", "--jobs", "1", *options)
    assert result.stdout.startswith(
        "3 clips\n"
        "      1 are byte for byte what they were\n"
        "      1 are unusable, as before\n"
        "      1 failed: left as they were, and the log says why\n"
    )
    assert result.exit_code == 1


@pytest.mark.slow
def test_whoever_stopped_it_is_told_how_to_go_on(
    run: Run, imported: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(imported) == 3

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("speechapp.commands.reprocessing._process_all", stop)
    result = run("process-again")
    assert result.exit_code == 1
    assert "Stopped; 3 clips are left. Run it again with --before 2" in result.stdout


def test_with_nothing_to_process_it_says_so(run: Run) -> None:
    assert run("process-again", "--state", "unusable").stdout == "0 clips\n"


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["loudest", "old", "sure", "unsure", "unusable"]),
        (Wanted(state="unusable"), ["unusable"]),
        (Wanted(state="worker_failed"), ["killer"]),
        (Wanted(word="no"), ["unsure"]),
        (Wanted(speaker_id=BEN), ["old"]),
        (Wanted(method="loudest"), ["loudest"]),
        (Wanted(not_method="word"), ["loudest", "old", "unusable"]),
        (Wanted(not_method="loudest"), ["old", "sure", "unsure", "unusable"]),
        (Wanted(below_confidence=0.9), ["loudest", "old", "unsure", "unusable"]),
        (Wanted(before=NOON), ["loudest", "unusable"]),
        (Wanted(state="processed", word="yes", not_method="word"), ["loudest", "old"]),
    ],
)
@on_every_database
def test_the_clips_that_are_meant_are_found(database: Database, wanted: Wanted, expected: list[str]) -> None:
    add_speaker(database)
    add_speaker(database, BEN)
    word = {"state": "processed", "alignment_method": "word", "processed_at": NOON}
    earlier = NOON.replace(hour=11)
    add_clip(database, "sure", utterance=0, alignment_confidence=0.99, **word)
    add_clip(database, "unsure", utterance=0, alignment_confidence=0.5, **{**word, "word": "no"})
    add_clip(database, "loudest", utterance=2, state="processed", alignment_method="loudest", processed_at=earlier)
    add_clip(database, "old", utterance=0, speaker_id=BEN, state="processed", processed_at=NOON)
    add_clip(database, "unusable", utterance=4, state="unusable", unusable_reason="silent")
    add_clip(database, "killer", utterance=8, state="unusable", unusable_reason="worker_failed")
    add_clip(database, "pending", utterance=5)
    add_clip(database, "withdrawn", utterance=6, withdrawn_at=NOON, **word)
    add_clip(database, "redone", utterance=7, replaced_by_id="sure", **word)
    with database.read() as session:
        assert reprocessing.wanted_clips(session, wanted) == expected


def change(name: str, outcome: Outcome = "changed", moved_ms: float | None = None, **more: Any) -> Change:
    return Change(name, name, outcome, moved_ms, **more)


def test_a_report_counts_the_outcomes_and_names_the_largest_moves(capsys: pytest.CaptureFixture[str]) -> None:
    moves = [change(f"clip {n:02}", moved_ms=float(n if n % 2 else -n), is_reviewed_again=n > 98) for n in range(100)]
    others: list[Outcome] = ["rescued", "refused", "busy"]
    print_report([*moves, *(change(outcome, outcome) for outcome in others)], is_dry_run=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:5] == [
        "103 clips",
        "    100 changed",
        "      1 were unusable, and are clips now",
        "      1 would be unusable now: left as they were",
        "      1 were held by a worker, or withdrawn: left alone",
    ]
    assert lines[5] == "99 windows moved, 79 of them by more than 20 ms: median 50 ms, 95 % within 95 ms. The largest:"
    assert lines[6:8] == ["    +99 ms  clip 99", "    -98 ms  clip 98"]
    assert lines[-2:] == ["    -90 ms  clip 90", "1 decided clips went back to review"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--state", "pending"], "Invalid value for '--state'"),
        (["--method", "longest"], "Invalid value for '--method'"),
        (["--below-confidence", "2"], "Invalid value for '--below-confidence'"),
        (["--before", "yesterday"], "Invalid value for '--before'"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, arguments: list[str], complaint: str) -> None:
    result = run("process-again", *arguments)
    assert (result.exit_code, complaint in result.stderr) == (2, True)
