"""The plan of the synthetic volunteers: equal for equal seeds, and as varied as people are."""

from collections import Counter

from speechapp.demo.plan import COLOURS, FLAWS, REASON_OF_FLAW, plan_volunteers
from speechapp.reviews import REASONS


def test_the_same_seed_gives_the_same_volunteers() -> None:
    assert plan_volunteers(20, 50, seed=7) == plan_volunteers(20, 50, seed=7)


def test_another_seed_gives_other_volunteers() -> None:
    assert plan_volunteers(20, 50, seed=7) != plan_volunteers(20, 50, seed=8)


def test_no_two_volunteers_share_a_voice() -> None:
    voices = [volunteer.voice.name for volunteer in plan_volunteers(84, 1, seed=1)]
    assert len(set(voices)) == 84


def test_more_volunteers_than_voices_differ_in_pitch_or_speed() -> None:
    assert len({volunteer.voice for volunteer in plan_volunteers(200, 1, seed=1)}) == 200


def test_the_rooms_have_every_colour_and_many_levels() -> None:
    rooms = [volunteer.takes[0].room for volunteer in plan_volunteers(20, 50, seed=1)]
    assert {room.colour for room in rooms} == set(COLOURS)
    assert len({room.level_dbfs for room in rooms}) > 15


def test_a_volunteer_says_no_two_takes_alike() -> None:
    takes = plan_volunteers(1, 50, seed=1)[0].takes
    assert [take.position for take in takes] == list(range(50))
    assert len({(take.voice, take.lead_ms, take.speech_dbfs) for take in takes}) == 50


def test_one_take_in_fourteen_is_flawed_in_every_way_there_is() -> None:
    flaws = Counter(take.flaw for volunteer in plan_volunteers(20, 50, seed=1) for take in volunteer.takes)
    assert flaws.pop(None) == 930
    assert set(flaws) == set(FLAWS)
    assert max(flaws.values()) - min(flaws.values()) <= 1


def test_one_take_in_eleven_is_left_for_review() -> None:
    takes = [take for volunteer in plan_volunteers(20, 50, seed=1) for take in volunteer.takes]
    assert sum(take.waits_for_review for take in takes) == 90


def test_a_dozen_takes_show_every_flaw() -> None:
    flaws = {take.flaw for volunteer in plan_volunteers(2, 6, seed=1) for take in volunteer.takes}
    assert flaws == {None, *FLAWS}


def test_a_single_take_is_a_good_one() -> None:
    assert plan_volunteers(1, 1, seed=1)[0].takes[0].flaw is None


def test_every_flaw_has_a_reason_that_reviewers_know() -> None:
    assert set(REASON_OF_FLAW.values()) <= set(REASONS)


def test_another_language_is_spoken_in_that_language() -> None:
    assert plan_volunteers(1, 1, seed=1, language="de")[0].voice.name.startswith("de+")
