"""Every state of giving and reviewing the noise of a room is open to everybody, as in test_accessible.py."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from speechapp import noise_reviews
from speechapp.config import read_config
from speechapp.services import Services, open_services
from tests.e2e.conftest import room
from tests.e2e.inspection import PHONE, Inspection, make_inspectable
from tests.e2e.test_accessible import BOTH_DIRECTIONS, MUTE, REMEMBER_EARS, log_in, refuse, silence_when
from tests.rows import add_user
from tests.service import Service, running_service, wait_until

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service, with a language from right to left."""
    with running_service(tmp_path_factory.mktemp("service") / "data", SPEECHAPP_PSEUDO_LOCALE="1") as service:
        yield service


@pytest.fixture(scope="module")
def behind(service: Service) -> Iterator[Services]:
    services = open_services(read_config(service.settings))
    yield services
    services.database.close()


@pytest.fixture(scope="module")
def room_browser(chromium: Callable[..., Browser]) -> Iterator[Browser]:
    browser = chromium(room())
    yield browser
    browser.close()


@pytest.fixture
def page(room_browser: Browser) -> Iterator[Page]:
    viewport = {"width": PHONE[0], "height": PHONE[1]}
    context = room_browser.new_context(viewport=viewport, has_touch=True, reduced_motion="reduce")  # type: ignore[arg-type]
    page = make_inspectable(context).new_page()
    page.add_init_script(REMEMBER_EARS)
    yield page
    context.close()


@pytest.mark.browser
@pytest.mark.slow
@BOTH_DIRECTIONS
def test_giving_hearing_and_reviewing(service: Service, page: Page, behind: Services, language: str) -> None:
    inspection = Inspection(page)
    page.goto(f"{service.url}/record?lang={language}")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    page.locator("#mic-allow").click()
    expect(page.locator("#record-start")).to_be_enabled()
    page.locator("#room-ask").check()
    expect(page.locator("#room-listen")).to_be_visible()
    inspection.look("room, offered")
    page.locator("#room-listen").click()
    with silence_when(page, "#room[data-phase=listening]"):
        inspection.look("room, listening")
    expect(page.locator("#room-send")).to_be_visible()
    inspection.look("room, heard")
    page.locator("#room-discard").click()
    page.evaluate(MUTE, True)
    page.locator("#room-ask").check()
    page.locator("#room-listen").click()
    expect(page.locator("#room")).to_have_attribute("data-phase", "silent")
    inspection.look("room, silent")
    page.locator("#room-discard").click()
    page.evaluate(MUTE, False)

    page.route("**/api/room-noises", lambda route: refuse(route, 422))
    give(page)
    expect(page.locator("#room")).to_have_attribute("data-phase", "refused")
    inspection.look("room, refused")
    page.unroute("**/api/room-noises")
    page.locator("#room-discard").click()
    give(page)
    expect(page.locator("#room")).to_have_attribute("data-phase", "given")
    inspection.look("room, given")

    page.goto(f"{service.url}/mine")
    expect(page.locator("#mine-room-list .mine-row")).to_have_count(1)
    inspection.look("mine, with a noise")
    page.locator("#mine-room-list [data-action=delete]").click()
    inspection.look("mine, dialog of a noise")
    review(page, service, behind, language, inspection)
    inspection.expect_nothing()


def give(page: Page) -> None:
    page.locator("#room-ask").check()
    page.locator("#room-listen").click()
    page.locator("#room-send").click()


def review(page: Page, service: Service, behind: Services, language: str, inspection: Inspection) -> None:
    add_user(behind.database, language, "reviewer", PASSWORD)
    page.goto(f"{service.url}/login?next=/review/noise")
    log_in(page, language, PASSWORD)
    expect(page.locator("h1")).to_be_visible()
    expect(page).to_have_url(f"{service.url}/review/noise")
    wait_until(lambda: n_undecided(behind) == 1, "the worker has looked at the noise")
    page.goto(f"{service.url}/review/noise")
    inspection.look("review of noise")
    page.locator("button[value='reject voice']").click()
    expect(page.locator("button[value=undo]")).to_be_visible()
    inspection.look("review of noise, decided")


def n_undecided(behind: Services) -> int:
    with behind.database.read() as session:
        return noise_reviews.n_waiting(session)
