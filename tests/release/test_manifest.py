"""The manifest as a file; how a directory is read stands in test_release_directory.py."""

from dataclasses import replace

import pytest

from speechapp.errors import DataError
from speechapp.release.manifest import ManifestRow, count_by_word, parse_manifest, write_list, write_manifest

ROW = ManifestRow(
    file="yes/bb05582b_nohash_3.wav",
    word="yes",
    speaker="bb05582b",
    utterance=3,
    partition="testing",
    sha256="ab" * 32,
    peak_dbfs=-3.25,
    rms_dbfs=-20.0,
    noise_floor_dbfs=-61.5,
    snr_db=41.0,
    window_start_ms=-120.75,
    word_start_ms=180.5,
    word_end_ms=790.0,
    alignment_confidence=0.98,
    alignment_method="word",
    faults=("clipped", "too_noisy"),
)
OTHER = replace(ROW, file="no/00176480_nohash_0.wav", word="no", speaker="00176480", utterance=0, partition="training")


def test_the_table_is_plain_csv() -> None:
    assert write_manifest([ROW]).decode() == (
        "file,word,speaker,utterance,partition,sha256,peak_dbfs,rms_dbfs,noise_floor_dbfs,snr_db,window_start_ms,"
        "word_start_ms,word_end_ms,alignment_confidence,alignment_method,faults\n"
        f"yes/bb05582b_nohash_3.wav,yes,bb05582b,3,testing,{'ab' * 32},-3.25,-20.00,-61.50,41.00,-120.75,"
        "180.50,790.00,0.98,word,clipped too_noisy\n"
    )


def test_a_clip_whose_word_nobody_looked_for_has_empty_cells() -> None:
    row = replace(
        ROW, word_start_ms=None, word_end_ms=None, alignment_confidence=None, alignment_method=None, faults=()
    )
    written = write_manifest([row])
    assert written.decode().endswith(",-120.75,,,,,\n")
    assert parse_manifest(written) == [row]


def test_the_table_of_a_release_from_before_words_were_found_is_read() -> None:
    older = (
        "file,word,speaker,utterance,partition,sha256,peak_dbfs,rms_dbfs,noise_floor_dbfs,snr_db,window_start_ms\n"
        f"yes/bb05582b_nohash_3.wav,yes,bb05582b,3,testing,{'ab' * 32},-3.25,-20.00,-61.50,41.00,-120.75\n"
    )
    [row] = parse_manifest(older.encode())
    assert (row.file, row.window_start_ms) == ("yes/bb05582b_nohash_3.wav", -120.75)
    assert (row.word_start_ms, row.word_end_ms, row.alignment_confidence) == (None, None, None)
    assert (row.alignment_method, row.faults) == (None, ())


def test_what_is_written_is_read_again() -> None:
    assert parse_manifest(write_manifest([ROW, OTHER])) == [ROW, OTHER]


def test_measures_are_rounded_and_no_zero_is_negative() -> None:
    assert write_manifest([replace(ROW, peak_dbfs=-0.001, rms_dbfs=-20.006)]).decode().count(",-0.00,-20.01,") == 0
    assert ",0.00,-20.01," in write_manifest([replace(ROW, peak_dbfs=-0.001, rms_dbfs=-20.006)]).decode()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("testing", "training", "line 2, column partition: 'training' must be 'testing'"),
        ("testing", "test", "line 2, column partition: 'test' must be one of training, validation, testing"),
        (",yes,", ",no,", "line 2, column file"),
        (",yes,", ",yés,", "line 2, column word"),
        (",bb05582b,", ",BB05582B,", "line 2, column speaker"),
        (",3,", ",128,", "line 2, column utterance: 128 must lie between 0 and 127"),
        (",3,", ",-1,", "line 2, column utterance: '-1' must be a plain number"),
        ("abab", "abax", "line 2, column sha256"),
        ("-20.00", "nan", "line 2, column rms_dbfs: 'nan' must be a plain number"),
        (",-120.75", "", "line 2: 15 columns, but there must be 16"),
        (",790.00,", ",,", "line 2, column word_end_ms: must be there where word_start_ms is"),
        (",0.98,", ",1.01,", "line 2, column alignment_confidence: 1.01 must lie between 0 and 1"),
        (",word,c", ",Word,c", "line 2, column alignment_method"),
        ("too_noisy", "too-noisy", "line 2, column faults"),
        ("snr_db", "snr", "line 1: the columns must be file,word"),
    ],
)
def test_a_bad_cell_is_named_with_its_line_and_column(old: str, new: str, complaint: str) -> None:
    broken = write_manifest([ROW]).decode().replace(old, new)
    with pytest.raises(DataError, match=complaint):
        parse_manifest(broken.encode())


def test_a_clip_must_not_have_two_rows() -> None:
    with pytest.raises(DataError, match=r"line 3, column file: .* is there twice"):
        parse_manifest(write_manifest([ROW, ROW]))


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b'file,"unclosed'])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(DataError):
        parse_manifest(data)


def test_a_list_holds_the_files_of_its_partition_in_order() -> None:
    earlier = replace(ROW, file="no/bb05582b_nohash_0.wav")
    assert write_list([ROW, OTHER, earlier], "testing") == b"no/bb05582b_nohash_0.wav\nyes/bb05582b_nohash_3.wav\n"
    assert write_list([ROW, OTHER], "validation") == b""


def test_clips_are_counted_by_word_and_partition() -> None:
    assert count_by_word([ROW, OTHER, OTHER]) == {
        "no": {"training": 2, "validation": 0, "testing": 0},
        "yes": {"training": 0, "validation": 0, "testing": 1},
    }
