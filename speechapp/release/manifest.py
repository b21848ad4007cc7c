"""The table of a release, one row per clip, and how a release directory is read. Needs the standard library only."""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Final

from speechapp.errors import DataError
from speechapp.release.partition import PARTITIONS, UTTERANCE_MARK, Partition, partition_of_speaker, which_partition

MANIFEST_NAME: Final = "manifest.csv"
BACKGROUND_NOISE: Final = "_background_noise_"
LIST_NAMES: Final[Mapping[Partition, str]] = MappingProxyType(
    {"validation": "validation_list.txt", "testing": "testing_list.txt"}
)
MAX_UTTERANCE: Final = 127  # some loaders keep it in a signed byte
MAX_FILE_NAME_CHARS: Final = 100  # what a plain tar header holds

_WORD: Final = re.compile(r"[a-z0-9]+")  # loaders cut at `-`, `_` and `.`, and stumble over anything but ASCII
_SPEAKER: Final = re.compile(r"[0-9a-f]{8}")
_MEASURE: Final = r"-?\d{1,9}(\.\d{1,9})?"
_CODE: Final = re.compile(r"[a-z0-9_]+")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_N_DECIMALS: Final = 2
_CLIP_ENDINGS: Final = (".wav", ".flac")
_ORIGINAL_SPEAKER: Final = re.compile(r"(?:.*_)?([0-9a-f]{8})")  # evaluation sets put the word in front of it


@dataclass(frozen=True)
class ManifestRow:
    """One clip of a release. Levels are in dB relative to full scale; the window may start before the take.

    What stands below `window_start_ms` came later: releases from before have no such columns. It is none where nobody
    looked for the word. The word's extent is in the clip; below 0 or above 1000 a part of the word was cut off.
    """

    file: str  # word/<speaker>_nohash_<utterance>.wav
    word: str
    speaker: str
    utterance: int
    partition: Partition
    sha256: str  # of the WAV file
    peak_dbfs: float
    rms_dbfs: float
    noise_floor_dbfs: float
    snr_db: float
    window_start_ms: float
    word_start_ms: float | None = None
    word_end_ms: float | None = None
    alignment_confidence: float | None = None  # that the clip holds the whole word, 0 to 1
    alignment_method: str | None = None
    faults: tuple[str, ...] = ()


COLUMNS: Final = tuple(field.name for field in fields(ManifestRow))
_N_FIRST_COLUMNS: Final = COLUMNS.index("window_start_ms") + 1
_MEASURES: Final = COLUMNS[COLUMNS.index("sha256") + 1 : _N_FIRST_COLUMNS]
_ALIGNMENT: Final = ("word_start_ms", "word_end_ms", "alignment_confidence")


@dataclass(frozen=True)
class IndexedClip:
    """One clip on disk. The speaker of a file without `_nohash_` in its name is its stem: nobody knows better."""

    path: Path
    word: str
    speaker: str
    partition: Partition


@dataclass(frozen=True)
class ReleaseIndex:
    """What lies in a release directory: clips by word and file name, noise by file name."""

    clips: tuple[IndexedClip, ...]
    background_noise: tuple[Path, ...]


def read_release(directory: Path) -> ReleaseIndex:
    """Index an unpacked release, or any directory of `word/*.wav` (or `.flac`) in the Speech Commands layout.

    The partitions are those of the two lists where at least one of them exists, else those of the SHA-1 rule. Every
    folder but `_background_noise_` is a word, also `_silence_` and `_unknown_` of an evaluation set. Raises DataError
    when there is no clip.
    """
    listed = _listed(directory)
    folders = sorted(path for path in directory.glob("*/") if not path.name.startswith("."))
    words = [folder for folder in folders if folder.name != BACKGROUND_NOISE]
    clips = tuple(_indexed(path, listed) for word in words for path in _sounds(word))
    if not clips:
        raise DataError(
            "empty_release", f"{directory} holds no word/*.wav; give the directory the archive was unpacked into."
        )
    return ReleaseIndex(clips, tuple(_sounds(directory / BACKGROUND_NOISE)))


