"""Every page and every state of it is open to everybody: WCAG 2.2 AA, by axe-core and by what it cannot see."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from sqlalchemy import update

from speechapp.config import read_config
from speechapp.demo.recorder import Service as Recorder
from speechapp.demo.recorder import Visit
from speechapp.languages import languages
from speechapp.models import Clip, Release
from speechapp.services import Services, open_services
from speechapp.speakers import CONSENT_VERSION
from tests.e2e.inspection import PHONE, Inspection, make_inspectable
from tests.rows import NOON, add_user, the_clip
from tests.service import Service, running_service, wait_until
from tests.sounds import silence, word_like

WORDS = ["yes", "no", "bird", "seven", "happy", "wow"]
PASSWORD = "correct horse battery"
BOTH_DIRECTIONS = pytest.mark.parametrize("language", ["en", "ar-XB"])

REMEMBER_EARS = """
window.ears = [];
window.microphones = [];
window.AudioContext = class extends AudioContext {
  constructor(...options) { super(...options); window.ears.push(this); }
};
const devices = navigator.mediaDevices ?? {}; // about:blank has none
const askForMicrophone = devices.getUserMedia?.bind(devices);
devices.getUserMedia = async (wanted) => {
  const stream = await askForMicrophone(wanted);
  window.microphones.push(...stream.getTracks());
  return stream;
};
"""
STOP_HEARING = "Promise.all(ears.filter(({ state }) => state === 'running').map((ear) => ear.suspend()))"
HEAR_ON = "Promise.all(ears.filter(({ state }) => state === 'suspended').map((ear) => ear.resume()))"
MUTE = "isMuted => { for (const microphone of microphones) microphone.enabled = !isMuted; }"
FORBID = """() => {
  navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("", "NotAllowedError"); };
  for (const ear of ears) void ear.close();
}"""
WITHOUT_INDEXED_DB = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
STRANGER = {"token": "nobody", "visitId": "none", "consentVersion": CONSENT_VERSION}
RELEASES = {"0.7": "published", "0.8": "cutting", "0.9": "failed"}
REFUSAL = {"error": {"code": "clip_empty", "message": "The recording is empty."}}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with few words, a second vocabulary to choose, and a language from right to left."""
    folder = tmp_path_factory.mktemp("service")
    vocabulary = folder / "small.json"
    small = {"language": "en", "version": "t", "core_repetitions": 1, "core": WORDS[:2], "auxiliary": WORDS[2:]}
    vocabulary.write_text(json.dumps(small))
    chosen = {"SPEECHAPP_VOCABULARY": f"{vocabulary},de", "SPEECHAPP_PSEUDO_LOCALE": "1"}
    with running_service(folder / "data", **chosen) as service:
        yield service


@pytest.fixture(scope="module")
def behind(service: Service) -> Iterator[Services]:
    """Database and storage of the running service."""
    services = open_services(read_config(service.settings))
    yield services
    services.database.close()


