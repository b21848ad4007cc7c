"""The noise of a room in a real browser: asked for, heard back, sent, heard by a reviewer, released, taken back."""

import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from speechapp.audio.format import read_wav
from speechapp.db import utc_now
from speechapp.demo.recorder import Service as Recorder
from speechapp.models import Clip, RoomNoise, Speaker, Visit
from speechapp.release.cut import cut
from speechapp.release.revocation import revoked_names
from speechapp.release.verification import verify
from speechapp.services import Services
from tests.e2e.conftest import likeness, room
from tests.rows import add_user, the_clip
from tests.service import Service, wait_until
from tests.sounds import RATE_HZ, word_like

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def heard() -> NDArray[np.float64]:
    return room()


@pytest.fixture(scope="module")
def room_browser(chromium: Callable[[NDArray[np.float64]], Browser], heard: NDArray[np.float64]) -> Iterator[Browser]:
    browser = chromium(heard)
    yield browser
    browser.close()


@pytest.fixture
def volunteer(room_browser: Browser) -> Iterator[Page]:
    """Somebody in that room, on a phone; anything the page reports as an error fails the test."""
    context = room_browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


@pytest.mark.browser
@pytest.mark.slow
def test_what_was_given_is_what_is_released_until_it_is_taken_back(
    service: Service, volunteer: Page, behind: Services, heard: NDArray[np.float64], tmp_path: Path
) -> None:
    sent: list[str] = []
    volunteer.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    pass_check(volunteer, service)
    expect(volunteer.locator("#room-ask")).not_to_be_checked()
    volunteer.locator("#room-ask").check()
    volunteer.locator("#room-listen").focus()
    volunteer.keyboard.press("Enter")
    expect(volunteer.locator("#room")).to_have_attribute("data-phase", "listening")
    expect(volunteer.locator("#room-listen")).to_be_focused()  # what a screen reader said now would be recorded
    expect(volunteer.locator("#room-said")).to_be_empty()
    expect(volunteer.locator("#room-send")).to_be_focused()
    assert sent == [f"{service.url}/api/visits"]
    volunteer.locator("#room-send").click()
    expect(volunteer.locator("#room")).to_have_attribute("data-phase", "given")
    assert sent == [f"{service.url}/api/visits", f"{service.url}/api/room-noises"]

    accept_noise(volunteer, service, behind)
    archived = release(behind, service, tmp_path, "0.1")
    [name] = [name for name in archived if "room_" in name]
    wav = read_wav(archived[name])
    assert (wav.sample_rate_hz, wav.n_channels, len(wav.pcm)) == (16_000, 1, 5 * 32_000)
    given = np.frombuffer(wav.pcm, "<i2").astype(np.float64)
    assert likeness(given, soxr.resample(heard, RATE_HZ, 16_000)) >= 0.98

    volunteer.goto(f"{service.url}/mine")
    row = volunteer.locator("#mine-room-list .mine-row")
    expect(row).to_contain_text("Accepted")
    row.get_by_role("button", name="Play “Room noise”").click()
    expect(row.get_by_role("button", name="Stop “Room noise”")).to_be_visible()
    row.get_by_role("button", name="Delete “Room noise”").click()
    volunteer.locator("#room-dialog").get_by_role("button", name="Delete").click()
    expect(volunteer.locator("#mine-rooms")).to_be_hidden()
    wait_until(lambda: list(behind.storage.list("noises")) == [], "the noise is deleted")
    assert [name for name in release(behind, service, tmp_path, "0.2") if "room_" in name] == []
    with behind.database.read() as session:
        assert revoked_names(session, behind.storage) == [name]


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_discarded_or_left_is_never_sent(service: Service, volunteer: Page, behind: Services) -> None:
    pass_check(volunteer, service)
    for leave in ("#room-discard", "#check-again"):
        volunteer.locator("#room-ask").check()
        volunteer.locator("#room-listen").click()
        expect(volunteer.locator("#room-send")).to_be_visible()
        volunteer.locator(leave).click()
        expect(volunteer.locator("#room-send")).to_be_hidden()
    expect(volunteer.locator("#record-start")).to_be_enabled()
    expect(volunteer.locator("#room-listen")).to_be_visible()
    with behind.database.read() as session:
        assert session.scalars(select(RoomNoise)).all() == []


@pytest.mark.browser
@pytest.mark.slow
def test_somebody_who_speaks_is_heard_and_nothing_is_kept(service: Service, page: Page, behind: Services) -> None:
    pass_check(page, service)
    page.locator("#room-ask").check()
    page.locator("#room-listen").click()
    expect(page.locator("#room")).to_have_attribute("data-phase", "voice")
    expect(page.locator("#room-send")).to_be_hidden()
    page.locator("#room-discard").click()
    expect(page.locator("#room-ask")).not_to_be_checked()
    with behind.database.read() as session:
        assert session.scalars(select(RoomNoise)).all() == []


