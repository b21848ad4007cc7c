"""Statistics: how far the collection has come, for the front page."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
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


def _standing(expression: ColumnElement[int]) -> Select[int]:
    return select(expression).where(
        Clip.withdrawn_at.is_(None), Clip.replaced_by_id.is_(None), Clip.state != "unusable"
    )
