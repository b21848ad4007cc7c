"""Leases: who processes which clip or room noise, and until when.

A lost or doubled message or a killed worker does no harm.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Table, UpdateBase, and_, bindparam, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from speechapp.models import Clip, RoomNoise

MAX_ATTEMPTS = 5
SWEEP_LIMIT = 500  # rows sent again by one sweep: fewer than a worker processes until the next

Leased = type[Clip] | type[RoomNoise]  # the tables whose rows are processed under a lease

_NAMED_BY: Final[Mapping[Leased, Sequence[str]]] = MappingProxyType(  # the columns that say its file's name
    {Clip: ("word", "speaker_id", "utterance"), RoomNoise: ("raw_sha256",)}
)


@dataclass(frozen=True)
class Claim:
    """The right to finish one row; worth nothing once the lease has run out and another worker holds the row."""

    clip_id: str  # or that of a room noise
    token: str
    raw_key: str
    file_name: str
    of: Leased = Clip


def claim(session: Session, row_id: str, now: datetime, lease_s: int, of: Leased = Clip) -> Claim | None:
    """Take the clip or room noise, or None where it is done, withdrawn, unknown, or held by another."""
    token = secrets.token_hex(16)
    taking = {"row_id": row_id, "now": now, "token": token, "until": now + timedelta(seconds=lease_s)}
    taken = session.execute(_take(of), taking).one_or_none()
    if taken is None:
        return None
    row = of(**taken._mapping)
    return Claim(clip_id=row_id, token=token, raw_key=row.raw_key, file_name=row.file_name, of=of)


def claim_again(session: Session, clip_id: str, now: datetime, lease_s: int) -> Claim | None:
    """Take a clip that is done, to process it once more; None where it is not, withdrawn, or held by another.

    Its state stays: until it is finished it can be heard, decided and released as it was, and a kill takes nothing.
    """
    token = secrets.token_hex(16)
    done = Clip.state.in_(("processed", "unusable"))
    free = or_(Clip.claim.is_(None), Clip.lease_until < now)
    mine = update(Clip).where(Clip.id == clip_id, done, free, Clip.withdrawn_at.is_(None))
    if not _changed(session, mine.values(claim=token, lease_until=now + timedelta(seconds=lease_s))):
        return None
    clip = session.get_one(Clip, clip_id, populate_existing=True)
    return Claim(clip_id=clip_id, token=token, raw_key=clip.raw_key, file_name=clip.file_name)


def give_back(session: Session, held: Claim) -> None:
    """Let go of a clip that stays as it was."""
    _changed(session, update(Clip).where(Clip.id == held.clip_id, Clip.claim == held.token).values(claim=None))


def finish(session: Session, held: Claim, values: dict[str, Any]) -> bool:
    """Write what the worker found, unless the claim was lost meanwhile; True where it was written.

    What was withdrawn meanwhile is due for purging again: the worker has just stored objects for it.
    """
    found = {"row_id": held.clip_id, "token": held.token, "claim": None, "purged_at": None, **values}
    return _changed(session, _write_own(held.of), found)


def sweep(session: Session, now: datetime, lease_s: int, of: Leased = Clip) -> list[str]:
    """The rows that must be sent to the worker again, oldest lease first. Two sweeps never return the same row."""
    _give_up(session, now, of)
    overdue = and_(of.state.in_(("pending", "processing")), of.lease_until < now, of.withdrawn_at.is_(None))
    found = session.execute(
        select(of.id, of.lease_until).where(overdue).order_by(of.lease_until).limit(SWEEP_LIMIT)
    ).all()
    again = {"state": "pending", "claim": None, "lease_until": now + timedelta(seconds=lease_s)}
    return [
        row_id
        for row_id, lease_until in found
        if _changed(session, update(of).where(of.id == row_id, of.lease_until == lease_until, overdue).values(**again))
    ]


def _give_up(session: Session, now: datetime, of: Leased) -> None:
    """What brought the worker down time and again must not do so for ever."""
    hopeless = and_(of.state == "processing", of.lease_until < now, of.n_attempts >= MAX_ATTEMPTS)
    _changed(session, update(of).where(hopeless).values(state="unusable", unusable_reason="worker_failed", claim=None))


# Both statements that every clip needs are built once, and name the table, not the class: building them anew, and what
# SQLAlchemy does for the objects of a class, would cost nearly three times as much as executing them.
@cache
def _take(of: Leased) -> UpdateBase:
    table = _table(of)
    lost = and_(table.c.state == "processing", table.c.lease_until < bindparam("now"))
    free = or_(table.c.state == "pending", lost)
    return (
        update(table)
        .where(table.c.id == bindparam("row_id"), free, table.c.withdrawn_at.is_(None))
        .values(
            state="processing",
            claim=bindparam("token"),
            lease_until=bindparam("until"),
            n_attempts=table.c.n_attempts + 1,
        )
        .returning(table.c.raw_key, *(table.c[name] for name in _NAMED_BY[of]))
    )


@cache
def _write_own(of: Leased) -> UpdateBase:
    table = _table(of)
    return update(table).where(table.c.id == bindparam("row_id"), table.c.claim == bindparam("token"))


def _table(of: Leased) -> Table:
    return of.metadata.tables[of.__tablename__]


def _changed(session: Session, statement: Any, values: Mapping[str, Any] | None = None) -> bool:
    result = session.execute(statement, values, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
