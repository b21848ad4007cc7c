"""Leftovers: objects that no clip names since, or until, it was processed again. They go when nobody can need them."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from speechapp.db import Database
from speechapp.models import Clip, Leftover, Release
from speechapp.storage.contract import Storage


def leave(session: Session, clip_id: str, keys: Iterable[str], now: datetime) -> None:
    """Note objects that this clip names no more, or not yet. Waits for whoever is removing one of them."""
    for key in keys:
        if session.get(Leftover, key, with_for_update=True) is None:
            with suppress(IntegrityError), session.begin_nested():  # another process may leave the same one now
                session.add(Leftover(key=key, clip_id=clip_id, created_at=now))


def take_back(session: Session, keys: Iterable[str]) -> None:
    """These are named again. Waits for whoever is removing one of them; put it into the storage after that."""
    session.execute(delete(Leftover).where(Leftover.key.in_(list(keys))))


def remove(database: Database, storage: Storage, now: datetime) -> int:
    """Delete what no clip names; none while a release is being cut, which reads what it found when it began.

    What a worker that holds the clip may be storing now stays until it is done, or its lease has run out. Safe to be
    stopped and run again. Published releases have files of their own.
    """
    with database.read() as session:
        is_cut = session.scalar(select(exists().where(Release.state == "cutting", Release.lease_until > now)))
        keys = [] if is_cut else list(session.scalars(select(Leftover.key)))
    n_removed = 0
    for key in keys:
        with database.write() as session:
            n_removed += _remove_one(session, storage, key, now)
    return n_removed


def _remove_one(session: Session, storage: Storage, key: str, now: datetime) -> bool:
    leftover = session.get(Leftover, key, with_for_update=True)
    if leftover is None:  # somebody else was faster
        return False
    is_held = (Clip.id == leftover.clip_id) & Clip.claim.is_not(None) & (Clip.lease_until > now)
    if session.scalar(select(exists().where(is_held))):
        return False
    own_segment = (Clip.id == leftover.clip_id) & (Clip.segment_key == key)  # it follows from the clip's own name
    named = or_(Clip.processed_key == key, own_segment)
    if session.scalar(select(Clip.id).where(named, Clip.purged_at.is_(None)).limit(1)) is None:
        storage.delete(key)
    session.delete(leftover)
    return True
