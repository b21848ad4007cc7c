"""Visits: one sitting of a speaker, which can be left and come back to."""

import random
import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from speechapp.errors import Forbidden, NotFound
from speechapp.models import Clip, Speaker, Visit
from speechapp.prompts import Prompt, Vocabulary, ordered_prompts


def start(session: Session, speaker: Speaker, vocabulary: Vocabulary, now: datetime) -> Visit:
    """A new visit with its prompts in order."""
    visit = Visit(
        id=secrets.token_hex(16),
        speaker_id=speaker.id,
        vocabulary=vocabulary.id,
        language=vocabulary.language,
        vocabulary_version=vocabulary.version,
        words=ordered_prompts(vocabulary, random.SystemRandom()),
        created_at=now,
    )
    session.add(visit)
    session.flush()
    return visit


def prompts_of(visit: Visit, offered: Mapping[str, Vocabulary]) -> list[Prompt]:
    """How its words are shown. The vocabulary may have changed since, or gone: then a word is its own text."""
    vocabulary = offered.get(visit.vocabulary)
    known = {prompt.word: prompt for prompt in vocabulary.prompts} if vocabulary else {}
    return [known.get(word) or Prompt(word, word) for word in visit.words]


def of_speaker(session: Session, visit_id: str, speaker: Speaker) -> Visit:
    """This visit, if it is the speaker's own; raises NotFound or Forbidden."""
    visit = session.get(Visit, visit_id)
    if visit is None:
        raise NotFound("visit_unknown", "There is no such visit. Start a new one.")
    if visit.speaker_id != speaker.id:
        raise Forbidden("visit_of_other_speaker", "This visit belongs to another speaker. Start a new one.")
    return visit


def recorded_clips(session: Session, visit: Visit) -> list[Clip]:
    """The clips that count in this visit, by position; what was redone counts no more."""
    wanted = select(Clip).where(Clip.visit_id == visit.id, Clip.replaced_by_id.is_(None), Clip.withdrawn_at.is_(None))
    return list(session.scalars(wanted.order_by(Clip.position)))
