"""The pages that anybody sees: home, recorder, consent, review, and what stands in them."""

from collections.abc import Callable

import pytest
from webtest import TestApp

from speechapp.services import Services
from tests.cast import Member, Volunteer
from tests.rows import NOON, add_clip

LogIn = Callable[[str], Member]


def figures(web: TestApp) -> dict[str, str]:
    """The numbers on the front page, by what they count."""
    rows = web.get("/").html.select("dl.stats > div")
    return {row.find("dt").text: row.find("dd").text for row in rows}


def test_an_empty_collection_says_so(web: TestApp) -> None:
    assert figures(web) == {"recordings": "0", "accepted": "0", "speakers": "0", "words": "0", "releases": "0"}
    assert "There is no release yet." in web.get("/")


def test_the_front_page_counts_what_stands(
    web: TestApp, volunteer: Volunteer, services: Services, add_release: Callable[..., str]
) -> None:
    of_volunteer = {"speaker_id": volunteer.speaker, "state": "processed"}
    add_clip(services.database, "c1", **of_volunteer, word="yes", utterance=0, decision="accept")
    add_clip(services.database, "c2", **of_volunteer, word="no", utterance=0)
    add_clip(services.database, "c3", **of_volunteer, word="go", utterance=0, replaced_by_id="c2")
    add_clip(services.database, "c4", **of_volunteer, word="up", utterance=0, withdrawn_at=NOON)
    add_clip(services.database, "c5", speaker_id=volunteer.speaker, word="on", utterance=0, state="unusable")
    add_release("0.1")
    add_release("0.2", state="cutting", published_at=None)
    assert figures(web) == {"recordings": "2", "accepted": "1", "speakers": "1", "words": "2", "releases": "1"}
    assert "See release 0.1" in web.get("/")


def test_the_recorder_shows_the_consent_and_how_much_is_asked_for(web: TestApp) -> None:
    page = web.get("/record")
    assert "Say 115 short words" in page
    assert "Creative Commons Attribution 4.0" in page
    assert page.html.find(id="consent-form")["data-version"] == "3"


def test_the_consent_can_be_read_on_its_own(web: TestApp) -> None:
    for version in ("1", "2", "3"):
        assert "What you agree to" in web.get(f"/consent/{version}")
    assert web.get("/consent/4", status="*").status_code == 404


def test_the_review_page_is_for_reviewers(web: TestApp, member: LogIn) -> None:
    assert web.get("/review").location == "/login?next=/review?"
    page = member("reviewer").web.get("/review")
    assert page.html.find(id="review-remaining").text == "0"
    assert [button["data-key"] for button in page.html.select("[data-reason]")] == ["1", "2", "3", "4", "5", "6", "7"]
    assert [button["data-reason"] for button in page.html.select("[data-reason]")] == [
        "wrong_word",
        "cut_off",
        "noise",
        "quiet",
        "silent",
        "several",
        "other",
    ]


def test_the_service_says_that_it_lives(web: TestApp) -> None:
    assert web.get("/healthz").json == {"status": "ok"}


@pytest.mark.parametrize("path", ["/", "/record", "/consent/1", "/releases", "/login"])
def test_every_page_has_one_heading_one_main_a_language_and_a_title(web: TestApp, path: str) -> None:
    page = web.get(path).html
    assert page.html["lang"] == "en"
    assert len(page.find_all("main")) == 1
    assert page.title.text.endswith("· Speechapp")
    assert page.find("h1") is not None


@pytest.mark.parametrize("path", ["/", "/record", "/consent/1", "/releases", "/login"])
def test_no_page_loads_anything_from_elsewhere(web: TestApp, path: str) -> None:
    page = web.get(path).html
    loaded = [tag.get("src") or tag.get("href") for tag in page.select("[src], link")]
    assert loaded != []
    assert [url for url in loaded if not url.startswith(("/static/", "/manifest.webmanifest"))] == []


@pytest.mark.parametrize("path", ["/", "/record", "/consent/1", "/releases", "/login"])
def test_everything_that_a_page_loads_is_there(web: TestApp, path: str) -> None:
    page = web.get(path).html
    for tag in page.select("script[src], link[href]"):
        web.get(tag.get("src") or tag.get("href"), status=200)
