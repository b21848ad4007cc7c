"""A speaker's own recordings: the page, the API behind it, and every way in which it is refused."""

from collections.abc import Callable

import pytest
from webtest import TestApp, TestResponse

from speechapp import withdrawals
from speechapp.audio.format import read_wav
from speechapp.services import Services
from tests import sounds
from tests.answers import refusal_of
from tests.cast import Member, Volunteer
from tests.databases import on_every_database
from tests.rows import NOON, the_clip

Process = Callable[[str], bool]
NOTHING = dict.fromkeys(("waiting_processing", "unusable", "waiting_review", "accepted", "rejected", "replaced"), 0)
ME = "/api/speakers/me"


@pytest.fixture
def outsider(web: TestApp) -> Volunteer:
    """Somebody with a visit of their own."""
    outsider = Volunteer(web)
    outsider.start_visit()
    return outsider


@pytest.fixture
def reviewer(member: Callable[[str], Member]) -> Member:
    return member("reviewer")


def get(volunteer: Volunteer, path: str = "", status: int | str | None = None) -> TestResponse:
    return volunteer.web.get(f"{ME}{path}", headers=volunteer.headers, status=status)


def delete(volunteer: Volunteer, clip_id: str, status: int | str | None = None) -> TestResponse:
    return volunteer.web.delete(f"{ME}/clips/{clip_id}", headers=volunteer.headers, status=status)


def ids_at(volunteer: Volunteer, path: str) -> list[str]:
    return [clip["id"] for clip in get(volunteer, path).json["clips"]]


def uploaded(volunteer: Volunteer, position: int = 0, audio: bytes | None = None) -> str:
    return str(volunteer.upload(position, audio).json["clip"]["id"])


# The page


def test_the_page_is_the_same_for_everybody_and_is_not_indexed(web: TestApp) -> None:
    page = web.get("/mine")
    assert page.html.find("h1")
    assert page.html.find("meta", {"name": "robots"})["content"] == "noindex"
    assert page.headers["Cache-Control"] == "no-store"


def test_the_recorder_leads_to_the_page(web: TestApp) -> None:
    links = {link.text.lower() for link in web.get("/record").html.find_all("a", {"href": "/mine"})}
    assert "your recordings" in links


# The speaker


@on_every_database
def test_a_new_speaker_has_given_nothing_yet(volunteer: Volunteer) -> None:
    speaker = get(volunteer).json["speaker"]
    assert speaker.pop("created_at").endswith("+00:00")
    assert speaker == {
        "id": volunteer.speaker,
        "consent_version": "3",
        "visit_id": volunteer.visit["id"],
        "n_left": len(volunteer.visit["prompts"]),
        "n_clips": 0,
        "counts": NOTHING,
        "acceptance_rate": None,
    }


@on_every_database
def test_the_figures_count_every_clip_once(volunteer: Volunteer, process: Process, reviewer: Member) -> None:
    clips = [uploaded(volunteer, position) for position in range(4)]
    assert [process(clip_id) for clip_id in clips[:3]] == [True, True, True]
    reviewer.post_json("/api/reviews", {"clip_id": clips[0], "decision": "accept"})
    reviewer.post_json("/api/reviews", {"clip_id": clips[1], "decision": "reject", "reason": "noise"})
    speaker = get(volunteer).json["speaker"]
    assert speaker["n_clips"] == 4
    assert speaker["counts"] == NOTHING | {
        "accepted": 1,
        "rejected": 1,
        "waiting_review": 1,
        "waiting_processing": 1,
    }
    assert speaker["acceptance_rate"] == 0.5


def test_another_device_goes_on_with_the_newest_visit(volunteer: Volunteer) -> None:
    volunteer.start_visit()
    assert get(volunteer).json["speaker"]["visit_id"] == volunteer.visit["id"]


