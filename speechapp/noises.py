"""Room noises: what speakers choose to give of their room, from the upload until it is taken back or not wanted."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.orm import Session

from speechapp import speakers, visits
from speechapp.clips import checked_container, store_again_if_lost
from speechapp.db import Database
from speechapp.errors import Conflict, Forbidden, InvalidInput, NotFound, SpeechappError
from speechapp.models import RoomNoise, Speaker
from speechapp.storage.contract import Storage

FIRST_CONSENT: Final = 3  # the first version of the consent that says what becomes of a room's noise
MAX_NOISES: Final = 20  # of one speaker
REJECTED_KEPT: Final = timedelta(days=1)  # so long a rejection can be undone
PURGE_LIMIT: Final = 200


@dataclass(frozen=True)
class Upload:
    """What a volunteer's browser says about one noise; the claims about the bytes are checked against the bytes."""

    noise_id: str
    visit_id: str
    n_bytes: int
    sha256: str
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Received:
    """The noise of an upload, and whether this upload made it or repeated it."""

    noise: RoomNoise
    is_new: bool


def receive(
    database: Database, storage: Storage, token: str | None, upload: Upload, audio: bytes, now: datetime, lease_s: int
) -> Received:
    """Keep the raw bytes, then commit one row. Sending the same upload again changes nothing and is answered alike."""
    if checked_container(upload.n_bytes, upload.sha256, audio) != "wav":
        raise InvalidInput("noise_not_lossless", "A room's noise must come as a WAV file: lossy sound is no noise.")
    with database.read() as session:
        repeated = _repeated(session, speakers.known_by(session, token), upload)
    if repeated:
        return Received(repeated, is_new=False)
    raw_key = f"rooms/{upload.sha256[:2]}/{upload.sha256}.wav"  # never that of a clip: they are deleted apart
    storage.put_if_absent(raw_key, audio)
    try:
        with database.write() as session:
            received = _add(session, token, upload, raw_key, now, now + timedelta(seconds=lease_s))
    except SpeechappError:
        with database.write() as session:
            if not _is_named(session, RoomNoise.raw_key == raw_key, but=""):
                storage.delete(raw_key)
        raise
    store_again_if_lost(database, storage, received.noise, audio)
    return received


def of_speaker(session: Session, speaker: Speaker) -> list[RoomNoise]:
    """What the speaker gave and did not take back, newest first."""
    given = select(RoomNoise).where(*_given(speaker)).order_by(RoomNoise.created_at.desc(), RoomNoise.id)
    return list(session.scalars(given))


def own_noise(session: Session, speaker: Speaker, noise_id: str) -> RoomNoise:
    """A noise that the speaker gave and did not take back; raises NotFound."""
    noise = session.get(RoomNoise, noise_id)
    if noise is None or noise.speaker_id != speaker.id or noise.withdrawn_at is not None:
        raise _unknown()
    return noise


def standing(noise: RoomNoise) -> str:
    """What people call the state of this noise: waiting_processing, unusable, waiting_review, accepted or rejected."""
    if noise.state == "processed":
        return {"accept": "accepted", "reject": "rejected"}.get(noise.decision or "", "waiting_review")
    return "unusable" if noise.state == "unusable" else "waiting_processing"


def withdraw(noise: RoomNoise, now: datetime) -> None:
    """Take one noise back. Its row stays, so that a release that holds it can be told from others."""
    noise.withdrawn_at = now


def withdraw_all(session: Session, speaker: Speaker, now: datetime) -> None:
    """Take back every noise of a speaker who withdraws."""
    session.execute(update(RoomNoise).where(*_given(speaker)).values(withdrawn_at=now))


def purge(database: Database, storage: Storage, now: datetime) -> int:
    """Delete the objects of noises that nobody will use: withdrawn, refused by the worker, or rejected a day ago.

    Safe to be stopped and run again.
    """
    n_purged = 0
    while batch := _unpurged(database, now):
        for noise_id in batch:
            with database.write() as session:
                n_purged += _purge_one(session, storage, noise_id, now)
    return n_purged


