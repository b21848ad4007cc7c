"""The reviewer's API: clips to hear, decisions, undo, and every way in which they are refused."""

from collections.abc import Callable

import pytest
from webtest import TestApp

from speechapp.audio.format import UNUSABLE_REASONS, read_wav
from speechapp.config import read_config
from speechapp.contributions import WORKER_REASONS
from speechapp.faults import FAULTS
from speechapp.models import Clip, Visit
from speechapp.services import Services
from speechapp.web.app import create_app
from tests import sounds
from tests.answers import refusal_of
from tests.cast import PASSWORD, Member, Volunteer
from tests.conftest import ROOT
from tests.databases import on_every_database
from tests.rows import add_user, the_clip

LogIn = Callable[[str], Member]
MEASURES = {"peak_dbfs", "rms_dbfs", "noise_floor_dbfs", "snr_db", "n_clipped_samples", "take_ms", "window_start_ms"}
ALIGNMENT = {"word_start_ms", "word_end_ms", "alignment_confidence", "alignment_method"}


@pytest.fixture
def reviewer(member: LogIn) -> Member:
    return member("reviewer")


@on_every_database
def test_the_next_clip_comes_with_all_that_the_page_shows(volunteer: Volunteer, clip_id: str, reviewer: Member) -> None:
    answer = reviewer.web.get("/api/review/next").json
    [clip] = answer["clips"]
    assert set(answer) == {"clips", "remaining", "n_reviewed_by_me"}
    assert (answer["remaining"], answer["n_reviewed_by_me"]) == (1, 0)
    assert (clip["id"], clip["utterance"]) == (clip_id, 0)
    assert (clip["speaker"], clip["word"]) == (volunteer.speaker, volunteer.visit["prompts"][0]["word"])
    assert set(clip["measures"]) == MEASURES
    assert set(clip["alignment"]) == ALIGNMENT
    assert (clip["text"], clip["language"]) == (clip["word"], "en")
    assert set(clip["faults"]) <= set(FAULTS)
    assert clip["measures"]["take_ms"] == 2000.0
    assert clip["measures"]["n_clipped_samples"] == 0


def test_the_next_clip_can_be_heard(clip_id: str, reviewer: Member) -> None:
    [clip] = reviewer.web.get("/api/review/next").json["clips"]
    answer = reviewer.web.get(clip["audio_url"])
    assert answer.content_type == "audio/wav"
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(read_wav(answer.body).pcm) == 32_000
    assert clip["id"] == clip_id


def test_the_whole_take_can_be_heard_as_it_was_uploaded(
    volunteer: Volunteer, process: Callable[[str], bool], reviewer: Member
) -> None:
    take = sounds.word_like(seed=7)
    process(str(volunteer.upload(0, take).json["clip"]["id"]))
    [clip] = reviewer.web.get("/api/review/next").json["clips"]
    answer = reviewer.web.get(clip["take_url"])
    assert (answer.content_type, answer.body) == ("audio/wav", take)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_text_that_the_speaker_read_stands_beside_the_word(
    settings: dict[str, str], services: Services, clip_id: str
) -> None:
    with services.database.write() as session:
        clip = session.get_one(Clip, clip_id)
        clip.word = "fuenf"
        session.get_one(Visit, clip.visit_id).vocabulary = "de"
    add_user(services.database, "reviewer", "reviewer", PASSWORD)
    app = create_app(read_config(settings | {"SPEECHAPP_VOCABULARY": "en,de"}))
    reviewer = Member(TestApp(app), "reviewer").log_in()
    [shown] = reviewer.web.get("/api/review/next").json["clips"]
    assert (shown["word"], shown["text"]) == ("fuenf", "fünf")
    app.extensions["speechapp"].services.database.close()


@on_every_database
def test_only_clips_with_one_fault_or_of_one_language_come_where_they_are_asked_for(
    clip_id: str, reviewer: Member, services: Services
) -> None:
    with services.database.write() as session:
        session.get_one(Clip, clip_id).faults = ["clipped", "of another time"]

    def ids(query: str) -> tuple[list[str], int]:
        answer = reviewer.web.get(f"/api/review/next?{query}").json
        return [clip["id"] for clip in answer["clips"]], answer["remaining"]

    assert ids("fault=clipped") == ([clip_id], 1)
    assert ids("fault=hum") == ([], 0)
    assert ids("fault=of another time") == ([clip_id], 1)
    assert ids("language=en&fault=clipped") == ([clip_id], 1)
    assert ids("language=de") == ([], 0)
    assert reviewer.web.get("/api/review/next").json["clips"][0]["faults"] == ["clipped"]
    assert 'value="clipped" selected' in reviewer.web.get("/review?fault=clipped")


