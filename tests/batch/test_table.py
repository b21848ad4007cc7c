"""The machine-readable report."""

import csv
import json
import os
from pathlib import Path

import pytest

from speechapp.batch.result import Clip, Result
from speechapp.batch.table import columns, format_of, is_ours, write
from speechapp.errors import InvalidInput

MADE = Result(
    "made",
    'a, "b"\nc.wav',
    "clips/да.wav",
    clip=Clip("word", 0.9, -100.0, 900.0, None, None, 800.0, 16_000, "wav"),
    faults=("clipped", "hum"),
    measures={"snr_db": 31.5, "take_ms": 800.1},
)
FAILED = Result("failed", "bad.mp3", None, "undecodable", "It is damaged; record it again.")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_for_every_recording(tmp_path: Path) -> None:
    write(str(tmp_path / "t.csv"), [MADE, FAILED], with_measures=False)
    made, failed = rows(tmp_path / "t.csv")
    assert made == {
        "status": "made",
        "input": 'a, "b"\nc.wav',
        "output": "clips/да.wav",
        "reason": "",
        "message": "",
        "method": "word",
        "confidence": "0.9",
        "window_start_ms": "-100.0",
        "window_stop_ms": "900.0",
        "word_start_ms": "",
        "word_stop_ms": "",
        "take_ms": "800.0",
        "source_rate_hz": "16000",
        "container": "wav",
    }
    assert (failed["reason"], failed["message"]) == ("undecodable", "It is damaged; record it again.")
    assert failed["confidence"] == ""


def test_measures_add_their_columns_once(tmp_path: Path) -> None:
    write(str(tmp_path / "t.csv"), [MADE, FAILED], with_measures=True)
    made, failed = rows(tmp_path / "t.csv")
    assert (made["faults"], made["snr_db"], made["take_ms"]) == ("clipped;hum", "31.5", "800.0")
    assert (failed["faults"], failed["snr_db"]) == ("", "")
    assert len(set(columns(with_measures=True))) == len(columns(with_measures=True))


def test_lines_of_json_know_numbers_and_nothing(tmp_path: Path) -> None:
    write(str(tmp_path / "t.jsonl"), [MADE, FAILED], with_measures=True)
    made, failed = (json.loads(line) for line in (tmp_path / "t.jsonl").read_text("utf-8").splitlines())
    assert (made["faults"], made["snr_db"], made["word_start_ms"]) == (["clipped", "hum"], 31.5, None)
    assert (failed["faults"], failed["snr_db"], failed["output"]) == ([], None, None)
    assert [*made] == [*columns(with_measures=True)]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl"])
def test_a_name_that_is_no_utf_8_spoils_nothing(tmp_path: Path, name: str) -> None:
    write(str(tmp_path / name), [Result("failed", os.fsdecode(b"caf\xe9.wav"))], with_measures=False)
    assert (b"caf\xe9.wav" if name == "t.csv" else b"caf\\udce9.wav") in (tmp_path / name).read_bytes()


def test_only_our_own_tables_are_ours(tmp_path: Path) -> None:
    for name in ("t.csv", "t.jsonl", "t.csv"):
        write(str(tmp_path / name), [MADE], with_measures=False)
        assert is_ours(str(tmp_path / name))
    (tmp_path / "other.csv").write_text("status,name\n")
    assert not is_ours(str(tmp_path / "other.csv"))


def test_the_suffix_tells_the_format() -> None:
    assert [format_of(name) for name in ("a.CSV", "b.jsonl", "c.ndjson", "-")] == ["csv", "jsonl", "jsonl", "csv"]
    with pytest.raises(InvalidInput, match=r"must end in \.csv or \.jsonl"):
        format_of("table.xlsx")
