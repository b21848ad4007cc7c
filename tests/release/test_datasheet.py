"""The texts of a release say what is in it."""

from dataclasses import replace

import pytest

from speechapp.release.datasheet import datasheet, licence
from speechapp.release.manifest import ManifestRow, clip_file_name
from speechapp.release.partition import partition_of_speaker


@pytest.fixture
def rows() -> list[ManifestRow]:
    said = [("bb05582b", "no"), ("00176480", "no"), ("00176480", "yes")]
    return [
        ManifestRow(
            clip_file_name(word, speaker, 0),
            word,
            speaker,
            0,
            partition_of_speaker(speaker),
            "0" * 64,
            -3,
            -20,
            -60,
            40,
            0,
        )
        for speaker, word in said
    ]


def test_the_datasheet_counts_clips_words_and_speakers(rows: list[ManifestRow]) -> None:
    text = datasheet("1.2", rows, {"recorder": 2}, {}).decode()
    assert "# Speechapp 1.2\n\n3 clips of 2 spoken words by 2 speakers." in text
    assert (
        "| word | training | validation | testing | all |\n"
        "| --- | ---: | ---: | ---: | ---: |\n"
        "| no | 1 | 0 | 1 | 2 |\n"
        "| yes | 1 | 0 | 0 | 1 |\n"
        "| **all** | 2 | 0 | 1 | 3 |\n"
    ) in text
    assert "- 2: volunteers who recorded in the browser\n" in text


def test_synthetic_voices_are_declared(rows: list[ManifestRow]) -> None:
    assert b"- 2: synthetic voices of a demonstration: no people" in datasheet("1", rows, {"demo": 2}, {})


def test_what_speakers_told_stands_in_it_as_counts(rows: list[ManifestRow]) -> None:
    text = datasheet("1", rows, {"recorder": 2}, {"gender": {"female": 7}}).decode()
    assert "## What speakers told of themselves\n" in text
    assert "| gender | female | 5 |\n" in text


def test_it_tells_which_second_of_a_recording_was_kept(rows: list[ManifestRow]) -> None:
    found = [replace(row, alignment_method="word") for row in rows]

    def told(rows: list[ManifestRow]) -> str:
        return datasheet("1", rows, {}, {}).decode().partition("\n2. ")[2].partition("\n3. ")[0]

    assert told(found).startswith("The second around the word is kept. Where the word lies")
    assert told(rows).startswith("The loudest second (the largest sum of absolute sample values) is kept. A shorter")
    assert told([*found[:2], rows[2]]).startswith("In 2 clips the second around the word is kept.")
    assert "In 1 clips the loudest second" in told([*found[:2], rows[2]])


def test_faults_of_accepted_clips_are_counted(rows: list[ManifestRow]) -> None:
    faulty = [replace(rows[0], faults=("hum", "clipped")), replace(rows[1], faults=("hum",)), rows[2]]
    text = datasheet("1", faulty, {}, {}).decode()
    assert (
        "found faults in 2 of the clips, accepted all the same; the manifest names them: `hum` 2, `clipped` 1." in text
    )
    assert "found faults" not in datasheet("1", rows, {}, {}).decode()


def test_equal_rows_give_equal_bytes_and_no_gap_is_left(rows: list[ManifestRow]) -> None:
    text = datasheet("1", rows, {"recorder": 2}, {})
    assert text == datasheet("1", rows, {"recorder": 2}, {})
    assert b"$" not in text


def test_the_licence_says_how_to_credit_and_holds_the_legal_code() -> None:
    text = licence("1.2").decode()
    assert text.startswith("Speechapp 1.2 is licensed under the Creative Commons Attribution 4.0 International licence")
    assert '"Speechapp 1.2, spoken words by the volunteers of Speechapp, CC BY 4.0' in text
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in text
    assert "Section 8 -- Interpretation." in text
