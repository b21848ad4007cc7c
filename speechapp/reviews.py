"""Reviews: which clip comes next, what was decided about it, and taking that back."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Select, Text, cast, exists, func, select, update
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
STANDS: Final = (Review.undone_at.is_(None), Review.outdated_at.is_(None))


@dataclass(frozen=True)
class Only:
    """Which of the waiting clips to show; what is none does not matter."""

    fault: str | None = None
    language: str | None = None


def next_clips(session: Session, user: User, n: int, skip: Collection[str], only: Only = Only()) -> list[Clip]:
    """The clips this user should hear next, the most doubtful first."""
    found: list[Clip] = []
    for waiting in _waiting(user, only):  # each in the order of an index
        by_doubt = waiting.where(Clip.id.not_in(skip)).order_by(Clip.doubt.desc(), Clip.id.desc())
        found += session.scalars(by_doubt.limit(n))
    return sorted(found, key=lambda clip: (clip.doubt, clip.id), reverse=True)[:n]


def n_waiting(session: Session, user: User, only: Only = Only()) -> int:
    counts = [waiting.with_only_columns(func.count()) for waiting in _waiting(user, only)]
    return sum(session.scalar(count) or 0 for count in counts)


def languages_waiting(session: Session) -> list[str]:
    """Of the clips that are to be heard, in order; clips of which nobody told theirs are of none."""
    counting = (Clip.withdrawn_at.is_(None), Clip.replaced_by_id.is_(None))
    waiting = (Clip.state == "processed", Clip.decision.is_(None), *counting)
    return sorted(tag for tag in session.scalars(select(Clip.language).where(*waiting).distinct()) if tag)


def n_reviewed(session: Session, user: User) -> int:
    done = select(func.count()).select_from(Review).where(Review.user_id == user.id, Review.undone_at.is_(None))
    return session.scalar(done) or 0


def decide(
    session: Session,
    user: User | None,
    clip_id: str,
    decision: str,
    reason: str | None,
    now: datetime,
    heard_sha256: str | None = None,
) -> Review:
    """Write down a decision; the clip carries the newest. No user: it was accepted by import.

    Raises Conflict where the bytes that were heard are told and are no longer those of the clip.
    """
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
    if heard_sha256 is not None and heard_sha256 != clip.processed_sha256:
        raise Conflict("clip_changed", "This clip was processed again meanwhile; hear it once more.")
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
    clip = session.get_one(Clip, review.clip_id, with_for_update=True, populate_existing=True)
    review.undone_at = now
    session.flush()
    clip.decision = _standing_decision(session, clip.id)
    return clip


def outdate(session: Session, clip: Clip, now: datetime) -> None:
    """The clip sounds otherwise than before: who heard it decides again. What an import accepted nobody heard."""
    heard = (Review.clip_id == clip.id, Review.user_id.is_not(None), Review.outdated_at.is_(None))
    session.execute(update(Review).where(*heard).values(outdated_at=now))
    clip.decision = _standing_decision(session, clip.id)


def playable(session: Session, clip_id: str) -> Clip:
    """A processed clip that was not withdrawn; raises NotFound."""
    return _playable(session.get(Clip, clip_id))


def _playable(clip: Clip | None) -> Clip:
    if clip is None or clip.withdrawn_at or clip.state != "processed":
        raise NotFound("clip_unknown", "There is no such clip to hear; it may have been withdrawn.")
    return clip


def _standing_decision(session: Session, clip_id: str) -> str | None:
    """The newest that was not taken back, of those about the clip as it sounds now."""
    standing = select(Review.decision).where(Review.clip_id == clip_id, *STANDS)
    return session.scalar(standing.order_by(Review.id.desc()).limit(1))


def _waiting(user: User, only: Only) -> tuple[Select[Clip], Select[Clip]]:
    """What nobody has decided, and what nobody was sure about, unless it was this user who was unsure."""
    counting = select(Clip).where(
        Clip.state == "processed", Clip.withdrawn_at.is_(None), Clip.replaced_by_id.is_(None), *_conditions(only)
    )
    mine = exists().where(Review.clip_id == Clip.id, Review.user_id == user.id, *STANDS)
    return counting.where(Clip.decision.is_(None)), counting.where(Clip.decision == "unsure", ~mine)


def _conditions(only: Only) -> Iterator[ColumnElement[bool]]:
    if only.fault:
        yield cast(Clip.faults, Text).contains(f'"{only.fault}"', autoescape=True)
    if only.language:
        yield Clip.language == only.language


def _reviewable(session: Session, clip_id: str) -> Clip:
    """The clip, which nobody can process again until the decision is written down."""
    clip = _playable(session.get(Clip, clip_id, with_for_update=True, populate_existing=True))
    if clip.replaced_by_id:
        raise Conflict("clip_replaced", "The speaker has redone this clip; go on with the next.")
    return clip