def test_what_is_left_of_the_visit_is_counted_by_prompt(volunteer: Volunteer) -> None:
    first, second = uploaded(volunteer, 0), uploaded(volunteer, 1)
    volunteer.upload(0, sounds.word_like(seed=9), replaces=first)
    n_prompts = len(volunteer.visit["prompts"])
    assert get(volunteer).json["speaker"]["n_left"] == n_prompts - 2
    delete(volunteer, second)
    assert get(volunteer).json["speaker"]["n_left"] == n_prompts - 1


# The list


@on_every_database
def test_the_list_shows_each_clip_and_what_became_of_it(
    volunteer: Volunteer, process: Process, reviewer: Member
) -> None:
    waiting, silent, heard, accepted, rejected = (
        uploaded(volunteer, position, sounds.silence() if position == 1 else None) for position in range(5)
    )
    assert [process(clip_id) for clip_id in (silent, heard, accepted, rejected)] == [True] * 4
    reviewer.post_json("/api/reviews", {"clip_id": accepted, "decision": "accept"})
    reviewer.post_json("/api/reviews", {"clip_id": rejected, "decision": "reject", "reason": "cut_off"})
    reviewer.post_json("/api/reviews", {"clip_id": heard, "decision": "unsure"})
    clips = {clip["id"]: clip for clip in get(volunteer, "/clips").json["clips"]}
    assert {clip_id: clip["state"] for clip_id, clip in clips.items()} == {
        waiting: "waiting_processing",
        silent: "unusable",
        heard: "waiting_review",
        accepted: "accepted",
        rejected: "rejected",
    }
    assert clips[rejected]["reason"] == {"code": "cut_off", "text": "Cut off"}
    assert clips[silent]["reason"]["code"] == "silent"
    assert clips[silent]["reason"]["text"].startswith("Nothing can be heard")
    assert clips[accepted]["reason"] is None
    assert clips[waiting]["word"] == volunteer.visit["prompts"][0]["word"]
    assert (clips[waiting]["text"], clips[waiting]["language"]) == (volunteer.visit["prompts"][0]["text"], "en")
    assert clips[waiting]["created_at"].endswith("+00:00")
    assert {clip["has_audio"] for clip in clips.values()} == {True}


def test_the_reason_is_that_of_the_newest_rejection_that_stands(
    volunteer: Volunteer, clip_id: str, reviewer: Member
) -> None:
    reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "reject", "reason": "noise"})
    second = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "reject", "reason": "quiet"})
    [clip] = get(volunteer, "/clips").json["clips"]
    assert clip["reason"]["text"] == "Too quiet"
    reviewer.post_json(f"/api/reviews/{second.json['review']['id']}/undo")
    [clip] = get(volunteer, "/clips").json["clips"]
    assert clip["reason"]["text"] == "Too noisy"


def test_a_redone_clip_stays_in_the_list_as_redone(volunteer: Volunteer) -> None:
    first = uploaded(volunteer)
    second = volunteer.upload(0, sounds.word_like(seed=9), replaces=first).json["clip"]["id"]
    states = {clip["id"]: clip["state"] for clip in get(volunteer, "/clips").json["clips"]}
    assert states == {first: "replaced", second: "waiting_processing"}


@on_every_database
def test_the_list_comes_newest_first_in_pages(volunteer: Volunteer) -> None:
    newest_first = [uploaded(volunteer, position) for position in range(5)][::-1]
    first = get(volunteer, "/clips?n=2").json
    assert [clip["id"] for clip in first["clips"]] == newest_first[:2]
    assert first["next_before"] == newest_first[1]
    last = get(volunteer, f"/clips?n=3&before={first['next_before']}").json
    assert [clip["id"] for clip in last["clips"]] == newest_first[2:]
    assert last["next_before"] is None


def test_the_list_goes_on_behind_a_clip_that_was_deleted_meanwhile(volunteer: Volunteer) -> None:
    oldest, middle, _newest = (uploaded(volunteer, position) for position in range(3))
    delete(volunteer, middle)
    assert ids_at(volunteer, f"/clips?before={middle}") == [oldest]


