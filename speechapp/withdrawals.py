"""Withdrawals: a speaker takes one clip or everything back. At once it counts no more; then its objects are deleted.

Room noises have their own objects, and `noises.purge` deletes them.
"""

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from speechapp import details, noises
from speechapp.db import Database
from speechapp.models import Clip, Speaker
from speechapp.storage.contract import Storage

PURGE_LIMIT = 200


def withdraw(session: Session, speaker: Speaker, now: datetime) -> int:
    """Mark the speaker, their clips and room noises withdrawn, and forget what they told; the number of clips."""
    speaker.withdrawn_at = now
    details.forget(session, speaker)
    noises.withdraw_all(session, speaker, now)
    mine = (Clip.speaker_id == speaker.id, Clip.withdrawn_at.is_(None))
    n_clips = session.scalar(select(func.count()).select_from(Clip).where(*mine)) or 0
    session.execute(update(Clip).where(*mine).values(withdrawn_at=now))
    return n_clips


def withdraw_clip(clip: Clip, now: datetime) -> None:
    """Mark one clip withdrawn. Its row stays, so that its utterance number is never used again."""
    clip.withdrawn_at = now


def purge(database: Database, storage: Storage, now: datetime) -> int:
    """Delete the objects of withdrawn clips that nobody else shares; safe to be stopped and run again."""
    n_purged = 0
    while batch := _unpurged(database):
        for clip_id in batch:
            with database.write() as session:
                _purge_one(session, storage, clip_id, now)
        n_purged += len(batch)
    return n_purged


def _unpurged(database: Database) -> list[str]:
    waiting = select(Clip.id).where(Clip.withdrawn_at.is_not(None), Clip.purged_at.is_(None)).limit(PURGE_LIMIT)
    with database.read() as session:
        return list(session.scalars(waiting))


def _purge_one(session: Session, storage: Storage, clip_id: str, now: datetime) -> None:
    clip = session.get(Clip, clip_id, with_for_update=True)  # a worker may be finishing it
    if clip is None or clip.purged_at is not None:  # somebody else was faster: the sweep, or the demo's clearing
        return
    if not _shared(session, clip, Clip.raw_key == clip.raw_key):
        storage.delete(clip.raw_key)
    if clip.processed_key and not _shared(session, clip, Clip.processed_key == clip.processed_key):
        storage.delete(clip.processed_key)
    if clip.segment_key:
        storage.delete(clip.segment_key)
    clip.purged_at = now


def _shared(session: Session, clip: Clip, same_object: object) -> bool:
    """Whether a clip that stays has the same bytes: keys follow from content, so two clips may name one object."""
    others = select(Clip.id).where(same_object, Clip.id != clip.id, Clip.withdrawn_at.is_(None)).limit(1)  # type: ignore[arg-type]
    return session.scalar(others) is not None