@pytest.fixture(scope="module")
def releases(behind: Services) -> None:
    """One that is published, one that is being cut, and one that failed."""
    with behind.database.write() as session:
        session.add_all(release_row(version, state) for version, state in RELEASES.items())


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here; an error that no page caught fails the test."""
    viewport = {"width": PHONE[0], "height": PHONE[1]}
    context = browser.new_context(viewport=viewport, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield make_inspectable(context)
    context.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    page = context.new_page()
    page.add_init_script(REMEMBER_EARS)
    return page


@pytest.fixture
def inspection(page: Page) -> Inspection:
    return Inspection(page)


@pytest.mark.browser
@pytest.mark.slow
def test_the_first_account(service: Service, page: Page, inspection: Inspection) -> None:
    link = re.search(r"/setup/\S+", Path(service.settings["SPEECHAPP_DATA_DIR"]).with_suffix(".log").read_text())
    assert link
    page.goto(service.url + link[0])
    inspection.look("setup")
    log_in(page, "ada", PASSWORD)
    expect(page.locator(".flashes")).to_be_visible()
    inspection.look("review, welcome")
    inspection.expect_nothing()


@pytest.mark.browser
@pytest.mark.slow
@BOTH_DIRECTIONS
def test_a_visit(service: Service, page: Page, inspection: Inspection, language: str) -> None:
    page.goto(f"{service.url}/record?lang={language}")
    expect(page.locator("#consent-agree")).to_be_visible()
    inspection.look("consent")
    agree(page)
    inspection.look("microphone")
    page.locator("#mic-allow").click()
    for phase in ("room", "word"):
        with silence_when(page, f"#microphone-check[data-phase={phase}]"):
            inspection.look(f"check, {phase}")
    expect(page.locator("#record-start")).to_be_enabled()
    inspection.look("check, heard")
    page.evaluate(MUTE, True)
    page.locator("#check-again").click()
    expect(page.locator("[data-finding]:not([data-finding=fine])")).to_be_visible()
    inspection.look("check, nothing heard")
    page.evaluate(MUTE, False)

    page.locator("#record-start").click()
    with silence_when(page, "#stage[data-phase=listening]"):
        inspection.look("recording, first word")
    with silence_when(page, "#stage[data-phase=listening] ~ .recent .strip-clip"):
        inspection.look("recording, second word")
    page.evaluate(MUTE, True)
    with silence_when(page, "#stage[data-phase=listening][data-again]"):
        page.evaluate("stage.dataset.phase = 'beat'")
        inspection.look("recording, between two words")
        page.evaluate("stage.dataset.phase = 'listening'")
        inspection.look("recording, asked again")
    page.locator("#record-pause").click()
    expect(page.locator("body")).to_have_attribute("data-state", "paused")
    inspection.look("paused")
    for dialog in ("device", "withdraw"):
        page.locator(f"#{dialog}-open").click()
        expect(page.locator(f"#{dialog}-dialog")).to_be_visible()
        inspection.look(f"paused, dialog {dialog}")
        page.keyboard.press("Escape")

    page.locator("#record-pause").click()
    skip_the_rest(page)
    inspection.look("thanks")
    page.locator(".about-you summary").click()
    expect(page.locator("#detail-accent")).to_be_enabled()
    inspection.look("thanks, details")
    page.locator("#another-visit").click()
    expect(page.locator("[data-for=returning]")).to_be_visible()
    inspection.look("welcome back")
    inspection.expect_nothing()


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("language", sorted(languages().keys() - {"en"}))
def test_the_stage_has_room_for_every_language(
    service: Service, page: Page, inspection: Inspection, language: str
) -> None:
    page.goto(f"{service.url}/record?lang={language}")
    agree(page)
    page.locator("#mic-allow").click()
    page.locator("#check-skip").click()
    with silence_when(page, "#stage[data-phase=listening]"):
        inspection.look("recording")
    inspection.expect_nothing()


@pytest.mark.browser
@pytest.mark.slow
def test_a_visit_in_trouble(service: Service, context: BrowserContext, page: Page, inspection: Inspection) -> None:
    page.route("**/js/record/main.js", lambda route: route.abort())
    page.goto(f"{service.url}/record")
    inspection.look("loading")
    page.unroute("**/js/record/main.js")
    page.evaluate("stranger => localStorage.setItem('speechapp.speaker', JSON.stringify(stranger))", STRANGER)
    page.add_init_script(WITHOUT_INDEXED_DB)
    page.reload()
    expect(page.locator("#notice")).not_to_be_empty()
    expect(page.locator("#keeping")).not_to_be_empty()
    inspection.look("consent, after a visit that is over")
    agree(page)

    answer = {"status": 503}
    page.route("**/api/clips", lambda route: refuse(route, answer["status"]))
    page.locator("#mic-allow").click()
    page.locator("#check-skip").click()
    expect(page.locator("#upload-status")).to_have_attribute("data-struggling", "true")
    page.locator("#record-pause").click()
    inspection.look("paused, no connection")
    answer["status"] = 422
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator("#refusal")).not_to_be_empty()
    inspection.look("paused, a clip was not taken")

    other = context.new_page()
    other.goto(f"{service.url}/record")
    other.locator("#mic-allow").click()
    expect(other.locator("body")).to_have_attribute("data-state", "elsewhere")
    elsewhere = Inspection(other)
    elsewhere.look("elsewhere")
    elsewhere.expect_nothing()
    page.evaluate(FORBID)
    page.locator("#record-pause").click()
    expect(page.locator("body")).to_have_attribute("data-state", "error")
    inspection.look("error")
    inspection.expect_nothing()


@pytest.mark.browser
@pytest.mark.slow
@BOTH_DIRECTIONS
def test_ones_own_recordings(
    service: Service, page: Page, inspection: Inspection, behind: Services, language: str
) -> None:
    visit = visit_of_two(service, behind)
    other = Recorder(service.url).start_visit("en")
    mine = f"{service.url}/mine"
    page.goto(f"{mine}?lang={language}")
    expect(page.locator("[data-screen=nobody]")).to_be_visible()
    inspection.look("mine, nobody")
    show_at(page, f"{mine}#{visit.token[::-1]}", "unknown")
    inspection.look("mine, unknown")
    show_at(page, f"{mine}#{other.token}", "list")
    expect(page.locator("#mine-empty")).to_be_visible()
    inspection.look("mine, empty")
    show_at(page, f"{mine}#{visit.token}", "other")
    inspection.look("mine, other")
    page.locator("#mine-switch").click()
    expect(page.locator(".mine-row")).to_have_count(2)
    expect(page.locator("#detail-accent")).to_be_enabled()
    inspection.look("mine, list")
    for button, dialog in (("[data-action=delete]", "delete"), ("#withdraw-open", "withdraw")):
        page.locator(button).first.click()
        expect(page.locator(f"#{dialog}-dialog")).to_be_visible()
        inspection.look(f"mine, dialog {dialog}")
        page.keyboard.press("Escape")
    page.route("**/api/speakers/me", lambda route: refuse(route, 503))
    show_at(page, mine, "trouble")
    inspection.look("mine, trouble")
    page.unroute("**/api/speakers/me")
    page.locator("#mine-retry").click()
    page.locator("#withdraw-open").click()
    page.locator("#withdraw-confirm").click()
    expect(page.locator("[data-screen=withdrawn]")).to_be_visible()
    inspection.look("mine, withdrawn")
    inspection.expect_nothing()


@pytest.mark.browser
@pytest.mark.slow
@BOTH_DIRECTIONS
@pytest.mark.usefixtures("releases")
def test_what_the_team_sees(
    service: Service, page: Page, inspection: Inspection, behind: Services, language: str
) -> None:
    visit_of_two(service, behind)
    add_user(behind.database, f"ada {language}", "admin", PASSWORD)
    page.goto(f"{service.url}/login?lang={language}")
    log_in(page, f"ada {language}", "wrong")
    inspection.look("login, refused")
    log_in(page, f"ada {language}", PASSWORD)
    expect(page.locator("#review-card")).to_be_visible()
    inspection.look("review")
    page.keyboard.press("r")
    expect(page.locator("#review-reasons")).to_be_visible()
    inspection.look("review, reasons")
    with behind.database.write() as session:
        session.execute(update(Clip).values(decision="accept"))
    page.goto(f"{service.url}/review")
    expect(page.locator("#review-empty")).to_be_visible()
    inspection.look("review, all heard")

    page.goto(f"{service.url}/releases/new")
    inspection.look("cut a release")
    page.locator("button[value=dry_run]").click()
    expect(page.locator(".plan")).to_be_visible()
    inspection.look("cut a release, dry run")
    page.locator("#version").fill("v")
    page.locator("button[value=cut]").click()
    inspection.look("cut a release, refused")
    for path in ("releases", *(f"releases/{version}" for version in RELEASES)):
        page.goto(f"{service.url}/{path}")
        inspection.look(path)
    inspection.expect_nothing()


@pytest.mark.browser
@pytest.mark.slow
@BOTH_DIRECTIONS
def test_pages_for_everybody(service: Service, page: Page, inspection: Inspection, language: str) -> None:
    page.goto(f"{service.url}/?lang={language}")
    inspection.look("home")
    for path in ("consent/1", "consent/2", "consent/3", "offline", "releases", "login", "nowhere"):
        page.goto(f"{service.url}/{path}")
        inspection.look(path)
    inspection.expect_nothing()


def agree(page: Page) -> None:
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    expect(page.locator("#mic-allow")).to_be_visible()


@contextmanager
def silence_when(page: Page, selector: str) -> Iterator[None]:
    """The page stands still as soon as it shows this: it hears nothing more until it was looked at."""
    page.wait_for_function(
        f"selector => document.querySelector(selector) && {STOP_HEARING}.then(() => true)", arg=selector
    )
    yield
    page.evaluate(HEAR_ON)


def skip_the_rest(page: Page) -> None:
    """Every word that is left is skipped: once, and once more at the end."""
    for _ in range(2 * len(WORDS)):
        page.keyboard.press("s")
    expect(page.locator("#thanks")).to_be_visible()


def refuse(route: Route, status: int) -> None:
    route.fulfill(status=status, json=REFUSAL)


def show_at(page: Page, address: str, screen: str) -> None:
    page.goto("about:blank")
    page.goto(address)
    expect(page.locator("body")).to_have_attribute("data-state", screen)


def log_in(page: Page, name: str, password: str) -> None:
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.locator("main button[type=submit]").click()


def release_row(version: str, state: str) -> Release:
    counts = {word: {"training": 7, "validation": 2, "testing": 1} for word in WORDS}
    file = {"n_bytes": 2_000_000, "sha256": "0" * 64, "key": f"releases/{version}/file"}
    return Release(
        version=version,
        state=state,
        created_by="ada",
        created_at=NOON,
        lease_until=datetime.max.replace(tzinfo=UTC),
        published_at=NOON if state == "published" else None,
        error="The disk is full." if state == "failed" else None,
        n_done=3,
        n_total=10,
        n_clips=60,
        n_speakers=4,
        counts=counts,
        files={f"speechapp_{version}.tar.gz": file, "manifest.csv": file},
        archive_bytes=2_000_000,
        tar_sha256="0" * 64,
    )


def visit_of_two(service: Service, behind: Services) -> Visit:
    """A speaker with a good clip and one without a sound, both processed."""
    visit = Recorder(service.url).start_visit("en")
    clips = [visit.upload(0, word_like(seed=1), {}), visit.upload(1, silence(), {})]
    wait_until(lambda: "pending" not in {the_clip(behind.database, clip).state for clip in clips}, "both are processed")
    return visit
