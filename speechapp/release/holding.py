"""Whoever cuts a release says so again and again; a cut that nobody speaks for any more is due to be sent again."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import CursorResult, select, update

from speechapp.db import Database, utc_now
from speechapp.models import Release

LEASE: Final = timedelta(seconds=60)
BEAT_S: Final = 15.0


@contextmanager
def held(database: Database, version: str, started_at: datetime) -> Iterator[None]:
    """Renew the lease of the cut that began at `started_at`, from a thread of its own, until the block is left."""
    left = threading.Event()

    def renew() -> None:
        own = (Release.version == version, Release.state == "cutting", Release.created_at == started_at)
        while not left.wait(BEAT_S):
            with database.write() as session:
                session.execute(update(Release).where(*own).values(lease_until=utc_now() + LEASE))

    beat = threading.Thread(target=renew, name=f"cutting {version}", daemon=True)
    beat.start()
    try:
        yield
    finally:
        left.set()
        beat.join()


def overdue_cuts(database: Database, now: datetime) -> list[str]:
    """The versions whose cutter was killed or whose message was lost, each handed out once in a lease."""
    overdue = (Release.state == "cutting", Release.lease_until < now)
    with database.write() as session:
        versions = session.scalars(select(Release.version).where(*overdue)).all()
        again = update(Release).where(*overdue).values(lease_until=now + LEASE)
        taken = [session.execute(again.where(Release.version == version)) for version in versions]
    return [version for version, result in zip(versions, taken, strict=True) if _changed(result)]


def _changed(result: object) -> bool:
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
