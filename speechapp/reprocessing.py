"""Processing again: which clips, and what becomes of the decision about one that sounds otherwise than before."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from speechapp import leases, leftovers, reviews
from speechapp.models import Clip

ALIKE_MS: Final = 20.0  # a window that moved by no more is heard as the same

Outcome = Literal["same", "changed", "rescued", "unusable", "refused", "busy", "failed"]
WORKER_FAILED: Final = "worker_failed"  # the reason of what brought the worker down time and again


@dataclass(frozen=True)
class Wanted:
    """Which clips to process again; what is none or false does not matter."""

    state: str | None = None  # processed, unusable, or worker_failed, which only it takes along
    word: str | None = None
    speaker_id: str | None = None
    method: str | None = None  # that chose the window
    not_method: str | None = None  # also those of which nobody knows the method
    below_confidence: float | None = None
    before: datetime | None = None  # processed earlier than this


@dataclass(frozen=True)
class Form:
    """What a clip was made into: what decides whether it sounds as it did."""

    state: str
    sha256: str | None
    window_start_ms: float | None


@dataclass(frozen=True)
class Change:
    """What processing again makes of a clip, or would make.

    same      byte for byte what it was
    changed   of other bytes; its window moved by `moved_ms`, none where it was not known
    rescued   unusable before, a clip now
    unusable  as before
    refused   a clip before, unusable now: it stays as it was
    busy      held by a worker, withdrawn meanwhile, or gone
    failed    an error that nobody foresaw: it stays as it was
    """

    clip_id: str
    name: str  # in a release
    outcome: Outcome
    moved_ms: float | None = None
    is_reviewed_again: bool = False  # a decision was taken off it

    @property
    def is_alike(self) -> bool:
        """Whether people hear the same."""
        return self.outcome == "same" or (self.moved_ms is not None and abs(self.moved_ms) <= ALIKE_MS)


def wanted_clips(session: Session, wanted: Wanted) -> list[str]:
    """Their ids, those that were neither withdrawn nor redone, always in the same order."""
    done = Clip.state.in_(("processed", "unusable"))
    counting = (done, Clip.withdrawn_at.is_(None), Clip.replaced_by_id.is_(None))
    return list(session.scalars(select(Clip.id).where(*counting, *_conditions(wanted)).order_by(Clip.id)))


def form_of(clip: Clip) -> Form:
    return Form(clip.state, clip.processed_sha256, clip.window_start_ms)


def change(clip: Clip, values: Mapping[str, Any]) -> Change:
    """Compare a clip with the columns that processing it again gave."""
    before, after = form_of(clip), Form(values["state"], values.get("processed_sha256"), values.get("window_start_ms"))
    if after.state != "processed":
        return Change(clip.id, clip.file_name, "refused" if before.state == "processed" else "unusable")
    if before.state != "processed":
        return Change(clip.id, clip.file_name, "rescued")
    moved_ms = _moved_ms(before, after)
    return Change(clip.id, clip.file_name, "same" if before.sha256 == after.sha256 else "changed", moved_ms)


def expect(session: Session, held: leases.Claim, keys: Iterable[str], now: datetime) -> None:
    """Note objects that are stored before the clip names them: after a kill they can still be found, and go."""
    clip = session.get_one(Clip, held.clip_id)
    own_keys = (clip.processed_key, clip.segment_key)
    leftovers.leave(session, clip.id, (key for key in keys if key not in own_keys), now)


def finish(
    session: Session, held: leases.Claim, values: Mapping[str, Any], now: datetime, *, keep_decisions: bool = False
) -> Change:
    """Write what processing again gave, unless the claim was lost meanwhile.

    A decision falls where people would hear something else; its review is kept. A clip that would be refused now stays
    as it was: what somebody heard and judged is not taken away by a rule.
    """
    clip = session.get_one(Clip, held.clip_id, with_for_update=True)
    changed = change(clip, values)
    old_keys = (clip.processed_key, clip.segment_key)
    if changed.outcome == "refused":
        leases.give_back(session, held)
        return changed
    new_keys = (values.get("processed_key"), values.get("segment_key"))
    if not leases.finish(session, held, {**values, "processed_at": now}):
        leftovers.leave(session, clip.id, (key for key in new_keys if key and key not in old_keys), now)
        return Change(held.clip_id, held.file_name, "busy")
    leftovers.take_back(session, (key for key in new_keys if key))
    leftovers.leave(session, clip.id, (key for key in old_keys if key and key not in new_keys), now)
    session.refresh(clip)
    if clip.decision is None or changed.is_alike or keep_decisions:
        return changed
    decision = clip.decision
    reviews.outdate(session, clip, now)
    return replace(changed, is_reviewed_again=clip.decision != decision)


def _moved_ms(before: Form, after: Form) -> float | None:
    if before.window_start_ms is None or after.window_start_ms is None:
        return None
    return after.window_start_ms - before.window_start_ms


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    if wanted.state == WORKER_FAILED:
        yield Clip.unusable_reason == WORKER_FAILED
    else:
        yield or_(Clip.unusable_reason.is_(None), Clip.unusable_reason != WORKER_FAILED)
        if wanted.state:
            yield Clip.state == wanted.state
    if wanted.word:
        yield Clip.word == wanted.word
    if wanted.speaker_id:
        yield Clip.speaker_id == wanted.speaker_id
    if wanted.method:
        yield Clip.alignment_method == wanted.method
    if wanted.not_method:
        yield or_(Clip.alignment_method.is_(None), Clip.alignment_method != wanted.not_method)
    if wanted.below_confidence is not None:
        yield or_(Clip.alignment_confidence.is_(None), Clip.alignment_confidence < wanted.below_confidence)
    if wanted.before:
        yield or_(Clip.processed_at.is_(None), Clip.processed_at < wanted.before)
