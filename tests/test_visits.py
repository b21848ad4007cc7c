"""Visits belong to one speaker, and know what was recorded in them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from speechapp import visits
from speechapp.db import Database
from speechapp.errors import Forbidden, NotFound
from speechapp.models import Clip, Speaker, Visit
from speechapp.prompts import Prompt
from speechapp.vocabularies import load_vocabulary
from tests.rows import ADA, BEN, NOON, add_clip, add_speaker

ENGLISH = load_vocabulary("en")


@pytest.fixture
def visit(database: Database) -> Visit:
    """A visit of Ada's."""
    add_speaker(database, ADA)
    add_speaker(database, BEN)
    with database.write() as session:
        return start(session)


def start(session: Session) -> Visit:
    return visits.start(session, session.get_one(Speaker, ADA), ENGLISH, NOON)


def test_a_visit_keeps_its_prompts_in_order_and_where_they_came_from(visit: Visit) -> None:
    assert (visit.speaker_id, visit.vocabulary, visit.language, visit.vocabulary_version) == (ADA, "en", "en", "1")
    assert len(visit.words) == 115
    assert set(visit.words) == set(ENGLISH.words)
    assert len(bytes.fromhex(visit.id)) == 16


def test_each_visit_has_an_order_of_its_own(database: Database, visit: Visit) -> None:
    with database.write() as session:
        assert start(session).words != visit.words


def test_prompts_are_shown_as_the_vocabulary_says_now(visit: Visit) -> None:
    first = Prompt(visit.words[0], "as it is written", "drawn.svg", "said.mp3")
    changed = replace(ENGLISH, core=(first,), auxiliary=())
    shown = visits.prompts_of(visit, {"en": changed})
    assert [prompt.word for prompt in shown] == visit.words
    assert [prompt for prompt in shown if prompt.word == first.word] == [first] * visit.words.count(first.word)
    assert {prompt.text for prompt in shown if prompt.word != first.word} == set(visit.words[1:]) - {first.word}


def test_prompts_of_a_vocabulary_that_is_offered_no_more_are_shown_as_their_words(visit: Visit) -> None:
    assert visits.prompts_of(visit, {}) == [Prompt(word, word) for word in visit.words]


def test_only_the_speaker_of_a_visit_gets_it(database: Database, visit: Visit) -> None:
    with database.read() as session:
        assert visits.of_speaker(session, visit.id, session.get_one(Speaker, ADA)).words == visit.words
        with pytest.raises(Forbidden) as refused:
            visits.of_speaker(session, visit.id, session.get_one(Speaker, BEN))
    assert refused.value.code == "visit_of_other_speaker"


def test_a_visit_that_never_was_is_not_found(database: Database, visit: Visit) -> None:
    with database.read() as session, pytest.raises(NotFound) as refused:
        visits.of_speaker(session, visit.id[::-1], session.get_one(Speaker, ADA))
    assert refused.value.code == "visit_unknown"


def test_what_was_redone_or_withdrawn_counts_no_more(database: Database, visit: Visit) -> None:
    add_clip(database, "last", visit_id=visit.id, position=2, utterance=0)
    add_clip(database, "first", visit_id=visit.id, position=0, utterance=1)
    add_clip(database, "redone", visit_id=visit.id, position=0, utterance=2, replaced_by_id="first")
    add_clip(database, "withdrawn", visit_id=visit.id, position=1, utterance=3, withdrawn_at=NOON)
    add_clip(database, "elsewhere", visit_id=None, position=1, utterance=4, created_at=NOON + timedelta(days=1))
    with database.read() as session:
        assert [clip.id for clip in visits.recorded_clips(session, visit)] == ["first", "last"]
        assert session.get_one(Clip, "redone").position == 0