def test_a_decision_about_what_a_clip_was_before_it_was_processed_again_is_refused(
    clip_id: str, reviewer: Member, services: Services
) -> None:
    [clip] = reviewer.web.get("/api/review/next").json["clips"]
    with services.database.write() as session:
        session.get_one(Clip, clip_id).processed_sha256 = "f" * 64
    decision = {"clip_id": clip_id, "decision": "accept", "heard_sha256": clip["sha256"]}
    assert refusal_of(reviewer.post_json("/api/reviews", decision, status="*")) == (409, "clip_changed")
    assert reviewer.post_json("/api/reviews", decision | {"heard_sha256": "f" * 64}).status_code == 201


@on_every_database
def test_maintainers_see_what_was_found(
    volunteer: Volunteer, clip_id: str, process: Callable[[str], bool], member: LogIn, services: Services
) -> None:
    process(str(volunteer.upload(1, sounds.silence()).json["clip"]["id"]))
    with services.database.write() as session:
        session.get_one(Clip, clip_id).faults = ["hum"]
    page = member("maintainer").web.get("/review").click("What was found")
    assert [row.get_text(" ").split() for row in page.html.select(".findings dl > div")] == [
        ["Mains", "hum", "1"],
        ["Silent", "1"],
    ]
    assert page.html.select_one(".findings a")["href"] == "/review?fault=hum"


def test_reviewers_do_not_see_what_was_found(reviewer: Member) -> None:
    assert "What was found" not in reviewer.web.get("/review")
    assert reviewer.web.get("/review/findings", status="*").status_code == 403


def test_every_reason_why_a_recording_is_not_usable_has_a_name() -> None:
    texts = (ROOT / "templates" / "texts" / "review.html").read_text()
    names = texts[texts.index("unusable_labels") :]
    assert [code for code in (*UNUSABLE_REASONS, *WORKER_REASONS) if f'"{code}"' not in names] == []


def test_as_many_clips_come_as_are_asked_for_and_none_that_are_skipped(
    volunteer: Volunteer, process: Callable[[str], bool], reviewer: Member
) -> None:
    made = [volunteer.upload(position).json["clip"]["id"] for position in range(3)]
    assert [process(clip_id) for clip_id in made] == [True, True, True]

    def ids(query: str) -> list[str]:
        return [clip["id"] for clip in reviewer.web.get(f"/api/review/next?{query}").json["clips"]]

    assert sorted(ids("n=20")) == sorted(made)
    assert len(ids("n=2")) == 2
    assert len(ids("n=0")) == 1
    assert len(ids("n=many")) == 3
    assert ids(f"n=20&skip={made[0]},{made[1]}") == [made[2]]


@on_every_database
def test_a_decision_is_kept_and_counted(clip_id: str, reviewer: Member, services: Services) -> None:
    response = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "reject", "reason": "cut_off"})
    review = response.json["review"]
    assert response.status_code == 201
    assert review == {"id": review["id"], "clip_id": clip_id, "decision": "reject", "reason": "cut_off"}
    assert the_clip(services.database, clip_id).decision == "reject"
    answer = reviewer.web.get("/api/review/next").json
    assert answer == {"clips": [], "remaining": 0, "n_reviewed_by_me": 1}


def test_an_accepted_clip_needs_no_reason(clip_id: str, reviewer: Member) -> None:
    response = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"})
    assert (response.status_code, response.json["review"]["reason"]) == (201, None)


