"""Clips: from an upload to a row that the worker will find, whatever happens in between."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from speechapp import speakers, visits
from speechapp.audio.format import MEDIA_TYPES, sniff_container
from speechapp.db import Database
from speechapp.errors import Conflict, InvalidInput, NotFound, SpeechappError, TooLarge
from speechapp.models import Clip, RoomNoise, Speaker, Visit
from speechapp.storage.contract import Storage

MAX_CLIP_BYTES = 2 * 1024 * 1024
MAX_UTTERANCES = 128  # per speaker and word; some readers keep the number in a signed byte


@dataclass(frozen=True)
class Upload:
    """What a volunteer's browser says about one clip; the claims about the bytes are checked against the bytes."""

    clip_id: str
    visit_id: str
    position: int
    word: str
    n_bytes: int
    sha256: str
    replaces: str | None = None
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """The clip of an upload, and whether this upload made it or repeated it."""

    clip: Clip
    is_new: bool


def receive(
    database: Database, storage: Storage, token: str | None, upload: Upload, audio: bytes, now: datetime, lease_s: int
) -> Received:
    """Keep the raw bytes, then commit one row. Sending the same upload again changes nothing and is answered alike."""
    container = checked_container(upload.n_bytes, upload.sha256, audio)
    with database.read() as session:
        repeated = _repeated(session, speakers.known_by(session, token), upload)
    if repeated:
        return Received(repeated, is_new=False)
    raw_key = keep_raw(storage, audio, upload.sha256, container)
    lease_until = now + timedelta(seconds=lease_s)
    try:
        with database.write() as session:
            received = _add(session, token, upload, raw_key, now, lease_until)
    except SpeechappError:
        _drop_unnamed(database, storage, raw_key)  # as after a withdrawal that came in between
        raise
    store_again_if_lost(database, storage, received.clip, audio)
    return received


def keep_raw(storage: Storage, audio: bytes, sha256: str, container: str) -> str:
    """Put raw bytes under the key that follows from their content, so that putting them twice is harmless."""
    key = f"raw/{sha256[:2]}/{sha256}.{container}"
    storage.put_if_absent(key, audio)
    return key


def _drop_unnamed(database: Database, storage: Storage, key: str) -> None:
    """Delete raw bytes that no clip names: nobody would ever come back for them."""
    with database.write() as session:
        if session.scalar(select(Clip.id).where(Clip.raw_key == key, Clip.purged_at.is_(None)).limit(1)) is None:
            storage.delete(key)


def store_again_if_lost(database: Database, storage: Storage, row: Clip | RoomNoise, audio: bytes) -> None:
    """Put the raw bytes of a row back when a purge of others with the same bytes came in between.

    Not when the row itself was withdrawn meanwhile: nobody would ever delete them. The lock keeps its purge waiting.
    """
    if _is_stored(storage, row.raw_key):
        return
    of = type(row)
    still = select(of.id).where(of.id == row.id, of.withdrawn_at.is_(None), of.purged_at.is_(None))
    with database.write() as session:
        if session.scalar(still.with_for_update()) is not None:
            storage.put_if_absent(row.raw_key, audio)


def _is_stored(storage: Storage, key: str) -> bool:
    """Whether there is an object of this key."""
    try:
        return storage.size(key) >= 0
    except NotFound:
        return False


def next_utterance(session: Session, speaker_id: str, word: str) -> int:
    """The next number for this speaker and word; rows are never deleted, so no number is used twice."""
    used = select(func.max(Clip.utterance)).where(Clip.speaker_id == speaker_id, Clip.word == word)
    highest = session.scalar(used)
    utterance = 0 if highest is None else highest + 1
    if utterance >= MAX_UTTERANCES:
        raise Conflict(
            "utterances_exhausted",
            "This speaker has said “%(word)s” %(n)d times; that is the most.",
            word=word,
            n=MAX_UTTERANCES,
        )
    return utterance


def checked_container(n_bytes: int, sha256: str, audio: bytes) -> str:
    """The container of bytes that came as they were announced; raises TooLarge or InvalidInput."""
    if len(audio) > MAX_CLIP_BYTES:
        raise TooLarge(
            "clip_too_large",
            "A clip may have %(most)d bytes; this one has %(n)d.",
            most=MAX_CLIP_BYTES,
            n=len(audio),
        )
    if len(audio) != n_bytes:
        raise InvalidInput(
            "length_mismatch",
            "%(announced)d bytes were announced, %(n)d came. Send it again.",
            announced=n_bytes,
            n=len(audio),
        )
    if hashlib.sha256(audio).hexdigest() != sha256:
        raise InvalidInput("hash_mismatch", "The bytes that came are not the ones announced. Send the clip again.")
    container = sniff_container(audio[:64])
    if container is None:
        raise InvalidInput(
            "container_unknown", "This is not audio we know. Send one of: %(known)s.", known=", ".join(MEDIA_TYPES)
        )
    return container


def _repeated(session: Session, speaker: Speaker, upload: Upload) -> Clip | None:
    """The clip this upload made before, or none; raises when speaker, visit or word do not fit."""
    visit = visits.of_speaker(session, upload.visit_id, speaker)
    if not 0 <= upload.position < len(visit.words) or visit.words[upload.position] != upload.word:
        raise InvalidInput(
            "word_not_prompted",
            "“%(word)s” is not the prompt at position %(position)d of this visit.",
            word=upload.word,
            position=upload.position,
        )
    known = session.get(Clip, upload.clip_id)
    if known is None:
        return None
    if (known.raw_sha256, known.visit_id, known.position) != (upload.sha256, visit.id, upload.position):
        raise Conflict("clip_id_taken", "This clip id belongs to another recording. Make a new id for each clip.")
    return known


def _add(
    session: Session, token: str | None, upload: Upload, raw_key: str, now: datetime, lease_until: datetime
) -> Received:
    """The row; uploads of one speaker come here one after the other, so that each sees what the others did."""
    speaker = speakers.known_by(session, token, hold=True)
    repeated = _repeated(session, speaker, upload)
    if repeated:
        return Received(repeated, is_new=False)
    clip = Clip(
        id=upload.clip_id,
        speaker_id=speaker.id,
        visit_id=upload.visit_id,
        position=upload.position,
        word=upload.word,
        language=session.get_one(Visit, upload.visit_id).language,
        utterance=next_utterance(session, speaker.id, upload.word),
        created_at=now,
        raw_key=raw_key,
        raw_sha256=upload.sha256,
        raw_bytes=upload.n_bytes,
        settings=upload.settings,
        replaces_id=upload.replaces,
        state="pending",
        lease_until=lease_until,
    )
    session.add(clip)
    session.flush()
    _join_redone(session, clip)
    return Received(clip, is_new=True)


def _join_redone(session: Session, clip: Clip) -> None:
    """A clip that was redone stays, but counts no more. Either of the two may arrive first."""
    redone = session.get(Clip, clip.replaces_id) if clip.replaces_id else None
    if redone and (redone.visit_id, redone.position) == (clip.visit_id, clip.position):
        redone.replaced_by_id = clip.id
    newer = select(Clip).where(
        Clip.replaces_id == clip.id, Clip.visit_id == clip.visit_id, Clip.position == clip.position
    )
    came_before = session.scalar(newer.limit(1))
    if came_before:
        clip.replaced_by_id = came_before.id
