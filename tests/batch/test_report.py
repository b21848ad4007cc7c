"""The report for people, as a file; tests/e2e/test_align_report.py looks at it in a browser."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from speechapp.batch.report import About, about_aligning, is_ours, page, write
from speechapp.batch.result import Clip, Result
from tests.batch.takes import HALF_A_SECOND

ROOT = Path(__file__).parents[2]
PLACE = Clip("word", 0.9, 100.0, 1100.0, 300.0, 800.0, 1500.0, 16_000, "wav")
MADE = Result("made", "in/yes.wav", "clips/yes.wav", clip=PLACE, picture="AA==", measures={"snr_db": 31.5})
ABOUT = About("align", "Alignment", "in → clips", ["method word"])
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def data_of(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def row_of(result: Result, folder: Path) -> list[Any]:
    row: list[Any] = data_of(page([result], ABOUT, str(folder), NOON))["rows"][0]
    return row


def test_a_recording_is_a_row_with_links_from_the_reports_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path, status, _, take, clip, place, _, measures, picture = row_of(MADE, tmp_path / "reports")
    assert (path, status, take, clip) == ("in/yes.wav", "made", "../in/yes.wav", "../clips/yes.wav")
    data = data_of(page([MADE], ABOUT, str(tmp_path), NOON))
    assert dict(zip(data["clipFields"], place, strict=True)) == vars(PLACE)
    assert dict(zip(data["measureFields"], measures, strict=True))["snr_db"] == 31.5
    assert picture == "AA=="


def test_a_recording_that_failed_has_no_clip_to_hear(tmp_path: Path) -> None:
    row = row_of(Result("failed", "in/bad.mp3", "clips/bad.wav", "undecodable", "It is damaged."), tmp_path)
    assert (row[1], row[2], row[4], row[5]) == ("failed", "It is damaged.", None, None)


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>.wav", "a b#c?d%25.wav", "да\n.wav", "&lt;'\".wav"]
)
def test_a_name_cannot_break_the_page(tmp_path: Path, name: str) -> None:
    html = page([Result("failed", name)], ABOUT, str(tmp_path), NOON)
    row = data_of(html)["rows"][0]
    assert row[0] == name
    assert not set(' #?<\n"') & set(row[3])
    assert html.count("</script>") == 2


def test_places_and_titles_are_data_too(tmp_path: Path) -> None:
    html = page([], About("align", "Alignment", "<b>{{script}}</b>", []), str(tmp_path), NOON)
    assert data_of(html)["places"] == "<b>{{script}}</b>"
    assert "<b>{{" not in html


def test_nothing_is_asked_of_the_network(tmp_path: Path) -> None:
    html = page([MADE], ABOUT, str(tmp_path), NOON)
    assert re.findall(r"https?://[^\"'\s]+", html) == ["http://www.w3.org/2000/svg"]
    assert not re.search(r"<link[^>]+href=\"(?!data:)|<script[^>]+src=|@import|url\(|^import ", html, re.MULTILINE)
    assert "default-src 'none'" in html


def test_it_says_how_it_was_made() -> None:
    about = about_aligning(["a", "b", "c"], "clips", HALF_A_SECOND)
    assert (about.places, about.facts) == ("a and 2 more → clips", ["method loudest", "0.5 s"])
    assert "2026-01-02 12:00 UTC" in data_of(page([], about, "", NOON))["facts"]


def test_its_colours_are_those_of_the_service() -> None:
    ours = ROOT / "speechapp" / "batch" / "page" / "tokens.css"
    assert ours.read_text("utf-8") == (ROOT / "static" / "css" / "tokens.css").read_text("utf-8")


def test_only_our_own_reports_are_ours(tmp_path: Path) -> None:
    for _ in range(2):
        write(str(tmp_path / "report.html"), [MADE], ABOUT)
        assert is_ours(str(tmp_path / "report.html"))
    (tmp_path / "other.html").write_text("<!doctype html><p>Mine")
    assert not is_ours(str(tmp_path / "other.html"))


def test_many_recordings_make_a_small_file(tmp_path: Path) -> None:
    html = page(
        [Result("made", "in/a.wav", "out/a.wav", clip=PLACE, picture="A" * 216)] * 1000, ABOUT, str(tmp_path), NOON
    )
    assert len(html) < 500_000
