"""Which clips a release is made of, and what can be said about it before it is cut."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from speechapp import details
from speechapp.errors import Sentence
from speechapp.models import Clip, Speaker
from speechapp.release.language import of_one_language
from speechapp.release.manifest import ManifestRow, clip_file_name, count_by_word, row_problems
from speechapp.release.partition import PARTITIONS, Partition, partition_of_speaker
from speechapp.release.room_noise import SelectedNoise, noise_bytes, select_noises

MAX_CLIPS: Final = 1_000_000  # some loaders look names up in a list, and crawl beyond this

_NOISE_BYTES: Final = 5_600_000  # of the archive; noise does not compress
_BYTES_PER_CLIP: Final = 23_400  # the mean over 33,554 clips of real speech
_MEASURES: Final = ("peak_dbfs", "rms_dbfs", "noise_floor_dbfs", "snr_db", "window_start_ms")
_NEEDED: Final = ("processed_key", "processed_sha256", *_MEASURES)
_ALIGNMENT: Final = ("word_start_ms", "word_end_ms", "alignment_confidence", "alignment_method", "faults")
_COLUMNS: Final = ("id", "language", "word", "speaker_id", "utterance", "segment_key", *_NEEDED, *_ALIGNMENT)


@dataclass(frozen=True)
class SelectedClip:
    """One clip as it goes into a release, and where its bytes lie."""

    id: str
    row: ManifestRow
    origin: str  # of its speaker: recorder, import or demo
    processed_key: str
    segment_key: str | None


@dataclass(frozen=True)
class Selection:
    """The clips in the order of the archive, and what must be put right before they can be released."""

    clips: tuple[SelectedClip, ...]
    problems: tuple[str, ...]
    language: str | None  # none: nobody said
    n_by_language: Mapping[str, int]  # also of the clips that are not selected
    warnings: tuple[str, ...]
    told: Mapping[str, Mapping[str, int]]  # detail to answer to how many of these speakers gave it
    noises: tuple[SelectedNoise, ...] = ()  # of rooms, whatever the language

    @property
    def rows(self) -> list[ManifestRow]:
        return [clip.row for clip in self.clips]

    @property
    def speakers_by_origin(self) -> dict[str, int]:
        origins = {clip.row.speaker: clip.origin for clip in self.clips}
        return dict(sorted(Counter(origins.values()).items()))


@dataclass(frozen=True)
class ReleasePlan:
    """What a release would be if it were cut now. Problems forbid it, warnings do not."""

    n_clips: int
    n_speakers: int
    counts: dict[str, dict[Partition, int]]  # word -> partition -> number of clips
    languages: tuple[str, ...]  # that a release could be of
    warnings: tuple[str, ...]
    problems: tuple[str, ...]
    estimated_bytes: int
    n_noises: int = 0  # of rooms

    @property
    def n_words(self) -> int:
        return len(self.counts)


def releasable() -> tuple[ColumnElement[bool], ...]:
    """What a clip must be: processed, accepted, and neither withdrawn nor redone."""
    return (
        Clip.state == "processed",
        Clip.decision == "accept",
        Clip.withdrawn_at.is_(None),
        Clip.replaced_by_id.is_(None),
        Speaker.withdrawn_at.is_(None),
    )


def select_clips(session: Session, language: str | None = None) -> Selection:
    """Every releasable clip of one language by file name, whatever order the database has them in."""
    columns: list[Any] = [Speaker.origin, *(getattr(Clip, name) for name in _COLUMNS)]
    found: Sequence[Any] = session.execute(select(*columns).join_from(Clip, Speaker).where(*releasable())).all()
    spoken = of_one_language(found, language)
    clips, problems = [], [*spoken.problems]
    for record in spoken.records:
        missing = [name for name in _NEEDED if getattr(record, name) is None]
        if missing:
            problems.append(f"{_file_name(record)}: has no {', '.join(missing)}; have it processed again.")
            continue
        clips.append(_selected(record))
        problems += [f"{clips[-1].row.file}: {column} {problem}." for column, problem in row_problems(clips[-1].row)]
    clips.sort(key=lambda clip: clip.row.file)
    return Selection(
        tuple(clips),
        tuple(sorted(problems)) if found else (Sentence("No clip has been accepted yet; review some."),),
        spoken.language,
        spoken.n_clips,
        spoken.warnings,
        details.tally(session, {clip.row.speaker for clip in clips}),
        select_noises(session, {clip.origin for clip in clips}),
    )


def plan(session: Session, language: str | None = None) -> ReleasePlan:
    """The dry run: reads the database, changes nothing."""
    selection = select_clips(session, language)
    rows = selection.rows
    return ReleasePlan(
        n_clips=len(rows),
        n_speakers=len({row.speaker for row in rows}),
        counts=count_by_word(rows),
        languages=tuple(selection.n_by_language),
        warnings=(*selection.warnings, *_warnings(rows)),
        problems=selection.problems,
        estimated_bytes=_NOISE_BYTES + _BYTES_PER_CLIP * len(rows) + sum(map(noise_bytes, selection.noises)),
        n_noises=len(selection.noises),
    )


def _file_name(record: Any) -> str:
    return clip_file_name(record.word, record.speaker_id, record.utterance)


def _selected(record: Any) -> SelectedClip:
    row = ManifestRow(
        file=_file_name(record),
        word=record.word,
        speaker=record.speaker_id,
        utterance=record.utterance,
        partition=partition_of_speaker(record.speaker_id),
        sha256=record.processed_sha256,
        word_start_ms=_in_clip(record, record.word_start_ms),
        word_end_ms=_in_clip(record, record.word_end_ms),
        alignment_confidence=record.alignment_confidence,
        alignment_method=record.alignment_method,
        faults=tuple(record.faults),
        **{name: getattr(record, name) for name in _MEASURES},
    )
    return SelectedClip(record.id, row, record.origin, record.processed_key, record.segment_key)


def _in_clip(record: Any, take_ms: float | None) -> float | None:
    """From a time in the take to one in the clip."""
    return None if take_ms is None else take_ms - float(record.window_start_ms)


def _warnings(rows: Sequence[ManifestRow]) -> list[Sentence]:
    warnings = []
    counts = count_by_word(rows)
    for partition in PARTITIONS if rows else ():
        without = [word for word, by_partition in counts.items() if not by_partition[partition]]
        if len(without) == len(counts):
            warnings.append(_empty(partition))
        elif without:
            warnings.append(
                Sentence("No %(partition)s clips of: %(words)s.", partition=partition, words=", ".join(without))
            )
    if len(rows) > MAX_CLIPS:
        warnings.append(
            Sentence("%(n)d clips: with more than %(most)d some loaders take hours.", n=len(rows), most=MAX_CLIPS)
        )
    return warnings


def _empty(partition: Partition) -> Sentence:
    return Sentence(
        "The %(partition)s partition is empty: too few speakers yet. More of them will fill it.", partition=partition
    )