def archive_name(version: str) -> str:
    return f"speechapp_{version}.tar.gz"


def clip_file_name(word: str, speaker: str, utterance: int) -> str:
    return f"{word}/{speaker}{UTTERANCE_MARK}{utterance}.wav"


def row_problems(row: ManifestRow) -> Iterator[tuple[str, str]]:
    """Give (column, what is wrong and how it must be) for everything a loader would trip over."""
    if not _WORD.fullmatch(row.word):
        yield "word", f"{row.word!r} must be of the letters a to z and digits only"
    if not _SPEAKER.fullmatch(row.speaker):
        yield "speaker", f"{row.speaker!r} must be 8 hex digits"
    if not 0 <= row.utterance <= MAX_UTTERANCE:
        yield "utterance", f"{row.utterance} must lie between 0 and {MAX_UTTERANCE}"
    if row.file != clip_file_name(row.word, row.speaker, row.utterance):
        yield "file", f"{row.file!r} must be {clip_file_name(row.word, row.speaker, row.utterance)!r}"
    if len(row.file) > MAX_FILE_NAME_CHARS:
        yield "file", f"{row.file!r} is longer than {MAX_FILE_NAME_CHARS} characters; choose a shorter word"
    if row.partition != partition_of_speaker(row.speaker):
        yield "partition", f"{row.partition!r} must be {partition_of_speaker(row.speaker)!r}"
    if not _SHA256.fullmatch(row.sha256):
        yield "sha256", f"{row.sha256!r} must be 64 hex digits"
    for column in (*_MEASURES, *_ALIGNMENT):
        value = getattr(row, column)
        if value is not None and not math.isfinite(value):
            yield column, "must be a finite number"
    yield from _alignment_problems(row)


def _alignment_problems(row: ManifestRow) -> Iterator[tuple[str, str]]:
    if (row.word_start_ms is None) != (row.word_end_ms is None):
        yield "word_end_ms", "must be there where word_start_ms is, and only there"
    if row.alignment_confidence is not None and not 0 <= row.alignment_confidence <= 1:
        yield "alignment_confidence", f"{row.alignment_confidence} must lie between 0 and 1"
    for column, codes in (("alignment_method", (row.alignment_method or "none",)), ("faults", row.faults)):
        if not all(_CODE.fullmatch(code) for code in codes):
            yield column, "must be of small letters, digits and _ only"


