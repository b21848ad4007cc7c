"""The API of the recorder: visits, clips, withdrawals, and every way in which they are refused."""

import hashlib
import json

import pytest
from webtest import TestApp, TestResponse

from speechapp.config import read_config
from speechapp.models import Clip
from speechapp.services import Services
from speechapp.web.app import create_app
from tests import sounds
from tests.answers import refusal_of
from tests.cast import Volunteer
from tests.databases import on_every_database
from tests.rabbitmq import free_port
from tests.rows import the_clip

TAKE = sounds.word_like()


@pytest.fixture
def outsider(web: TestApp) -> Volunteer:
    """Somebody with a visit of their own."""
    outsider = Volunteer(web)
    outsider.start_visit()
    return outsider


# Visits


@on_every_database
def test_a_new_volunteer_gets_a_speaker_a_token_and_115_prompts(web: TestApp) -> None:
    response = web.post_json("/api/visits", {"consent_version": "3", "language": "en"}, status=201)
    visit = response.json["visit"]
    assert set(response.json) == {"visit", "token"}
    assert set(visit) == {"id", "speaker", "vocabulary", "prompts", "clips"}
    assert (len(visit["id"]), len(visit["speaker"]), len(response.json["token"])) == (32, 8, 43)
    assert visit["vocabulary"] == {
        "id": "en",
        "name": "English",
        "language": "en",
        "direction": "ltr",
        "version": "1",
    }
    assert visit["clips"] == []
    assert [prompt["position"] for prompt in visit["prompts"]] == list(range(115))
    assert {type(prompt["word"]) for prompt in visit["prompts"]} == {str}


def test_who_agreed_to_an_older_consent_agrees_to_this_one(web: TestApp, volunteer: Volunteer) -> None:
    url, headers = "/api/speakers/me/consent", volunteer.headers
    response = web.put_json(url, {"consent_version": "3"}, headers=headers)
    assert response.json == {"consent_version": "3"}
    stale = web.put_json(url, {"consent_version": "1"}, headers=headers, status="*")
    assert refusal_of(stale) == refusal_of(
        web.post_json("/api/visits", {"consent_version": "1", "vocabulary": "en"}, status="*")
    )
    assert web.put_json(url, {"consent_version": "3"}, status="*").status_code == 401


def test_a_returning_volunteer_keeps_the_speaker_and_gets_no_new_token(volunteer: Volunteer) -> None:
    first = volunteer.visit
    response = volunteer.start_visit()
    assert response.status_code == 201
    assert response.json["token"] is None
    assert volunteer.speaker == first["speaker"]
    assert volunteer.visit["id"] != first["id"]


@on_every_database
def test_a_visit_is_taken_up_again_with_what_was_recorded(volunteer: Volunteer, web: TestApp) -> None:
    clip = volunteer.upload(3).json["clip"]
    response = web.get(f"/api/visits/{volunteer.visit['id']}", headers=volunteer.headers)
    assert response.status_code == 200
    assert response.json["visit"] == volunteer.visit | {"clips": [clip]}


def test_a_visit_with_an_outdated_consent_is_refused(web: TestApp) -> None:
    response = web.post_json("/api/visits", {"consent_version": "0", "language": "en"}, status="*")
    assert refusal_of(response) == (422, "consent_outdated")


def test_a_visit_in_a_language_that_is_not_collected_is_refused_and_mints_nobody(web: TestApp) -> None:
    response = web.post_json("/api/visits", {"consent_version": "3", "language": "is"}, status="*")
    assert refusal_of(response) == (422, "language_unknown")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"en"', b'{"consent_version": 1, "language": "en"}', b"{}"])
def test_a_visit_without_a_proper_json_object_is_refused(web: TestApp, body: bytes) -> None:
    response = web.post("/api/visits", body, content_type="application/json", status="*")
    assert refusal_of(response) == (400, "bad_json")


def test_a_visit_sent_as_a_form_is_refused(web: TestApp) -> None:
    response = web.post("/api/visits", {"consent_version": "3", "language": "en"}, status="*")
    assert refusal_of(response) == (400, "bad_json")


def test_a_visit_with_a_token_nobody_has_is_refused(web: TestApp) -> None:
    assert refusal_of(Volunteer(web, token="guess").start_visit(status="*")) == (401, "token_unknown")


def test_a_visit_is_shown_only_to_its_speaker(web: TestApp, volunteer: Volunteer, outsider: Volunteer) -> None:
    url = f"/api/visits/{volunteer.visit['id']}"
    assert refusal_of(web.get(url, status="*")) == (401, "token_missing")
    assert refusal_of(web.get(url, headers={"Authorization": "Basic YTpi"}, status="*")) == (401, "token_missing")
    assert refusal_of(web.get(url, headers={"Authorization": "Bearer guess"}, status="*")) == (401, "token_unknown")
    assert refusal_of(web.get(url, headers=outsider.headers, status="*")) == (403, "visit_of_other_speaker")


