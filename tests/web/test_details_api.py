"""Telling something of oneself over HTTP: seen, changed, taken back, and every way in which it is refused."""

from typing import Any

import pytest
from webtest import TestApp, TestResponse

from speechapp.models import Speaker
from speechapp.services import Services
from tests.answers import refusal_of
from tests.cast import Volunteer

DETAILS = "/api/speakers/me/details"
NOTHING = dict.fromkeys(("first_language", "accent", "age_band", "gender", "device_kind"))
TOLD = NOTHING | {"first_language": "de", "accent": "Bavarian", "age_band": "60-plus"}


def see(volunteer: Volunteer, **expect: Any) -> TestResponse:
    return volunteer.web.get(DETAILS, headers=volunteer.headers, **expect)


def tell(volunteer: Volunteer, told: dict[str, Any], **expect: Any) -> TestResponse:
    return volunteer.web.put_json(DETAILS, told, headers=volunteer.headers, **expect)


def test_nothing_is_told_beforehand_and_the_choices_are_named(volunteer: Volunteer) -> None:
    answer = see(volunteer)
    assert answer.json["details"] == NOTHING
    assert answer.json["choices"]["gender"] == ["female", "male", "other"]
    assert [language["code"] for language in answer.json["languages"]] == answer.json["choices"]["first_language"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("preferred", "name"), [("en", "Swiss German"), ("de", "Schweizerdeutsch"), ("es", "Alemán suizo")]
)
def test_languages_are_called_as_the_reader_calls_them(volunteer: Volunteer, preferred: str, name: str) -> None:
    headers = volunteer.headers | {"Accept-Language": preferred}
    answer = volunteer.web.get(DETAILS, headers=headers)
    assert {"code": "gsw", "name": name} in answer.json["languages"]


def test_what_is_told_is_seen_again_and_replaced_as_a_whole(volunteer: Volunteer) -> None:
    assert tell(volunteer, TOLD).json == {"details": TOLD}
    assert see(volunteer).json["details"] == TOLD
    tell(volunteer, {"gender": "other"})
    assert see(volunteer).json["details"] == NOTHING | {"gender": "other"}


def test_nobody_has_to_tell_anything_to_record(volunteer: Volunteer) -> None:
    assert volunteer.upload(0).status_code == 201
    assert see(volunteer).json["details"] == NOTHING


def test_each_sees_their_own_only(volunteer: Volunteer, web: TestApp) -> None:
    other = Volunteer(web)
    other.start_visit()
    tell(volunteer, TOLD)
    assert see(other).json["details"] == NOTHING


def test_no_other_answer_carries_a_detail(volunteer: Volunteer, clip_id: str) -> None:
    tell(volunteer, TOLD)
    paths = ("/api/speakers/me", "/api/speakers/me/clips", f"/api/visits/{volunteer.visit['id']}")
    bodies = [volunteer.web.get(path, headers=volunteer.headers).text for path in paths]
    assert clip_id in bodies[1]
    assert [word for word in ("Bavarian", "60-plus", "accent") if any(word in body for body in bodies)] == []


def test_who_agreed_to_an_older_consent_is_asked_to_agree_again_first(volunteer: Volunteer, services: Services) -> None:
    with services.database.write() as session:
        session.get_one(Speaker, volunteer.speaker).consent_version = "1"
    assert refusal_of(tell(volunteer, TOLD, status="*")) == (403, "consent_needed")
    assert see(volunteer).json["details"] == NOTHING
    volunteer.start_visit()
    assert tell(volunteer, TOLD).json == {"details": TOLD}


def test_a_wrong_value_is_refused_and_changes_nothing(volunteer: Volunteer) -> None:
    tell(volunteer, TOLD)
    refused = tell(volunteer, {"age_band": "61"}, status="*")
    assert refusal_of(refused) == (422, "detail_unknown")
    assert "“age_band” must be null (rather not say) or one of: under-18, 18-29" in refused.json["error"]["message"]
    assert see(volunteer).json["details"] == TOLD


def test_what_is_no_object_is_refused(volunteer: Volunteer) -> None:
    refused = volunteer.web.put_json(DETAILS, ["female"], headers=volunteer.headers, status="*")
    assert refusal_of(refused) == (400, "bad_json")


@pytest.mark.parametrize(
    ("token", "expected"), [(None, (401, "token_missing")), ("unheard-of", (401, "token_unknown"))]
)
def test_without_a_known_token_nothing_is_shown_or_kept(
    web: TestApp, token: str | None, expected: tuple[int, str]
) -> None:
    assert refusal_of(see(Volunteer(web, token), status="*")) == expected
    assert refusal_of(tell(Volunteer(web, token), TOLD, status="*")) == expected


def test_after_everything_was_withdrawn_nothing_is_shown_or_kept(volunteer: Volunteer) -> None:
    tell(volunteer, TOLD)
    volunteer.web.post("/api/withdrawals", headers=volunteer.headers)
    assert refusal_of(see(volunteer, status="*")) == (410, "speaker_withdrawn")
    assert refusal_of(tell(volunteer, TOLD, status="*")) == (410, "speaker_withdrawn")
