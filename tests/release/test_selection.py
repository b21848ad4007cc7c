"""Which clips are released, and what the dry run says about them."""

from typing import Any

import pytest

from speechapp.models import Clip, Release, Speaker
from speechapp.release.selection import ReleasePlan, Selection, plan, select_clips
from tests.release.collection import NOW, TESTER, TRAINER, VALIDATOR, Collection


def selected(collection: Collection) -> Selection:
    with collection.database.read() as session:
        return select_clips(session)


def planned(collection: Collection) -> ReleasePlan:
    with collection.database.read() as session:
        return plan(session)


def test_accepted_clips_come_in_the_order_of_their_file_names(collection: Collection) -> None:
    for speaker, word, utterance in ((TESTER, "yes", 2), (TESTER, "yes", 10), (TRAINER, "yes", 0), (TESTER, "no", 0)):
        collection.add(speaker, word, utterance)
    assert [row.file for row in selected(collection).rows] == [
        "no/bb05582b_nohash_0.wav",
        "yes/00176480_nohash_0.wav",
        "yes/bb05582b_nohash_10.wav",
        "yes/bb05582b_nohash_2.wav",
    ]


@pytest.mark.parametrize(
    "changed",
    [
        {"decision": None},
        {"decision": "reject"},
        {"decision": "unsure"},
        {"state": "pending"},
        {"state": "processing"},
        {"state": "unusable", "unusable_reason": "silent"},
        {"withdrawn_at": NOW},
    ],
)
def test_clips_that_may_not_be_released_are_left_out(collection: Collection, changed: dict[str, Any]) -> None:
    collection.add(TESTER, "yes")
    collection.add(TRAINER, "yes", **changed)
    assert [row.speaker for row in selected(collection).rows] == [TESTER]


def test_a_redone_clip_is_left_out(collection: Collection) -> None:
    better = collection.add(TESTER, "yes", 1)
    collection.add(TESTER, "yes", 0, replaced_by_id=better)
    assert [row.utterance for row in selected(collection).rows] == [1]


def test_a_speaker_who_withdrew_is_left_out_whatever_their_clips_say(collection: Collection) -> None:
    collection.add(TESTER, "yes")
    collection.add(TRAINER, "yes")
    with collection.database.write() as session:
        session.get_one(Speaker, TESTER).withdrawn_at = NOW
    assert [row.speaker for row in selected(collection).rows] == [TRAINER]


def test_the_plan_counts_and_warns_of_empty_partitions(collection: Collection) -> None:
    for speaker, word in ((TRAINER, "yes"), (TRAINER, "no"), (VALIDATOR, "yes")):
        collection.add(speaker, word)
    found = planned(collection)
    assert (found.n_clips, found.n_words, found.n_speakers) == (3, 2, 2)
    assert found.counts["no"] == {"training": 1, "validation": 0, "testing": 0}
    assert found.warnings == (
        "No validation clips of: no.",
        "The testing partition is empty: too few speakers yet. More of them will fill it.",
    )
    assert found.problems == ()


def test_the_estimate_is_close_to_the_archive_without_the_clips_bytes(collection: Collection) -> None:
    collection.add_everybody()
    noise_and_texts = collection.cut().archive_bytes - 6 * 2500
    assert planned(collection).estimated_bytes - 6 * 23_400 == pytest.approx(noise_and_texts, rel=0.02)


@pytest.mark.parametrize(
    ("speaker", "word", "utterance", "changed", "problem"),
    [
        (TESTER, "grün", 0, {}, "word 'grün' must be of the letters a to z and digits only"),
        (TESTER, "turn-on", 0, {}, "word 'turn-on' must be"),
        (TESTER, "a" * 64 + "b" * 20, 0, {}, "is longer than 100 characters"),
        ("somebody", "yes", 0, {}, "speaker 'somebody' must be 8 hex digits"),
        (TESTER, "yes", 128, {}, "utterance 128 must lie between 0 and 127"),
        (TESTER, "yes", 0, {"snr_db": None, "processed_key": None}, "has no processed_key, snr_db; have it processed"),
    ],
)
def test_what_loaders_would_trip_over_is_a_problem(
    collection: Collection, speaker: str, word: str, utterance: int, changed: dict[str, Any], problem: str
) -> None:
    collection.add(speaker, word, utterance, **changed)
    assert problem in " ".join(planned(collection).problems)


def test_an_empty_collection_is_a_problem(collection: Collection) -> None:
    assert planned(collection).problems == ("No clip has been accepted yet; review some.",)


def test_planning_changes_nothing(collection: Collection) -> None:
    collection.add_everybody()
    before = list(collection.storage.list(""))
    planned(collection)
    assert list(collection.storage.list("")) == before
    with collection.database.read() as session:
        assert session.query(Release).count() == 0
        assert session.query(Clip).filter(Clip.segment_key.is_not(None)).count() == 0


def test_the_extent_of_a_word_is_told_in_its_clip(collection: Collection) -> None:
    found: dict[str, Any] = {
        "word_start_ms": 500.0,
        "word_end_ms": 1100.0,
        "alignment_confidence": 0.97,
        "alignment_method": "word",
    }
    collection.add(TRAINER, "yes", **found, faults=["clipped"])
    collection.add(TRAINER, "no")
    no, yes = selected(collection).rows
    assert (yes.word_start_ms, yes.word_end_ms, yes.window_start_ms) == (87.5, 687.5, 412.5)
    assert (yes.alignment_confidence, yes.alignment_method, yes.faults) == (0.97, "word", ("clipped",))
    assert (no.word_start_ms, no.word_end_ms, no.alignment_confidence) == (None, None, None)
    assert (no.alignment_method, no.faults) == (None, ())