def test_a_visit_that_never_was_is_not_found(web: TestApp, volunteer: Volunteer) -> None:
    response = web.get(f"/api/visits/{'0' * 32}", headers=volunteer.headers, status="*")
    assert refusal_of(response) == (404, "visit_unknown")


@on_every_database
def test_a_visit_id_that_no_database_can_hold_is_refused_and_breaks_nothing(web: TestApp, volunteer: Volunteer) -> None:
    response = web.get("/api/visits/%00", headers=volunteer.headers, status="*")
    assert 400 <= response.status_code < 500


# Clips


@on_every_database
def test_a_clip_is_stored_and_answered_with_what_was_kept(volunteer: Volunteer, services: Services) -> None:
    response = volunteer.upload(0, TAKE, clip_id="c" * 32)
    assert response.status_code == 201
    assert response.json == {
        "clip": {
            "id": "c" * 32,
            "word": volunteer.visit["prompts"][0]["word"],
            "position": 0,
            "state": "pending",
            "n_bytes": len(TAKE),
            "sha256": hashlib.sha256(TAKE).hexdigest(),
        }
    }
    clip = the_clip(services.database, "c" * 32)
    assert clip.settings == {"sample_rate_hz": 48_000, "echo_cancellation": False}
    assert services.storage.get(clip.raw_key) == TAKE


def test_a_repeated_upload_is_answered_200_with_the_same_clip(volunteer: Volunteer) -> None:
    first = volunteer.upload(0, clip_id="c" * 32)
    second = volunteer.upload(0, clip_id="c" * 32)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json


def test_a_redone_clip_takes_the_place_of_the_one_before(volunteer: Volunteer, web: TestApp) -> None:
    first = volunteer.upload(0).json["clip"]
    second = volunteer.upload(0, replaces=first["id"]).json["clip"]
    visit = web.get(f"/api/visits/{volunteer.visit['id']}", headers=volunteer.headers).json["visit"]
    assert visit["clips"] == [second]


def test_the_speaker_api_needs_no_cookie_and_no_csrf_token(web: TestApp, volunteer: Volunteer) -> None:
    web.reset()
    assert volunteer.upload(0).status_code == 201
    assert web.cookies == {}


def test_a_clip_is_taken_although_the_broker_is_down(settings: dict[str, str]) -> None:
    broker = f"amqp://guest:guest@127.0.0.1:{free_port()}//"
    app = create_app(read_config(settings | {"SPEECHAPP_BROKER_URL": broker}))
    volunteer = Volunteer(TestApp(app))
    volunteer.start_visit()
    assert volunteer.upload(0).status_code == 201
    app.extensions["speechapp"].services.database.close()


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"sha256": "0" * 64}, 422, "hash_mismatch"),
        ({"n_bytes": 1}, 422, "length_mismatch"),
        ({"word": "sesame"}, 422, "word_not_prompted"),
        ({"position": 115}, 422, "word_not_prompted"),
        ({"visit_id": "0" * 32}, 404, "visit_unknown"),
        ({"visit_id": "short"}, 400, "bad_metadata"),
        ({"clip_id": "C" * 32}, 400, "bad_metadata"),
        ({"clip_id": None}, 400, "bad_metadata"),
        ({"sha256": "0"}, 400, "bad_metadata"),
        ({"position": -1}, 400, "bad_metadata"),
        ({"position": "0"}, 400, "bad_metadata"),
        ({"position": True}, 400, "bad_metadata"),
        ({"n_bytes": 0.5}, 400, "bad_metadata"),
        ({"word": 7}, 400, "bad_metadata"),
        ({"replaces": "x"}, 400, "bad_metadata"),
        ({"settings": []}, 400, "bad_metadata"),
        ({"settings": ["loud"]}, 400, "bad_metadata"),
        ({"settings": {"user_agent": "x" * 4096}}, 400, "bad_metadata"),
        ({"settings": {"latency": float("nan")}}, 400, "bad_metadata"),
    ],
)
def test_a_clip_whose_metadata_is_not_right_is_refused(
    volunteer: Volunteer, changed: dict[str, object], status: int, code: str
) -> None:
    assert refusal_of(volunteer.upload(0, status="*", **changed)) == (status, code)


@pytest.mark.parametrize("missing", ["clip_id", "visit_id", "position", "word", "n_bytes", "sha256"])
def test_a_clip_whose_metadata_lacks_something_is_refused(web: TestApp, volunteer: Volunteer, missing: str) -> None:
    metadata = volunteer.metadata(0, TAKE)
    del metadata[missing]
    assert refusal_of(post(web, volunteer, json.dumps(metadata))) == (400, "bad_metadata")