@pytest.mark.browser
@pytest.mark.slow
def test_a_noise_that_does_not_arrive_is_sent_again_while_words_are_recorded(
    service: Service, volunteer: Page, behind: Services
) -> None:
    answers = iter((503, 503))
    volunteer.route(
        "**/api/room-noises",
        lambda route: route.fulfill(status=status) if (status := next(answers, 0)) else route.continue_(),
    )
    pass_check(volunteer, service)
    volunteer.locator("#room-ask").check()
    volunteer.locator("#room-listen").click()
    with volunteer.expect_response(lambda answer: "room-noises" in answer.url and answer.status == 201):
        volunteer.locator("#room-send").click()
        volunteer.locator("#record-start").click()
        expect(volunteer.locator("body")).to_have_attribute("data-state", "recording")
    assert the_noise(behind) is not None


@pytest.mark.browser
@pytest.mark.slow
def test_without_the_service_the_page_says_so_and_goes_on(service: Service, volunteer: Page) -> None:
    volunteer.route("**/record/room-noise", lambda route: route.abort())
    pass_check(volunteer, service)
    volunteer.locator("#room-ask").click()
    expect(volunteer.locator("#room-said")).to_contain_text("cannot be reached")
    expect(volunteer.locator("#room-ask")).not_to_be_checked()
    volunteer.unroute("**/record/room-noise")
    volunteer.locator("#room-ask").click()
    expect(volunteer.locator("#room-listen")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_who_agreed_to_the_consent_before_is_asked_again_and_goes_on_with_the_visit(
    service: Service, volunteer: Page, behind: Services
) -> None:
    visit = Recorder(service.url).start_visit("en")
    with behind.database.write() as session:
        session.execute(update(Speaker).values(consent_version="2"))
    known = {"token": visit.token, "visitId": visit.id, "consentVersion": "2"}
    volunteer.goto(f"{service.url}/offline")
    volunteer.evaluate("known => localStorage.setItem('speechapp.speaker', JSON.stringify(known))", known)
    pass_check(volunteer, service)
    expect(volunteer.locator("#speaker-bar [data-speaker]")).to_have_text(visit.speaker)
    with behind.database.read() as session:
        [speaker] = session.scalars(select(Speaker))
        assert (speaker.id, speaker.consent_version) == (visit.speaker, "3")
        assert [found.id for found in session.scalars(select(Visit))] == [visit.id]


def pass_check(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    page.locator("#mic-allow").click()
    expect(page.locator("#record-start")).to_be_enabled()


def accept_noise(volunteer: Page, service: Service, behind: Services) -> None:
    """As a reviewer does: it can be accepted once it was heard to its end."""
    wait_until(lambda: (noise := the_noise(behind)) and noise.state == "processed", "the worker has looked at it")
    add_user(behind.database, "ada", "reviewer", PASSWORD)
    assert volunteer.context.browser
    page = volunteer.context.browser.new_page()
    page.goto(f"{service.url}/login?next=/review/noise")
    page.locator("#name").fill("ada")
    page.locator("#password").fill(PASSWORD)
    page.locator("main button[type=submit]").click()
    accept = page.get_by_role("button", name="Accept", exact=True)
    expect(accept).to_be_disabled()
    page.locator("audio").evaluate("player => player.play()")
    expect(accept).to_be_enabled()
    accept.click()
    expect(page.get_by_role("main")).to_contain_text("There is no noise to hear")
    page.close()


def release(behind: Services, service: Service, folder: Path, version: str) -> dict[str, bytes]:
    """A release of one accepted word and whatever noise was accepted: name to content of its archive."""
    visit = Recorder(service.url).start_visit("en")
    clip = visit.upload(0, word_like(), {})
    wait_until(lambda: the_clip(behind.database, clip).state == "processed", "the word is processed")
    with behind.database.write() as session:
        session.execute(update(Clip).values(decision="accept"))
    made = cut(behind.database, behind.storage, version, utc_now())
    (folder / version).mkdir()
    for file in made.files:
        behind.storage.fetch_to(file.key, folder / version / file.name)
    assert verify(folder / version).problems == ()
    with tarfile.open(folder / version / made.archive_name) as tar:
        return {member.name: found.read() for member in tar if (found := tar.extractfile(member))}


def the_noise(behind: Services) -> RoomNoise | None:
    with behind.database.read() as session:
        return session.scalar(select(RoomNoise))
