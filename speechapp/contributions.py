"""Contributions: what one speaker has given, as they see it themselves, and how people stand to each clip."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from speechapp.audio.format import MEDIA_TYPES, UNUSABLE_REASONS
from speechapp.errors import NotFound
from speechapp.models import Clip, Review, Speaker, Visit
from speechapp.reviews import REASONS, STANDS

STATES: Final = ("waiting_processing", "unusable", "waiting_review", "accepted", "rejected", "replaced")
DECIDED: Final[Mapping[str | None, str]] = MappingProxyType({"accept": "accepted", "reject": "rejected"})
RAW_MISSING: Final = "raw_missing"
WORKER_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        RAW_MISSING: "The recording was lost on our side; please record the word again.",
        "worker_failed": "The recording could not be processed; please record the word again.",
    }
)


@dataclass(frozen=True)
class Reason:
    """Why a clip is of no use; the code is stable, the text is for people."""

    code: str
    text: str


@dataclass(frozen=True)
class Contribution:
    """One clip as its speaker sees it; `state` is one of STATES."""

    id: str
    word: str
    vocabulary: str | None  # that it was asked for from; none of an import
    created_at: datetime
    state: str
    reason: Reason | None
    has_audio: bool


@dataclass(frozen=True)
class Sound:
    """Where the bytes lie that a speaker hears, and what they are."""

    key: str
    sha256: str
    media_type: str


def standing(clip: Clip) -> str:
    """What people call the state of this clip."""
    if clip.replaced_by_id:
        return "replaced"
    if clip.state == "processed":
        return DECIDED.get(clip.decision, "waiting_review")
    return "unusable" if clip.state == "unusable" else "waiting_processing"


def counts_of(session: Session, speaker: Speaker) -> dict[str, int]:
    """How many clips of the speaker stand how; every state is there."""
    replaced = Clip.replaced_by_id.is_not(None)
    alike = select(Clip.state, Clip.decision, replaced, func.count()).where(*_given(speaker))
    counts: Counter[str] = Counter(dict.fromkeys(STATES, 0))
    for state, decision, is_replaced, n_clips in session.execute(alike.group_by(Clip.state, Clip.decision, replaced)):
        counts[standing(Clip(state=state, decision=decision, replaced_by_id="newer" if is_replaced else None))] += (
            n_clips
        )
    return dict(counts)


def newest_visit(session: Session, speaker: Speaker) -> Visit | None:
    """The visit to go on with on another device."""
    newest_first = select(Visit).where(Visit.speaker_id == speaker.id).order_by(Visit.created_at.desc(), Visit.id)
    return session.scalar(newest_first.limit(1))


def page_of(session: Session, speaker: Speaker, before: str | None, n: int) -> tuple[list[Contribution], str | None]:
    """The speaker's clips, newest first, and the id to ask on with; None when these are the last."""
    wanted = select(Clip).where(*_given(speaker)).order_by(Clip.created_at.desc(), Clip.id.desc()).limit(n + 1)
    found = list(session.scalars(_older(wanted, _of_speaker(session, speaker, before)) if before else wanted))
    clips = found[:n]
    rejections, vocabularies = _rejections(session, clips), _vocabularies(session, clips)
    shown = [_contribution(clip, vocabularies.get(clip.visit_id), rejections) for clip in clips]
    return shown, clips[-1].id if len(found) > n else None


def own_clip(session: Session, speaker: Speaker, clip_id: str) -> Clip:
    """A clip that the speaker gave and did not take back; raises NotFound."""
    clip = _of_speaker(session, speaker, clip_id)
    if clip.withdrawn_at is not None:
        raise NotFound("clip_unknown", "This clip was deleted already.")
    return clip


def sound_of(clip: Clip) -> Sound:
    """The processed second where there is one, else what was uploaded; raises NotFound where that was lost."""
    if clip.processed_key and clip.processed_sha256:
        return Sound(clip.processed_key, clip.processed_sha256, MEDIA_TYPES["wav"])
    if not _has_audio(clip):
        raise NotFound("audio_missing", "There is nothing to hear of this clip.")
    container = clip.raw_key.rpartition(".")[2]
    return Sound(clip.raw_key, clip.raw_sha256, MEDIA_TYPES.get(container, "application/octet-stream"))


def vocabulary_of(session: Session, clip: Clip) -> str | None:
    """The vocabulary that its word was asked for from; none of an import."""
    return _vocabularies(session, [clip]).get(clip.visit_id)


def _given(speaker: Speaker) -> tuple[ColumnElement[bool], ...]:
    return Clip.speaker_id == speaker.id, Clip.withdrawn_at.is_(None)


def _of_speaker(session: Session, speaker: Speaker, clip_id: str) -> Clip:
    """Also one that was deleted: a list goes on behind it."""
    clip = session.get(Clip, clip_id)
    if clip is None or clip.speaker_id != speaker.id:
        raise NotFound("clip_unknown", "There is no such clip of this speaker.")
    return clip


def _older(wanted: Select[Clip], last: Clip) -> Select[Clip]:
    same_time = and_(Clip.created_at == last.created_at, Clip.id < last.id)
    return wanted.where(or_(Clip.created_at < last.created_at, same_time))


def _rejections(session: Session, clips: list[Clip]) -> dict[str, str]:
    """Clip id to the reason of its newest rejection that stands."""
    ids = [clip.id for clip in clips if clip.decision == "reject"]
    standing_ones = select(Review.clip_id, Review.reason).where(
        Review.clip_id.in_(ids), Review.decision == "reject", *STANDS
    )
    rows = session.execute(standing_ones.order_by(Review.id))
    return {clip_id: reason for clip_id, reason in rows if reason}


def _vocabularies(session: Session, clips: list[Clip]) -> dict[str | None, str]:
    """Visit id to the vocabulary of that visit."""
    ids = {clip.visit_id for clip in clips}
    return dict(session.execute(select(Visit.id, Visit.vocabulary).where(Visit.id.in_(ids))).all())


def _contribution(clip: Clip, vocabulary: str | None, rejections: Mapping[str, str]) -> Contribution:
    state = standing(clip)
    reason = _reason(clip, state, rejections)
    return Contribution(clip.id, clip.word, vocabulary, clip.created_at, state, reason, _has_audio(clip))


def _reason(clip: Clip, state: str, rejections: Mapping[str, str]) -> Reason | None:
    if state == "rejected":
        code = rejections.get(clip.id, "other")
        return Reason(code, REASONS.get(code, REASONS["other"]))
    if state == "unusable":
        code = clip.unusable_reason or "worker_failed"
        sentences = {**UNUSABLE_REASONS, **WORKER_REASONS}
        return Reason(code, sentences.get(code, WORKER_REASONS["worker_failed"]))
    return None


def _has_audio(clip: Clip) -> bool:
    return clip.unusable_reason != RAW_MISSING
