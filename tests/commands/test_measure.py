"""`speechapp measure` on the command line."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from speechapp.batch import measuring
from speechapp.cli import speechapp
from tests.batch.takes import take, tree
from tests.sounds import wav


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A good recording and one that is clipped, in a folder in which one stands."""
    (tmp_path / "takes").mkdir()
    (tmp_path / "takes" / "good.wav").write_bytes(take())
    samples = np.frombuffer(take()[44:], "<i2") / 32768
    (tmp_path / "takes" / "loud.wav").write_bytes(wav(np.clip(20 * samples, -1, 1), 16_000))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def measure(*arguments: str) -> Result:
    return CliRunner().invoke(speechapp, ["measure", "--jobs", "1", *arguments], catch_exceptions=False)


def test_the_terminal_shows_faults_and_levels(here: Path) -> None:
    result = measure("takes")
    assert result.exit_code == 0  # a fault is no failure
    assert "2 measured" in result.stdout
    assert "clipped" in result.stdout
    assert "snr_db" in result.stdout
    assert tree(here) == ["takes/good.wav", "takes/loud.wav"]


def test_a_table_and_a_report_are_written_where_asked(here: Path) -> None:
    result = measure("takes", "--table", "m.jsonl", "--report", "r.html")
    assert result.stderr.endswith("Wrote m.jsonl\nWrote r.html\n")
    rows = [json.loads(line) for line in (here / "m.jsonl").read_text().splitlines()]
    assert [row["input"] for row in rows] == ["takes/good.wav", "takes/loud.wav"]
    assert "clipped" in rows[1]["faults"]


def test_the_table_can_be_piped_and_stands_alone() -> None:
    result = measure("takes", "--table", "-")
    rows = list(csv.DictReader(result.stdout.splitlines()))
    assert [row["status"] for row in rows] == ["measured", "measured"]
    assert "2 measured" in result.stderr


def test_only_faulty_ones_may_be_listed() -> None:
    rows = list(csv.DictReader(measure("takes", "--faults-only", "--table", "-").stdout.splitlines()))
    assert "takes/loud.wav" in {row["input"] for row in rows}
    assert all(row["faults"] for row in rows)


def test_a_recording_that_failed_is_named(here: Path) -> None:
    (here / "takes" / "bad.wav").write_bytes(b"no sound")
    result = measure("takes")
    assert result.exit_code == 1
    assert "failed  takes/bad.wav: " in result.stderr


def test_what_is_not_there_has_status_2() -> None:
    result = measure("nowhere")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("speechapp: There is no file or folder “nowhere”")


def test_ctrl_c_has_status_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def press(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(measuring, "read", press)
    assert measure("takes").exit_code == 130


def test_the_help_teaches_by_examples() -> None:
    assert "\n    speechapp measure recordings --faults-only --table - | column -ts,\n" in measure("--help").output
