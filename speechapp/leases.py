"""Leases: who processes which clip, and until when. A lost or doubled message or a killed worker does no harm."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from speechapp.models import Clip

MAX_ATTEMPTS = 5
SWEEP_LIMIT = 500  # clips sent again by one sweep: fewer than a worker processes until the next


@dataclass(frozen=True)
class Claim:
    """The right to finish one clip; worth nothing once the lease has run out and another worker holds the clip."""

    clip_id: str
    token: str
    raw_key: str
    file_name: str


def claim(session: Session, clip_id: str, now: datetime, lease_s: int) -> Claim | None:
    """Take the clip, or None where it is done, withdrawn, unknown, or held by another."""
    token = secrets.token_hex(16)
    free = or_(Clip.state == "pending", and_(Clip.state == "processing", Clip.lease_until < now))
    taken = _changed(
        session,
        update(Clip)
        .where(Clip.id == clip_id, free, Clip.withdrawn_at.is_(None))
        .values(
            state="processing",
            claim=token,
            lease_until=now + timedelta(seconds=lease_s),
            n_attempts=Clip.n_attempts + 1,
        ),
    )
    if not taken:
        return None
    clip = session.get_one(Clip, clip_id, populate_existing=True)
    return Claim(clip_id=clip_id, token=token, raw_key=clip.raw_key, file_name=clip.file_name)


def finish(session: Session, held: Claim, values: dict[str, Any]) -> bool:
    """Write what the worker found, unless the claim was lost meanwhile; True where it was written.

    A clip withdrawn meanwhile is due for purging again: the worker has just stored objects for it.
    """
    own = update(Clip).where(Clip.id == held.clip_id, Clip.claim == held.token)
    return _changed(session, own.values(claim=None, purged_at=None, **values))


def sweep(session: Session, now: datetime, lease_s: int) -> list[str]:
    """The clips that must be sent to the worker again, oldest lease first. Two sweeps never return the same clip."""
    _give_up(session, now)
    overdue = and_(Clip.state.in_(("pending", "processing")), Clip.lease_until < now, Clip.withdrawn_at.is_(None))
    found = session.execute(
        select(Clip.id, Clip.lease_until).where(overdue).order_by(Clip.lease_until).limit(SWEEP_LIMIT)
    ).all()
    again = {"state": "pending", "claim": None, "lease_until": now + timedelta(seconds=lease_s)}
    return [
        clip_id
        for clip_id, lease_until in found
        if _changed(
            session, update(Clip).where(Clip.id == clip_id, Clip.lease_until == lease_until, overdue).values(**again)
        )
    ]


def _give_up(session: Session, now: datetime) -> None:
    """A clip that brought the worker down time and again must not do so for ever."""
    hopeless = and_(Clip.state == "processing", Clip.lease_until < now, Clip.n_attempts >= MAX_ATTEMPTS)
    _changed(
        session, update(Clip).where(hopeless).values(state="unusable", unusable_reason="worker_failed", claim=None)
    )


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement, execution_options={"synchronize_session": False})
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
