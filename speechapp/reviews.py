"""Reviews: which clip comes next, what was decided about it, and taking that back."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from speechapp.errors import Conflict, Forbidden, InvalidInput, NotFound
from speechapp.models import Clip, Review, User

DECISIONS = ("accept", "reject", "unsure")
REASONS = {
    "wrong_word": "Wrong word",
    "cut_off": "Cut off",
    "noise": "Too noisy",
    "quiet": "Too quiet",
    "silent": "Nothing said",
    "several": "More than one word",
    "other": "Other",
}


def next_clips(session: Session, user: User, n: int, skip: Collection[str]) -> list[Clip]:
    """The clips this user should hear next: clipped ones, then the noisiest, first."""
    clipped_first = (Clip.n_clipped_samples > 0).desc()
    waiting = _waiting(user).where(Clip.id.not_in(skip))
    return list(session.scalars(waiting.order_by(clipped_first, Clip.snr_db, Clip.id).limit(n)))


def n_waiting(session: Session, user: User) -> int:
    return session.scalar(select(func.count()).select_from(_waiting(user).subquery())) or 0


def n_reviewed(session: Session, user: User) -> int:
    done = select(func.count()).select_from(Review).where(Review.user_id == user.id, Review.undone_at.is_(None))
    return session.scalar(done) or 0


def decide(
    session: Session, user: User | None, clip_id: str, decision: str, reason: str | None, now: datetime
) -> Review:
    """Write down a decision; the clip carries the newest. No user: it was accepted by import."""
    if decision not in DECISIONS:
        raise InvalidInput(
            "decision_unknown",
            "“%(decision)s” is not a decision. Send one of: %(known)s.",
            decision=decision,
            known=", ".join(DECISIONS),
        )
    if (decision == "reject") != (reason is not None) or (reason is not None and reason not in REASONS):
        raise InvalidInput(
            "reason_unknown", "A rejection, and only that, has a reason: %(known)s.", known=", ".join(REASONS)
        )
    clip = _reviewable(session, clip_id)
    review = Review(
        clip_id=clip.id, user_id=user.id if user else None, decision=decision, reason=reason, created_at=now
    )
    session.add(review)
    session.flush()
    clip.decision = decision
    return review


def undo(session: Session, user: User, review_id: int, now: datetime) -> Clip:
    """Take one's own review back; the clip carries the decision before it again."""
    review = session.get(Review, review_id)
    if review is None:
        raise NotFound("review_unknown", "There is no such review.")
    if review.user_id != user.id:
        raise Forbidden("review_of_other_user", "Only who made a review can undo it.")
    if review.undone_at is not None:
        raise Conflict("review_undone", "This review was undone already.")
    review.undone_at = now
    session.flush()
    standing = select(Review.decision).where(Review.clip_id == review.clip_id, Review.undone_at.is_(None))
    review.clip.decision = session.scalar(standing.order_by(Review.id.desc()).limit(1))
    return review.clip


def playable(session: Session, clip_id: str) -> Clip:
    """A processed clip that was not withdrawn; raises NotFound."""
    clip = session.get(Clip, clip_id)
    if clip is None or clip.withdrawn_at or clip.state != "processed":
        raise NotFound("clip_unknown", "There is no such clip to hear; it may have been withdrawn.")
    return clip


def _waiting(user: User) -> Select[Clip]:
    """What nobody was sure about, unless it was this user who was unsure."""
    mine = select(Review.clip_id).where(Review.user_id == user.id, Review.undone_at.is_(None))
    return select(Clip).where(
        Clip.state == "processed",
        or_(Clip.decision.is_(None), Clip.decision == "unsure"),
        Clip.withdrawn_at.is_(None),
        Clip.replaced_by_id.is_(None),
        Clip.id.not_in(mine),
    )


def _reviewable(session: Session, clip_id: str) -> Clip:
    clip = playable(session, clip_id)
    if clip.replaced_by_id:
        raise Conflict("clip_replaced", "The speaker has redone this clip; go on with the next.")
    return clip