@on_every_database
def test_undo_brings_the_clip_back_to_be_heard_again(clip_id: str, reviewer: Member) -> None:
    [shown] = reviewer.web.get("/api/review/next").json["clips"]
    review_id = accept(reviewer, clip_id)
    response = reviewer.post_json(f"/api/reviews/{review_id}/undo")
    assert (response.status_code, response.json) == (200, {"clip": shown})
    assert reviewer.web.get("/api/review/next").json["remaining"] == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"decision": "maybe"}, 422, "decision_unknown"),
        ({"decision": "reject"}, 422, "reason_unknown"),
        ({"decision": "reject", "reason": "boring"}, 422, "reason_unknown"),
        ({"decision": "accept", "reason": "noise"}, 422, "reason_unknown"),
        ({"decision": "accept", "reason": 7}, 400, "bad_json"),
        ({"decision": 7}, 400, "bad_json"),
        ({}, 400, "bad_json"),
        ({"decision": "accept", "clip_id": "0" * 32}, 404, "clip_unknown"),
        ({"decision": "accept", "clip_id": None}, 400, "bad_json"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(
    clip_id: str, reviewer: Member, body: dict[str, object], status: int, code: str
) -> None:
    response = reviewer.post_json("/api/reviews", {"clip_id": clip_id} | body, status="*")
    assert refusal_of(response) == (status, code)


def test_a_clip_that_is_not_processed_yet_cannot_be_heard_or_reviewed(volunteer: Volunteer, reviewer: Member) -> None:
    pending = volunteer.upload(0).json["clip"]["id"]
    audio = reviewer.web.get(f"/api/review/clips/{pending}/audio", status="*")
    decision = reviewer.post_json("/api/reviews", {"clip_id": pending, "decision": "accept"}, status="*")
    assert refusal_of(audio) == (404, "clip_unknown")
    assert refusal_of(decision) == (404, "clip_unknown")


def test_a_clip_that_was_withdrawn_cannot_be_heard_or_reviewed(
    volunteer: Volunteer, clip_id: str, reviewer: Member
) -> None:
    volunteer.web.post("/api/withdrawals", headers=volunteer.headers)
    audio = reviewer.web.get(f"/api/review/clips/{clip_id}/audio", status="*")
    decision = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"}, status="*")
    assert refusal_of(audio) == (404, "clip_unknown")
    assert refusal_of(decision) == (404, "clip_unknown")
    assert reviewer.web.get("/api/review/next").json["clips"] == []


def test_a_clip_that_was_redone_cannot_be_reviewed(volunteer: Volunteer, clip_id: str, reviewer: Member) -> None:
    volunteer.upload(0, replaces=clip_id)
    response = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"}, status="*")
    assert refusal_of(response) == (409, "clip_replaced")


def test_a_review_is_undone_once_and_only_by_who_made_it(clip_id: str, reviewer: Member, member: LogIn) -> None:
    review_id = accept(reviewer, clip_id)
    admin = member("admin")
    url = f"/api/reviews/{review_id}/undo"
    assert refusal_of(admin.post_json(url, status="*")) == (403, "review_of_other_user")
    assert reviewer.post_json(url).status_code == 200
    assert refusal_of(reviewer.post_json(url, status="*")) == (409, "review_undone")


@on_every_database
@pytest.mark.parametrize("review_id", ["7", "2147483647", "99999999999999999999"])
def test_a_review_that_never_was_cannot_be_undone(reviewer: Member, review_id: str) -> None:
    response = reviewer.post_json(f"/api/reviews/{review_id}/undo", status="*")
    assert refusal_of(response)[0] == 404


@on_every_database
def test_ids_that_no_database_can_hold_are_refused_and_break_nothing(reviewer: Member) -> None:
    decision = reviewer.post_json("/api/reviews", {"clip_id": "\0", "decision": "accept"}, status="*")
    audio = reviewer.web.get("/api/review/clips/%00/audio", status="*")
    skipped = reviewer.web.get("/api/review/next?skip=%00", status="*")
    assert 400 <= decision.status_code < 500
    assert 400 <= audio.status_code < 500
    assert skipped.status_code in (200, 400)


@pytest.mark.parametrize("url", ["/api/review/next", f"/api/review/clips/{'0' * 32}/audio"])
def test_an_outsider_hears_nothing(web: TestApp, url: str) -> None:
    assert refusal_of(web.get(url, status="*")) == (401, "login_needed")


def test_a_speaker_token_opens_no_review(volunteer: Volunteer) -> None:
    response = volunteer.web.get("/api/review/next", headers=volunteer.headers, status="*")
    assert refusal_of(response) == (401, "login_needed")


@pytest.mark.parametrize("url", ["/api/reviews", "/api/reviews/1/undo"])
def test_a_reviewer_without_the_csrf_token_changes_nothing(
    clip_id: str, reviewer: Member, services: Services, url: str
) -> None:
    response = reviewer.web.post_json(url, {"clip_id": clip_id, "decision": "accept"}, status="*")
    assert refusal_of(response) == (400, "login_expired")
    assert the_clip(services.database, clip_id).decision is None


@pytest.mark.parametrize("url", ["/api/reviews", "/api/reviews/1/undo"])
def test_an_outsider_with_a_csrf_token_changes_nothing(web: TestApp, url: str) -> None:
    token = web.get("/login").html.find("meta", {"name": "csrf-token"})["content"]
    response = web.post_json(url, {}, headers={"X-CSRFToken": token}, status="*")
    assert refusal_of(response) == (401, "login_needed")


@pytest.mark.parametrize("role", ["reviewer", "maintainer", "admin"])
def test_everybody_who_can_log_in_may_review(clip_id: str, member: LogIn, role: str) -> None:
    assert accept(member(role), clip_id) == 1


def accept(reviewer: Member, clip_id: str) -> int:
    """The id of the review."""
    response = reviewer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"}, status=201)
    return int(response.json["review"]["id"])
