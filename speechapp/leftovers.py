"""Leftovers: objects that a clip named before it was processed again. They go when nobody can need them any more."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from speechapp.db import Database
from speechapp.models import Clip, Leftover, Release
from speechapp.storage.contract import Storage


def leave(session: Session, clip_id: str, keys: Iterable[str], now: datetime) -> None:
    """Note objects that this clip names no more."""
    for key in keys:
        if session.get(Leftover, key) is None:
            session.add(Leftover(key=key, clip_id=clip_id, created_at=now))


def take_back(session: Session, keys: Iterable[str]) -> None:
    """These are named again. Waits for whoever is removing one of them; put it into the storage after that."""
    session.execute(delete(Leftover).where(Leftover.key.in_(list(keys))))


def remove(database: Database, storage: Storage, now: datetime) -> int:
    """Delete what no clip names; none while a release is being cut, which reads what it found when it began.

    Safe to be stopped and run again. Published releases have files of their own.
    """
    with database.read() as session:
        is_cut = session.scalar(select(exists().where(Release.state == "cutting", Release.lease_until > now)))
        keys = [] if is_cut else list(session.scalars(select(Leftover.key)))
    for key in keys:
        with database.write() as session:
            _remove_one(session, storage, key)
    return len(keys)


def _remove_one(session: Session, storage: Storage, key: str) -> None:
    leftover = session.get(Leftover, key, with_for_update=True)
    if leftover is None:  # somebody else was faster
        return
    own_segment = (Clip.id == leftover.clip_id) & (Clip.segment_key == key)  # it follows from the clip's own name
    named = or_(Clip.processed_key == key, own_segment)
    if session.scalar(select(Clip.id).where(named, Clip.purged_at.is_(None)).limit(1)) is None:
        storage.delete(key)
    session.delete(leftover)