@pytest.mark.parametrize("metadata", ["", "{", "[]", "null", '"text"', "[" * 100_000])
def test_a_clip_whose_metadata_is_no_json_object_is_refused(web: TestApp, volunteer: Volunteer, metadata: str) -> None:
    assert refusal_of(post(web, volunteer, metadata)) == (400, "bad_metadata")


def test_a_clip_without_its_audio_is_refused(web: TestApp, volunteer: Volunteer) -> None:
    body = {"metadata": json.dumps(volunteer.metadata(0, TAKE))}
    assert refusal_of(web.post("/api/clips", body, headers=volunteer.headers, status="*")) == (400, "bad_metadata")


def test_bytes_that_are_not_audio_are_refused(volunteer: Volunteer) -> None:
    assert refusal_of(volunteer.upload(0, b"GIF89a", status="*")) == (415, "container_unknown")


def test_no_audio_at_all_is_refused(volunteer: Volunteer) -> None:
    assert refusal_of(volunteer.upload(0, b"", status="*")) == (415, "container_unknown")


def test_a_clip_above_2_mib_is_refused(volunteer: Volunteer) -> None:
    assert refusal_of(volunteer.upload(0, TAKE.ljust(2 * 1024 * 1024 + 1), status="*")) == (413, "clip_too_large")


def test_a_body_far_above_the_limit_is_refused_in_the_same_way(volunteer: Volunteer) -> None:
    assert refusal_of(volunteer.upload(0, bytes(4 * 1024 * 1024), status="*")) == (413, "clip_too_large")


def test_a_clip_id_that_names_another_recording_is_refused(volunteer: Volunteer, outsider: Volunteer) -> None:
    taken = volunteer.upload(0).json["clip"]["id"]
    assert refusal_of(volunteer.upload(1, clip_id=taken, status="*")) == (409, "clip_id_taken")
    assert refusal_of(outsider.upload(0, clip_id=taken, status="*")) == (409, "clip_id_taken")


def test_a_clip_for_the_visit_of_another_is_refused(volunteer: Volunteer, outsider: Volunteer) -> None:
    response = outsider.upload(0, visit_id=volunteer.visit["id"], status="*")
    assert refusal_of(response) == (403, "visit_of_other_speaker")


def test_a_clip_without_or_with_a_wrong_token_is_refused(web: TestApp, volunteer: Volunteer) -> None:
    nameless = Volunteer(web, token=None, visit=volunteer.visit)
    guessing = Volunteer(web, token="guess", visit=volunteer.visit)
    assert refusal_of(nameless.upload(0, status="*")) == (401, "token_missing")
    assert refusal_of(guessing.upload(0, status="*")) == (401, "token_unknown")


# Withdrawals


@on_every_database
def test_a_withdrawal_says_how_many_clips_it_took_back(volunteer: Volunteer, web: TestApp, services: Services) -> None:
    kept = [volunteer.upload(position).json["clip"]["id"] for position in (0, 1)]
    response = web.post("/api/withdrawals", headers=volunteer.headers)
    assert (response.status_code, response.json) == (200, {"withdrawn": {"n_clips": 2}})
    with services.database.read() as session:
        assert [session.get_one(Clip, clip_id).withdrawn_at is None for clip_id in kept] == [False, False]


def test_after_a_withdrawal_the_token_opens_nothing_more(volunteer: Volunteer, web: TestApp) -> None:
    web.post("/api/withdrawals", headers=volunteer.headers)
    gone = (410, "speaker_withdrawn")
    assert refusal_of(volunteer.upload(0, status="*")) == gone
    assert refusal_of(volunteer.start_visit(status="*")) == gone
    assert refusal_of(web.get(f"/api/visits/{volunteer.visit['id']}", headers=volunteer.headers, status="*")) == gone
    assert refusal_of(web.post("/api/withdrawals", headers=volunteer.headers, status="*")) == gone


def test_nobody_withdraws_without_a_token(web: TestApp) -> None:
    assert refusal_of(web.post("/api/withdrawals", status="*")) == (401, "token_missing")
    wrong = {"Authorization": "Bearer guess"}
    assert refusal_of(web.post("/api/withdrawals", headers=wrong, status="*")) == (401, "token_unknown")


def post(web: TestApp, volunteer: Volunteer, metadata: str) -> TestResponse:
    return web.post(
        "/api/clips",
        {"metadata": metadata},
        upload_files=[("audio", "clip.wav", TAKE)],
        headers=volunteer.headers,
        status="*",
    )
