"""Releases: anybody looks and downloads, maintainers do the dry run and the cut."""

import hashlib
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from webtest import TestApp

from speechapp.models import Release
from speechapp.release.cut import cut
from speechapp.services import Services
from tests.answers import refusal_of
from tests.cast import Member, Volunteer
from tests.rows import NOON, add_clip, add_speaker, the_clip

LogIn = Callable[[str], Member]
AddRelease = Callable[..., str]


@pytest.fixture
def maintainer(member: LogIn) -> Member:
    return member("maintainer")


def test_without_releases_the_list_says_so(web: TestApp) -> None:
    assert "There is no release yet" in web.get("/releases")


def test_the_list_shows_the_newest_first(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1")
    add_release("0.2", published_at=NOON + timedelta(days=1))
    page = web.get("/releases").text
    assert page.index("/releases/0.2") < page.index("/releases/0.1")


def test_the_list_leads_to_the_recordings_taken_back(web: TestApp) -> None:
    answer = web.get("/releases").click("revocation list")
    assert (answer.request.path, answer.content_type, answer.text) == ("/releases/revoked.txt", "text/plain", "")


def test_the_revocation_list_names_what_was_published_and_taken_back(
    web: TestApp, volunteer: Volunteer, clip_id: str, services: Services, add_release: AddRelease
) -> None:
    name = the_clip(services.database, clip_id).file_name
    services.storage.put_if_absent(
        "releases/0.1/manifest.csv", f"file,word\n{name},x\nno/0a0a_nohash_0.wav,no\n".encode()
    )
    add_release("0.1")
    volunteer.web.delete(f"/api/speakers/me/clips/{clip_id}", headers=volunteer.headers)
    assert web.get("/releases/revoked.txt").text == f"{name}\n"


def test_a_release_page_shows_counts_files_and_hashes(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1")
    page = web.get("/releases/0.1")
    archive_sha256 = hashlib.sha256(bytes(range(256)) * 4).hexdigest()
    assert "3 recordings" in page
    assert "2 speakers" in page
    assert "January 1, 2030" in page
    assert archive_sha256 in page
    assert "ab" * 32 in page
    assert "/releases/0.1/files/speechapp_0.1.tar.gz" in page
    assert "/releases/0.1/files/manifest.csv" in page
    assert "yes" in page.html.find("table").text


def test_a_failed_release_says_why(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1", state="failed", error="The disk is full.", published_at=None)
    assert "The disk is full." in web.get("/releases/0.1")


def test_what_went_wrong_is_shown_as_text_not_as_html(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1", state="failed", error="<script>alert(1)</script>", published_at=None)
    assert "<script>alert" not in web.get("/releases/0.1")


def test_a_release_that_never_was_is_not_found(web: TestApp) -> None:
    assert web.get("/releases/9.9", status="*").status_code == 404
    assert web.get("/releases/9.9/files/README.md", status="*").status_code == 404
    assert refusal_of(web.get("/api/releases/9.9", status="*")) == (404, "release_unknown")


def test_the_progress_of_a_cut_can_be_followed(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1", state="cutting", n_done=512, n_total=2000, published_at=None)
    answer = {"version": "0.1", "state": "cutting", "n_done": 512, "n_total": 2000, "error": None}
    assert web.get("/api/releases/0.1").json == {"release": answer}


def test_a_file_comes_whole_as_a_download(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1")
    response = web.get("/releases/0.1/files/speechapp_0.1.tar.gz")
    assert response.body == bytes(range(256)) * 4
    assert response.content_type == "application/gzip"
    assert response.content_length == 1024
    assert response.headers["Content-Disposition"] == "attachment; filename=speechapp_0.1.tar.gz"
    assert response.headers["ETag"] == f'"{hashlib.sha256(response.body).hexdigest()}"'
    assert web.get("/releases/0.1/files/manifest.csv").content_type == "text/csv"


def test_a_broken_off_download_goes_on_where_it_stopped(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1")
    response = web.get("/releases/0.1/files/speechapp_0.1.tar.gz", headers={"Range": "bytes=1000-"})
    assert (response.status_code, response.headers["Content-Range"]) == (206, "bytes 1000-1023/1024")
    assert response.body == bytes(range(232, 256))


def test_files_of_an_unpublished_release_are_not_served(web: TestApp, add_release: AddRelease) -> None:
    add_release("0.1", state="failed")
    assert web.get("/releases/0.1/files/manifest.csv", status="*").status_code == 404


@pytest.mark.parametrize("name", ["secret_key", "../0.2/manifest.csv", "..%2F..%2Fsecret_key"])
def test_nothing_but_the_files_of_the_release_is_served(web: TestApp, add_release: AddRelease, name: str) -> None:
    add_release("0.1")
    assert web.get(f"/releases/0.1/files/{name}", status="*").status_code == 404


def test_only_maintainers_reach_the_dry_run_and_the_cut(web: TestApp, member: LogIn) -> None:
    assert web.get("/releases/new").location == "/login?next=/releases/new?"
    reviewer = member("reviewer")
    refused = reviewer.web.get("/releases/new", status="*")
    assert refused.status_code == 403
    assert "Only a maintainer may do this; you are logged in as reviewer." in refused
    assert member("maintainer").web.get("/releases/new").status_code == 200
    assert member("admin").web.get("/releases/new").status_code == 200


def test_only_maintainers_cut_whatever_form_they_send(web: TestApp, member: LogIn, services: Services) -> None:
    reviewer = member("reviewer")
    token = reviewer.web.get("/review").html.find("meta", {"name": "csrf-token"})["content"]
    form = {"version": "0.1", "action": "cut", "csrf_token": token}
    assert reviewer.web.post("/releases/new", form, status="*").status_code == 403
    form["csrf_token"] = web.get("/login").html.find("meta", {"name": "csrf-token"})["content"]
    assert web.post("/releases/new", form, status="*").status_code == 302
    with services.database.read() as session:
        assert list(session.scalars(select(Release))) == []


def test_the_next_version_is_proposed(maintainer: Member, add_release: AddRelease) -> None:
    assert maintainer.web.get("/releases/new").forms[0]["version"].value == "0.1"
    add_release("0.9")
    assert maintainer.web.get("/releases/new").forms[0]["version"].value == "0.10"


def test_a_dry_run_shows_what_would_be_released_and_changes_nothing(
    maintainer: Member, clip_id: str, services: Services
) -> None:
    maintainer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"}, status=201)
    page = maintainer.web.get("/releases/new").forms[0].submit("action", value="dry_run")
    assert "What 0.1 would hold" in page
    assert "partition is empty: too few speakers yet" in page
    with services.database.read() as session:
        assert list(session.scalars(select(Release))) == []


def test_a_dry_run_without_accepted_clips_says_what_is_missing(maintainer: Member) -> None:
    page = maintainer.web.get("/releases/new").forms[0].submit("action", value="dry_run")
    assert "No clip has been accepted yet; review some." in page


def test_the_language_is_asked_for_where_there_are_several(maintainer: Member, services: Services) -> None:
    add_speaker(services.database)
    for language, word in (("en", "no"), ("es", "si")):
        add_clip(services.database, word, word=word, language=language, state="processed", decision="accept")
    page = maintainer.web.get("/releases/new").forms[0].submit("action", value="dry_run")
    assert "several languages: en (1), es (1)" in page
    page.forms[0]["language"] = "es"
    page = page.forms[0].submit("action", value="dry_run")
    assert "several languages" not in page
    assert page.forms[0]["language"].value == "es"
    page.forms[0].submit("action", value="cut", status=302)
    with services.database.read() as session:
        assert session.get_one(Release, "0.1").language == "es"


def test_a_cut_is_announced_and_then_done_by_the_worker(maintainer: Member, clip_id: str, services: Services) -> None:
    maintainer.post_json("/api/reviews", {"clip_id": clip_id, "decision": "accept"}, status=201)
    response = maintainer.web.get("/releases/new").forms[0].submit("action", value="cut")
    assert (response.status_code, response.location) == (302, "/releases/0.1")
    assert "This release is being cut." in response.follow()
    cut(services.database, services.storage, "0.1", NOON)
    page = maintainer.web.get("/releases/0.1")
    assert "1 recording of 1 word by 1 speaker" in page
    assert len(maintainer.web.get("/releases/0.1/files/speechapp_0.1.tar.gz").body) > 1000
    with services.database.read() as session:
        assert session.get_one(Release, "0.1").created_by == "maintainer"


@pytest.mark.parametrize(
    ("version", "status", "message"),
    [
        ("0.1", 409, "Release 0.1 is published and never changes; choose another version."),
        ("first", 422, "“first” is no version; give one to three numbers with dots"),
        ("", 422, "“” is no version"),
    ],
)
def test_a_version_that_cannot_be_cut_says_why(
    maintainer: Member, add_release: AddRelease, version: str, status: int, message: str
) -> None:
    add_release("0.1")
    form = maintainer.web.get("/releases/new").forms[0]
    form["version"] = version
    response = form.submit("action", value="cut", status="*")
    assert response.status_code == status
    assert message in response


def test_a_cut_without_the_csrf_token_is_refused(maintainer: Member, services: Services) -> None:
    response = maintainer.web.post("/releases/new", {"version": "0.1", "action": "cut"}, status="*")
    assert response.status_code == 400
    with services.database.read() as session:
        assert list(session.scalars(select(Release))) == []
