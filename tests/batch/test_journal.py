"""What a folder of clips remembers."""

from pathlib import Path

import pytest

from speechapp.batch.journal import held, is_same, read
from speechapp.batch.result import Clip, Result, Stamp
from speechapp.batch.sources import JOURNAL_NAME
from speechapp.errors import Conflict
from tests.batch.takes import inside

SETTINGS = {"method": "word", "level": None}
CLIP = Clip("word", 0.9, 100.0, 1100.0, 300.0, 800.0, 1500.0, 16_000, "wav")
STAMPS = (Stamp(1, 2, 3, 4), Stamp(5, 6, 7, 8))


def result(output: str, confidence: float = 0.9) -> Result:
    return Result("made", "in.wav", output, clip=CLIP, faults=("hum",), measures={"snr_db": confidence}, stamps=STAMPS)


def test_what_was_added_is_read_again(tmp_path: Path) -> None:
    output = str(tmp_path / "sub" / "да\n.wav")
    with held(str(tmp_path)) as book:
        book.add([result(output)], SETTINGS)
    entry = read(str(tmp_path)).entry(output)
    assert entry
    assert (entry.clip, entry.faults, entry.measures) == (CLIP, ("hum",), {"snr_db": 0.9})
    assert (entry.settings, entry.input_stamp, entry.output_stamp) == (SETTINGS, *STAMPS)


def test_the_last_word_on_a_clip_counts(tmp_path: Path) -> None:
    output = str(tmp_path / "a.wav")
    for confidence in (0.1, 0.2):
        with held(str(tmp_path)) as book:
            book.add([result(output, confidence)], SETTINGS)
    entry = read(str(tmp_path)).entry(output)
    assert entry
    assert entry.measures == {"snr_db": 0.2}


@pytest.mark.parametrize("junk", [b'{"output": "b.wav", "set', b"\xff\xfe\n", b"[]\n", b'"a"\n', b"{}\n", b"null\n"])
def test_a_spoiled_line_is_as_if_it_were_not_there(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / JOURNAL_NAME).write_bytes(junk)
    with held(str(tmp_path)) as book:
        assert book.entries == {}
        book.add([result(str(tmp_path / "a.wav"))], SETTINGS)
    assert [*read(str(tmp_path)).entries] == ["a.wav"]


def test_nothing_is_left_where_nothing_was_done(tmp_path: Path) -> None:
    with held(str(tmp_path)) as book:
        book.add([Result("failed", "in.wav", str(tmp_path / "a.wav"))], SETTINGS)
    assert inside(tmp_path) == []
    assert read(str(tmp_path / "nowhere")).entries == {}


def test_only_one_holds_it(tmp_path: Path) -> None:
    with held(str(tmp_path)), pytest.raises(Conflict) as refusal, held(str(tmp_path)):
        pass
    assert refusal.value.code == "out_in_use"


def test_a_file_is_the_same_by_its_times_or_else_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"123456789")
    status = path.stat()
    crc32 = 0xCBF43926  # of these digits, by everybody's definition
    assert is_same(str(path), status, Stamp(9, status.st_mtime_ns, status.st_ctime_ns, 0))
    assert is_same(str(path), status, Stamp(9, 0, 0, crc32))
    assert not is_same(str(path), status, Stamp(9, 0, 0, 0))
    assert not is_same(str(path), status, Stamp(8, status.st_mtime_ns, status.st_ctime_ns, crc32))
