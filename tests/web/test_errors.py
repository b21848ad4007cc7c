"""Whatever goes wrong is answered in the asker's own form: a page for people, JSON for the API, never a traceback."""

import pytest
from sqlalchemy import text
from webtest import TestApp

from speechapp import errors
from speechapp.services import Services
from speechapp.web.errors import status_of
from tests.answers import refusal_of
from tests.cast import Volunteer

SORRY = "Nothing you sent was lost that was confirmed before."


@pytest.fixture
def broken(web: TestApp, services: Services) -> TestApp:
    """The web application after somebody has dropped its tables."""
    with services.database.write() as session:
        for table in ("reviews", "clips", "visits", "speakers", "releases"):
            session.execute(text(f"DROP TABLE {table}"))
    return web


@pytest.mark.parametrize("path", ["/nowhere", "/releases/0.1/nowhere", "/static/x/nowhere.js"])
def test_what_is_not_there_is_a_page_for_people(web: TestApp, path: str) -> None:
    page = web.get(path, status=404)
    assert page.content_type == "text/html"
    assert page.html.find("h1").text == "Nothing here"


def test_what_is_not_there_is_json_for_the_api(web: TestApp) -> None:
    assert refusal_of(web.get("/api/nowhere", status="*")) == (404, "not_found")


def test_the_wrong_method_is_refused_with_the_right_one(web: TestApp) -> None:
    page = web.post("/releases", status="*")
    answer = web.get("/api/clips", status="*")
    assert (page.status_code, page.html.find("h1").text) == (405, "Not like this")
    assert refusal_of(answer) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


def test_what_nobody_foresaw_is_a_plain_page_without_a_traceback(broken: TestApp) -> None:
    page = broken.get("/", status=500)
    assert page.html.find("h1").text == "Something broke on our side"
    assert SORRY in page
    assert "Traceback" not in page
    assert "sqlite3" not in page
    assert "no such table" not in page


def test_what_nobody_foresaw_is_plain_json_without_a_traceback(broken: TestApp) -> None:
    answer = broken.post_json("/api/visits", {"consent_version": "3", "language": "en"}, status="*")
    assert refusal_of(answer) == (500, "internal_server_error")
    assert "Traceback" not in answer
    assert "no such table" not in answer
    assert "Content-Security-Policy" in answer.headers


def test_what_nobody_foresaw_is_logged_with_its_traceback(broken: TestApp, caplog: pytest.LogCaptureFixture) -> None:
    broken.get("/", status=500)
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert "no such table" in str(record.exc_info[1])


def test_a_storage_that_fails_asks_to_try_again_and_keeps_nothing(
    volunteer: Volunteer, services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    incoming = services.config.data_dir / "storage" / ".incoming"
    incoming.rmdir()
    incoming.touch()
    answer = volunteer.upload(0, status="*")
    assert refusal_of(answer) == (503, "storage_failed")
    assert SORRY in answer
    assert str(services.config.data_dir) not in answer
    assert "POST /api/clips" in caplog.text
    visit = volunteer.web.get(f"/api/visits/{volunteer.visit['id']}", headers=volunteer.headers).json["visit"]
    assert visit["clips"] == []


def test_a_body_above_the_limit_is_refused_in_both_forms(web: TestApp) -> None:
    too_large = b"x=" + b"y" * 3 * 1024 * 1024
    assert web.post("/login", too_large, status="*").status_code == 413
    answer = web.post("/api/visits", too_large, content_type="application/json", status="*")
    assert refusal_of(answer) == (413, "request_entity_too_large")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidInput("length_mismatch", ""), 422),
        (errors.InvalidInput("bad_json", ""), 400),
        (errors.InvalidInput("container_unknown", ""), 415),
        (errors.Unauthenticated("token_missing", ""), 401),
        (errors.Forbidden("role_needed", ""), 403),
        (errors.NotFound("visit_unknown", ""), 404),
        (errors.Conflict("clip_id_taken", ""), 409),
        (errors.Conflict("speaker_withdrawn", ""), 410),
        (errors.TooLarge("clip_too_large", ""), 413),
        (errors.StorageError("storage_failed", ""), 503),
        (errors.ConfigError("port_in_use", ""), 500),
        (errors.DataError("bad_wav", ""), 500),
    ],
)
def test_each_kind_of_error_has_its_status(error: errors.SpeechappError, status: int) -> None:
    assert status_of(error) == status