@pytest.mark.parametrize(("n", "n_shown"), [("0", 1), ("-3", 1), ("2", 2), ("many", 3), ("1000", 3)])
def test_an_odd_number_of_clips_asked_for_is_put_right(volunteer: Volunteer, n: str, n_shown: int) -> None:
    assert [uploaded(volunteer, position) for position in range(3)]
    assert len(ids_at(volunteer, f"/clips?n={n}")) == n_shown


def test_nobody_elses_clips_are_in_the_list(volunteer: Volunteer, outsider: Volunteer) -> None:
    uploaded(volunteer)
    assert ids_at(outsider, "/clips") == []


# Hearing


def test_a_processed_clip_is_heard_as_one_second(volunteer: Volunteer, clip_id: str) -> None:
    answer = get(volunteer, f"/clips/{clip_id}/audio")
    assert answer.content_type == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(read_wav(answer.body).pcm) == 32_000


def test_an_unusable_clip_is_heard_as_it_was_uploaded(volunteer: Volunteer, process: Process) -> None:
    take = sounds.silence()
    clip_id = uploaded(volunteer, 0, take)
    process(clip_id)
    answer = get(volunteer, f"/clips/{clip_id}/audio")
    assert (answer.content_type, answer.body) == ("audio/wav", take)


def test_a_part_of_a_clip_can_be_asked_for(volunteer: Volunteer, clip_id: str) -> None:
    whole = get(volunteer, f"/clips/{clip_id}/audio").body
    asked = volunteer.headers | {"Range": "bytes=44-99"}
    answer = volunteer.web.get(f"{ME}/clips/{clip_id}/audio", headers=asked, status=206)
    assert answer.body == whole[44:100]
    assert answer.headers["Content-Range"] == "bytes 44-99/32044"


def test_a_clip_whose_upload_was_lost_has_no_audio(volunteer: Volunteer, process: Process, services: Services) -> None:
    clip_id = uploaded(volunteer)
    services.storage.delete(the_clip(services.database, clip_id).raw_key)
    process(clip_id)
    [clip] = get(volunteer, "/clips").json["clips"]
    assert (clip["state"], clip["reason"]["code"], clip["has_audio"]) == ("unusable", "raw_missing", False)
    assert refusal_of(get(volunteer, f"/clips/{clip_id}/audio", status="*")) == (404, "audio_missing")


# Deleting


@on_every_database
def test_a_deleted_clip_is_gone_at_once_and_its_objects_with_the_next_purge(
    volunteer: Volunteer, clip_id: str, services: Services
) -> None:
    kept = uploaded(volunteer, 1)
    assert delete(volunteer, clip_id).json == {"withdrawn": {"n_clips": 1}}
    assert ids_at(volunteer, "/clips") == [kept]
    assert get(volunteer).json["speaker"]["n_clips"] == 1
    assert withdrawals.purge(services.database, services.storage, NOON) == 1
    assert list(services.storage.list("")) == [the_clip(services.database, kept).raw_key]


def test_the_same_sound_in_another_clip_stays(volunteer: Volunteer, outsider: Volunteer, services: Services) -> None:
    take = sounds.word_like(seed=5)
    mine, theirs = uploaded(volunteer, 0, take), uploaded(outsider, 0, take)
    delete(volunteer, mine)
    withdrawals.purge(services.database, services.storage, NOON)
    assert get(outsider, f"/clips/{theirs}/audio").body == take


def test_the_utterance_number_of_a_deleted_clip_is_never_used_again(volunteer: Volunteer, services: Services) -> None:
    deleted = uploaded(volunteer)
    delete(volunteer, deleted)
    again = uploaded(volunteer, 0, sounds.word_like(seed=7))
    assert the_clip(services.database, deleted).utterance == 0
    assert the_clip(services.database, again).utterance == 1


def test_the_word_of_a_deleted_clip_is_asked_again(volunteer: Volunteer) -> None:
    delete(volunteer, uploaded(volunteer, 3))
    visit = volunteer.web.get(f"/api/visits/{volunteer.visit['id']}", headers=volunteer.headers)
    assert visit.json["visit"]["clips"] == []


