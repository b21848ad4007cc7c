"""Statistics: how far the collection has come, for the front page, and what was found in it, for maintainers."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, Text, cast, func, select
from sqlalchemy.orm import Session

from speechapp.models import Clip, Release


@dataclass(frozen=True)
class Statistics:
    """What stands in the collection now, withdrawn and redone clips left out."""

    n_clips: int
    n_accepted: int
    n_speakers: int
    n_words: int
    n_releases: int


@dataclass(frozen=True)
class Findings:
    """How many clips have which fault, and why how many are unusable; the most frequent first."""

    n_processed: int
    faults: Mapping[str, int]  # by code; a clip may have several
    unusable: Mapping[str, int]  # by reason


def collected(session: Session) -> Statistics:
    def count(expression: ColumnElement[int], *where: ColumnElement[bool]) -> int:
        return session.scalar(_standing(expression).where(*where)) or 0

    return Statistics(
        n_clips=count(func.count(Clip.id)),
        n_accepted=count(func.count(Clip.id), Clip.decision == "accept"),
        n_speakers=count(func.count(Clip.speaker_id.distinct())),
        n_words=count(func.count(Clip.word.distinct())),
        n_releases=session.scalar(select(func.count(Release.version)).where(Release.state == "published")) or 0,
    )


def found(session: Session) -> Findings:
    """What the worker found in the clips that were neither withdrawn nor redone."""
    kinds = cast(Clip.faults, Text)  # few clips have a combination of their own
    counting = (Clip.withdrawn_at.is_(None), Clip.replaced_by_id.is_(None))
    alike = select(kinds, func.count()).where(Clip.state == "processed", *counting).group_by(kinds)
    faults: Counter[str] = Counter()
    n_processed = 0
    for codes, n_clips in session.execute(alike):
        n_processed += n_clips
        faults.update(dict.fromkeys(json.loads(codes), n_clips))
    reasons = select(Clip.unusable_reason, func.count()).where(Clip.state == "unusable", *counting)
    unusable = Counter({reason: n for reason, n in session.execute(reasons.group_by(Clip.unusable_reason)) if reason})
    return Findings(n_processed, dict(faults.most_common()), dict(unusable.most_common()))


def _standing(expression: ColumnElement[int]) -> Select[int]:
    return select(expression).where(
        Clip.withdrawn_at.is_(None), Clip.replaced_by_id.is_(None), Clip.state != "unusable"
    )