def write_manifest(rows: Iterable[ManifestRow]) -> bytes:
    """The table as UTF-8 CSV with a header and `\\n`, in the order given; measures are rounded to two decimals."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(value) for value in astuple(row)] for row in rows)
    return text.getvalue().encode()


def parse_manifest(data: bytes) -> list[ManifestRow]:
    """Read the table again, that of an older release too; raises DataError that names the first thing wrong."""
    try:
        table = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        header = next(table, [])
        if tuple(header) not in (COLUMNS, COLUMNS[:_N_FIRST_COLUMNS]):
            raise DataError("bad_manifest", f"line 1: the columns must be {','.join(COLUMNS)}, not {','.join(header)}.")
        rows = [_parse_row(header, cells, table.line_num) for cells in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError("bad_manifest", f"The manifest is not UTF-8 CSV ({error}); download it again.") from error
    _refuse_repeats(rows)
    return rows


def write_list(rows: Iterable[ManifestRow], partition: Partition) -> bytes:
    """`validation_list.txt` or `testing_list.txt`: the files of one partition, sorted, one per line, nothing else."""
    return "".join(f"{name}\n" for name in sorted(row.file for row in rows if row.partition == partition)).encode()


def count_by_word(rows: Iterable[ManifestRow]) -> dict[str, dict[Partition, int]]:
    """Number of clips per word and partition, words in alphabetical order, every partition there."""
    counts: dict[str, dict[Partition, int]] = {}
    for row in rows:
        counts.setdefault(row.word, dict.fromkeys(PARTITIONS, 0))[row.partition] += 1
    return dict(sorted(counts.items()))


def _listed(directory: Path) -> dict[str, Partition] | None:
    """Partition of each file in the lists, None without any. A stray `./` or line end must not leak a test clip."""
    listed: dict[str, Partition] = {}
    paths = {partition: directory / name for partition, name in LIST_NAMES.items() if (directory / name).is_file()}
    for partition, path in paths.items():
        for line in path.read_text(encoding="utf-8").splitlines():
            listed[_list_name(line.strip().removeprefix("./"))] = partition
    return listed if paths else None


def _list_name(name: str) -> str:
    """The name a list gives a clip, whatever its file ends in."""
    return f"{name.rpartition('.')[0]}.wav"


def _sounds(folder: Path) -> list[Path]:
    files = folder.iterdir() if folder.is_dir() else ()
    return sorted(path for path in files if path.suffix.lower() in _CLIP_ENDINGS and not path.name.startswith("."))


def _indexed(path: Path, listed: Mapping[str, Partition] | None) -> IndexedClip:
    name = _list_name(f"{path.parent.name}/{path.name}")
    speaker = _speaker_of(path)
    by_rule = partition_of_speaker(speaker) if UTTERANCE_MARK in path.name else which_partition(name)
    return IndexedClip(path, path.parent.name, speaker, by_rule if listed is None else listed.get(name, "training"))


def _speaker_of(path: Path) -> str:
    stem, mark, _ = path.stem.partition(UTTERANCE_MARK)
    original = _ORIGINAL_SPEAKER.fullmatch(stem) if mark else None
    return original[1] if original else stem


def _cell(value: object) -> object:
    """`+ 0.0` because a level that rounds to zero from below must not read `-0.00`."""
    if isinstance(value, tuple):
        return " ".join(value)
    return f"{round(value, _N_DECIMALS) + 0.0:.{_N_DECIMALS}f}" if isinstance(value, float) else value


def _parse_row(header: Sequence[str], cells: Sequence[str], line: int) -> ManifestRow:
    if len(cells) != len(header):
        raise DataError("bad_manifest", f"line {line}: {len(cells)} columns, but there must be {len(header)}.")
    values = dict.fromkeys(COLUMNS, "") | dict(zip(header, cells, strict=True))
    row = ManifestRow(
        file=values["file"],
        word=values["word"],
        speaker=values["speaker"],
        utterance=int(_number(values, "utterance", line, r"\d{1,9}")),
        partition=_partition(values, line),
        sha256=values["sha256"],
        alignment_method=values["alignment_method"] or None,
        faults=tuple(values["faults"].split()),
        **{column: float(_number(values, column, line, _MEASURE)) for column in _MEASURES},
        **{column: float(_number(values, column, line, _MEASURE)) for column in _ALIGNMENT if values[column]},
    )
    for column, problem in row_problems(row):
        raise _bad(line, column, problem)
    return row


def _number(values: dict[str, str], column: str, line: int, pattern: str) -> str:
    if not re.fullmatch(pattern, values[column], re.ASCII):
        raise _bad(line, column, f"{values[column]!r} must be a plain number")
    return values[column]


def _partition(values: dict[str, str], line: int) -> Partition:
    for partition in PARTITIONS:
        if values["partition"] == partition:
            return partition
    raise _bad(line, "partition", f"{values['partition']!r} must be one of {', '.join(PARTITIONS)}")


def _refuse_repeats(rows: Sequence[ManifestRow]) -> None:
    seen: set[str] = set()
    for line, row in enumerate(rows, start=2):
        if row.file in seen:
            raise _bad(line, "file", f"{row.file!r} is there twice; every clip must have one row")
        seen.add(row.file)


def _bad(line: int, column: str, problem: str) -> DataError:
    return DataError("bad_manifest", f"line {line}, column {column}: {problem}.")