def test_sending_a_deleted_clip_again_does_not_bring_it_back(volunteer: Volunteer, services: Services) -> None:
    take = sounds.word_like(seed=3)
    clip_id = uploaded(volunteer, 0, take)
    delete(volunteer, clip_id)
    withdrawals.purge(services.database, services.storage, NOON)
    assert volunteer.upload(0, take, clip_id=clip_id).status_code == 200
    assert ids_at(volunteer, "/clips") == []
    assert list(services.storage.list("")) == []


def test_nobody_reviews_a_deleted_clip(volunteer: Volunteer, clip_id: str, reviewer: Member) -> None:
    delete(volunteer, clip_id)
    assert reviewer.web.get("/api/review/next").json["clips"] == []
    decision = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"}, status="*")
    assert refusal_of(decision) == (404, "clip_unknown")


def test_a_clip_deleted_while_a_worker_holds_it_is_purged_all_the_same(
    volunteer: Volunteer, process: Process, services: Services
) -> None:
    clip_id = uploaded(volunteer)
    delete(volunteer, clip_id)
    assert process(clip_id) is False
    withdrawals.purge(services.database, services.storage, NOON)
    assert list(services.storage.list("")) == []


# Refusals


def test_a_clip_that_was_deleted_already_is_not_found(volunteer: Volunteer, clip_id: str) -> None:
    delete(volunteer, clip_id)
    assert refusal_of(delete(volunteer, clip_id, status="*")) == (404, "clip_unknown")
    assert refusal_of(get(volunteer, f"/clips/{clip_id}/audio", status="*")) == (404, "clip_unknown")


def test_the_clip_of_another_speaker_is_not_found(volunteer: Volunteer, outsider: Volunteer, clip_id: str) -> None:
    assert refusal_of(get(outsider, f"/clips/{clip_id}/audio", status="*")) == (404, "clip_unknown")
    assert refusal_of(get(outsider, f"/clips?before={clip_id}", status="*")) == (404, "clip_unknown")
    assert refusal_of(delete(outsider, clip_id, status="*")) == (404, "clip_unknown")
    assert ids_at(volunteer, "/clips") == [clip_id]


def test_a_clip_that_never_was_is_not_found(volunteer: Volunteer) -> None:
    assert refusal_of(get(volunteer, f"/clips/{'0' * 32}/audio", status="*")) == (404, "clip_unknown")
    assert refusal_of(delete(volunteer, "0" * 32, status="*")) == (404, "clip_unknown")


@pytest.mark.parametrize("path", ["", "/clips", "/clips/ID/audio"])
@pytest.mark.parametrize(
    ("token", "expected"), [(None, (401, "token_missing")), ("unheard-of", (401, "token_unknown"))]
)
def test_without_a_known_token_nothing_is_shown(
    web: TestApp, clip_id: str, path: str, token: str | None, expected: tuple[int, str]
) -> None:
    assert refusal_of(get(Volunteer(web, token), path.replace("ID", clip_id), status="*")) == expected
    assert refusal_of(delete(Volunteer(web, token), clip_id, status="*")) == expected


@pytest.mark.parametrize("path", ["", "/clips", "/clips/ID/audio"])
def test_after_everything_was_withdrawn_nothing_is_shown(volunteer: Volunteer, clip_id: str, path: str) -> None:
    volunteer.web.post("/api/withdrawals", headers=volunteer.headers)
    assert refusal_of(get(volunteer, path.replace("ID", clip_id), status="*")) == (410, "speaker_withdrawn")
    assert refusal_of(delete(volunteer, clip_id, status="*")) == (410, "speaker_withdrawn")


def test_a_reviewers_login_opens_nobodys_recordings(clip_id: str, reviewer: Member) -> None:
    assert refusal_of(reviewer.web.get(f"{ME}/clips/{clip_id}/audio", status="*")) == (401, "token_missing")
