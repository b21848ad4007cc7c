"""Imports: recordings that exist already become clips, with the ids and numbers they came with."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from speechapp import clips, speakers
from speechapp.audio.format import sniff_container
from speechapp.db import Database
from speechapp.errors import Conflict, InvalidInput, SpeechappError
from speechapp.models import Clip
from speechapp.prompts import WORD
from speechapp.storage.contract import Storage

AUDIO_SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".opus", ".oga", ".webm", ".mp4", ".m4a", ".mp3"})
MAX_FILE_BYTES = 32 * 1024 * 1024  # ten seconds of eight channels at 192 kHz
PartitionOf = Callable[[str], str]
NOHASH_NAME = re.compile(r"(?P<speaker>[0-9a-f]{8})_nohash_(?P<utterance>\d{1,3})")


@dataclass(frozen=True)
class Recording:
    """A file to import: its word is the name of its folder."""

    path: Path
    word: str
    speaker_id: str
    utterance: int | None  # None: the next free one


@dataclass(frozen=True)
class Refusal:
    """A file that was not imported, and why."""

    path: Path
    code: str
    message: str


@dataclass(frozen=True)
class Added:
    """The clip of a recording that was registered now, or before."""

    clip_id: str
    is_new: bool


@dataclass(frozen=True)
class Registered:
    """What became of a batch: the ids of its clips, how many of them were there already, and the refusals."""

    clip_ids: tuple[str, ...]
    n_known: int
    refusals: tuple[Refusal, ...]


def scan(
    directory: Path, *, speaker_from_name: bool, speaker_label: str | None = None
) -> Iterator[Recording | Refusal]:
    """Every file in the word folders of a directory, in order; folders whose name begins with _ hold no words."""
    for folder in sorted(path for path in directory.iterdir() if path.is_dir() and path.name[0] not in "._"):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield _recording(
                    path, folder.name.lower(), speaker_from_name, speaker_label or directory.resolve().name
                )


def register(
    database: Database,
    storage: Storage,
    recordings: Iterable[Recording],
    now: datetime,
    lease_s: int,
    partition_of: PartitionOf,
    language: str | None = None,
) -> Registered:
    """Store the raw bytes of a batch and commit its rows together; what is there already is left as it is.

    Only where nobody told the language of a clip that is there already, it is told now.
    """
    loaded, refusals = [], []
    for recording in recordings:
        try:
            loaded.append(_load(storage, recording, now + timedelta(seconds=lease_s)))
        except (SpeechappError, OSError) as error:
            refusals.append(_refusal(recording.path, error))
    loaded.sort(key=lambda pair: pair[0].speaker_id)  # everybody holds speakers in one order, so none wait in a circle
    with database.write() as session:
        outcomes = [_add(session, recording, clip, now, partition_of, language) for recording, clip in loaded]
    added = [outcome for outcome in outcomes if isinstance(outcome, Added)]
    return Registered(
        clip_ids=tuple(dict.fromkeys(outcome.clip_id for outcome in added)),
        n_known=sum(not outcome.is_new for outcome in added),
        refusals=(*refusals, *(outcome for outcome in outcomes if isinstance(outcome, Refusal))),
    )


def speaker_of_label(label: str) -> str:
    """A stable speaker id for a name that is not one: the first 8 hex digits of its SHA-256."""
    return hashlib.sha256(label.encode()).hexdigest()[:8]


def batches(recordings: Sequence[Recording], n: int) -> list[Sequence[Recording]]:
    return [recordings[start : start + n] for start in range(0, len(recordings), n)]


def _recording(path: Path, word: str, speaker_from_name: bool, speaker_label: str) -> Recording | Refusal:
    if path.suffix.lower() not in AUDIO_SUFFIXES:
        return Refusal(path, "not_audio", f"{path.suffix or 'no ending'} is not the ending of an audio file we know")
    if not WORD.fullmatch(word):
        return Refusal(
            path, "word_invalid", f"the folder “{word}” is not a word of a-z and 0-9, beginning with a letter"
        )
    if not speaker_from_name:
        return Recording(path, word, speaker_of_label(speaker_label), None)
    named = NOHASH_NAME.fullmatch(path.stem)
    if named and int(named["utterance"]) < clips.MAX_UTTERANCES:
        return Recording(path, word, named["speaker"], int(named["utterance"]))
    label = path.stem.partition("_nohash_")[0] if "_nohash_" in path.stem else path.stem.partition("_")[0]
    return Recording(path, word, label if re.fullmatch(r"[0-9a-f]{8}", label) else speaker_of_label(label), None)


def _load(storage: Storage, recording: Recording, lease_until: datetime) -> tuple[Recording, Clip]:
    """The recording's raw bytes in storage, and its row without the utterance number."""
    if recording.path.stat().st_size > MAX_FILE_BYTES:
        raise InvalidInput("file_too_large", f"larger than {MAX_FILE_BYTES} bytes")
    raw = recording.path.read_bytes()
    container = sniff_container(raw[:64])
    if container is None:
        raise InvalidInput("container_unknown", "its first bytes are not those of an audio file we know")
    sha256 = hashlib.sha256(raw).hexdigest()
    clip = Clip(
        id=hashlib.sha256(f"{recording.word}/{recording.path.name}:{sha256}".encode()).hexdigest()[:32],
        speaker_id=recording.speaker_id,
        word=recording.word,
        created_at=lease_until,
        raw_key=clips.keep_raw(storage, raw, sha256, container),
        raw_sha256=sha256,
        raw_bytes=len(raw),
        settings={"imported_from": f"{recording.path.parent.name}/{recording.path.name}"},
        state="pending",
        lease_until=lease_until,
    )
    return recording, clip


def _add(
    session: Session,
    recording: Recording,
    clip: Clip,
    now: datetime,
    partition_of: PartitionOf,
    language: str | None,
) -> Added | Refusal:
    """The clip once its row stands, or why it cannot."""
    speaker = speakers.imported(session, recording.speaker_id, now=now, partition_of=partition_of)
    known = session.get(Clip, clip.id)
    if known is not None:
        known.language = known.language or language
        return Added(clip.id, is_new=False)
    try:
        if speaker.withdrawn_at:
            raise Conflict("speaker_withdrawn", f"speaker {speaker.id} has withdrawn all recordings")
        clip.utterance = _free_utterance(session, recording)
    except SpeechappError as error:
        return _refusal(recording.path, error)
    clip.created_at, clip.language = now, language
    session.add(clip)
    session.flush()
    return Added(clip.id, is_new=True)


def _free_utterance(session: Session, recording: Recording) -> int:
    """The number in the file's name where it is free, else the next one."""
    own = (Clip.speaker_id == recording.speaker_id, Clip.word == recording.word)
    if recording.utterance is not None:
        taken = session.scalar(select(Clip.id).where(*own, Clip.utterance == recording.utterance))
        if taken is None:
            return recording.utterance
    return clips.next_utterance(session, recording.speaker_id, recording.word)


def _refusal(path: Path, error: SpeechappError | OSError) -> Refusal:
    if isinstance(error, SpeechappError):
        return Refusal(path, error.code, error.message)
    return Refusal(path, "unreadable", f"cannot be read: {error.strerror}")