def _repeated(session: Session, speaker: Speaker, upload: Upload) -> RoomNoise | None:
    """The noise this upload made before, or none; raises when the visit or the consent do not fit."""
    visit = visits.of_speaker(session, upload.visit_id, speaker)
    if int(speaker.consent_version or 0) < FIRST_CONSENT:
        raise Forbidden("consent_needed", "Read the consent as it is now and agree to it first; the recorder shows it.")
    known = session.get(RoomNoise, upload.noise_id)
    if known is None:
        return None
    if (known.raw_sha256, known.visit_id) != (upload.sha256, visit.id):
        raise Conflict("noise_id_taken", "This id belongs to another recording. Make a new id for each noise.")
    return known


def _add(
    session: Session, token: str | None, upload: Upload, raw_key: str, now: datetime, lease_until: datetime
) -> Received:
    """The row; uploads of one speaker come here one after the other, so that each sees what the others did."""
    speaker = speakers.known_by(session, token, hold=True)
    repeated = _repeated(session, speaker, upload)
    if repeated:
        return Received(repeated, is_new=False)
    if (session.scalar(select(func.count(RoomNoise.id)).where(*_given(speaker))) or 0) >= MAX_NOISES:
        raise Conflict("noises_exhausted", "You gave the noise of %(n)d rooms; that is the most.", n=MAX_NOISES)
    noise = RoomNoise(
        id=upload.noise_id,
        speaker_id=speaker.id,
        visit_id=upload.visit_id,
        consent_version=speaker.consent_version,
        created_at=now,
        raw_key=raw_key,
        raw_sha256=upload.sha256,
        raw_bytes=upload.n_bytes,
        settings=upload.settings,
        state="pending",
        lease_until=lease_until,
    )
    session.add(noise)
    session.flush()
    return Received(noise, is_new=True)


def _given(speaker: Speaker) -> tuple[ColumnElement[bool], ...]:
    return RoomNoise.speaker_id == speaker.id, RoomNoise.withdrawn_at.is_(None)


def _unpurged(database: Database, now: datetime) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(RoomNoise.id).where(*_to_purge(now)).limit(PURGE_LIMIT)))


def _to_purge(now: datetime) -> tuple[ColumnElement[bool], ...]:
    rejected = and_(RoomNoise.decision == "reject", RoomNoise.decided_at < now - REJECTED_KEPT)
    unwanted = or_(RoomNoise.withdrawn_at.is_not(None), RoomNoise.state == "unusable", rejected)
    return RoomNoise.purged_at.is_(None), unwanted


def _purge_one(session: Session, storage: Storage, noise_id: str, now: datetime) -> bool:
    """Whether it was purged: a worker may be finishing it, and a reviewer may have thought again."""
    still = select(RoomNoise).where(RoomNoise.id == noise_id, *_to_purge(now)).with_for_update()
    noise = session.scalar(still)
    if noise is None:
        return False
    if not _is_named(session, RoomNoise.raw_key == noise.raw_key, but=noise.id):
        storage.delete(noise.raw_key)
    if noise.processed_key and not _is_named(session, RoomNoise.processed_key == noise.processed_key, but=noise.id):
        storage.delete(noise.processed_key)
    noise.purged_at = now
    return True


def _is_named(session: Session, same_object: ColumnElement[bool], but: str) -> bool:
    """Whether another noise that stays has the same bytes: keys follow from content, so two may name one object."""
    others = select(RoomNoise.id).where(
        same_object, RoomNoise.id != but, RoomNoise.withdrawn_at.is_(None), RoomNoise.purged_at.is_(None)
    )
    return session.scalar(others.limit(1)) is not None


def _unknown() -> NotFound:
    return NotFound("noise_unknown", "There is no such noise of this speaker, or it was deleted already.")
