"""Reviews of room noises: a person hears each before it is published."""

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from speechapp.errors import Conflict, InvalidInput, NotFound
from speechapp.models import RoomNoise, User

REASONS: Final = ("voice", "other")
N_SHOWN: Final = 20


def n_waiting(session: Session) -> int:
    """How many noises nobody has decided about."""
    return session.scalar(select(func.count(RoomNoise.id)).where(*_playable(), RoomNoise.decision.is_(None))) or 0


def waiting(session: Session) -> list[RoomNoise]:
    """Some of them, those with most of a voice in them first."""
    undecided = select(RoomNoise).where(*_playable(), RoomNoise.decision.is_(None))
    return list(session.scalars(undecided.order_by(RoomNoise.voiced_ms.desc(), RoomNoise.id).limit(N_SHOWN)))


def decided_by(session: Session, user: User) -> list[RoomNoise]:
    """What this user decided last, newest first, as far as it can be undone."""
    own = select(RoomNoise).where(*_playable(), RoomNoise.decided_by_id == user.id, RoomNoise.decision.is_not(None))
    return list(session.scalars(own.order_by(RoomNoise.decided_at.desc(), RoomNoise.id).limit(N_SHOWN)))


def playable(session: Session, noise_id: str) -> RoomNoise:
    """A noise that can be heard and decided about; raises NotFound or Conflict."""
    noise = session.get(RoomNoise, noise_id)
    if noise is None:
        raise NotFound("noise_unknown", "There is no such noise.")
    if session.scalar(select(RoomNoise.id).where(RoomNoise.id == noise_id, *_playable())) is None:
        raise Conflict("noise_gone", "This noise was taken back or deleted meanwhile.")
    return noise


def decide(session: Session, user: User, noise_id: str, decision: str, reason: str | None, now: datetime) -> RoomNoise:
    """Accept, or reject with a reason; raises InvalidInput, NotFound or Conflict."""
    known = {("accept", None), *(("reject", known) for known in REASONS)}
    if (decision, reason) not in known:
        raise InvalidInput(
            "decision_unknown", "Accept the noise, or reject it with a reason: %(known)s.", known=", ".join(REASONS)
        )
    noise = playable(session, noise_id)
    noise.decision, noise.reject_reason = decision, reason
    noise.decided_by_id, noise.decided_at = user.id, now
    return noise


def undo(session: Session, noise_id: str) -> RoomNoise:
    """It waits to be heard again."""
    noise = playable(session, noise_id)
    noise.decision, noise.reject_reason, noise.decided_by_id, noise.decided_at = None, None, None, None
    return noise


def _playable() -> tuple[ColumnElement[bool], ...]:
    return RoomNoise.state == "processed", RoomNoise.withdrawn_at.is_(None), RoomNoise.purged_at.is_(None)
