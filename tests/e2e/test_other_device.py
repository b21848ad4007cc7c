"""On another device without an account: the code that one shows is read by the other, which records the rest."""

import json
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from speechapp.config import read_config
from speechapp.models import Clip
from speechapp.services import open_services
from tests.e2e.conftest import pass_check
from tests.qr import read_picture
from tests.service import Service, service_of_words

WORDS = ["yes", "no", "bird", "seven", "happy", "wow"]
VISIT_MS = 60_000
REMEMBERED = "localStorage.getItem('speechapp.speaker')"
UNSENT_ON_DISK = """() => new Promise((resolve, reject) => {
  const opening = indexedDB.open("speechapp");
  opening.onerror = () => reject(opening.error);
  opening.onsuccess = () => {
    const counting = opening.result.transaction("clips").objectStore("clips").count();
    counting.onsuccess = () => { resolve(counting.result); opening.result.close(); };
  };
})"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with six words, each asked for once."""
    folder = tmp_path_factory.mktemp("service")
    with service_of_words(folder, WORDS) as service:
        yield service


@pytest.fixture
def computer(browser: Browser) -> Iterator[BrowserContext]:
    yield from device(browser, 1280, 900)


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    yield from device(browser, 390, 844)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_visit_goes_on_on_a_phone_that_reads_the_code(
    service: Service, computer: BrowserContext, phone: BrowserContext, scheme: str
) -> None:
    here = computer.new_page()
    here.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    n_here = record_some(here, service)
    here.goto(f"{service.url}/mine")
    link = link_in_code(here)
    remembered = json.loads(here.evaluate(REMEMBERED))
    assert link == f"{service.url}/mine#{remembered['token']}"
    here.close()

    there = phone.new_page()
    there.goto(link)
    expect(there).to_have_url(f"{service.url}/mine")
    expect(there.locator(".mine-row")).to_have_count(n_here)
    n_left = len(WORDS) - n_here
    expect(there.locator("#mine-left")).to_have_text(f"{n_left} words to go" if n_left > 1 else "1 word to go")
    there.get_by_role("link", name="Go on recording").click()
    expect(there.locator("body")).to_have_attribute("data-state", "microphone")
    assert json.loads(there.evaluate(REMEMBERED)) == remembered
    pass_check(there)
    expect(there.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect_all_sent(there)

    assert positions_of(service, remembered["visitId"]) == list(range(len(WORDS)))
    there.goto(f"{service.url}/mine")
    expect(there.get_by_role("link", name="Record another round")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_what_waits_on_this_device_is_shown_and_goes_when_all_is_withdrawn(
    service: Service, computer: BrowserContext
) -> None:
    page = computer.new_page()
    page.route("**/api/clips", lambda route: route.abort())
    begin(page, service)
    expect(page.locator("#upload-status")).to_have_attribute("data-pending", "2", timeout=VISIT_MS)
    page.locator("#record-pause").click()
    page.goto(f"{service.url}/mine")
    expect(page.locator("#mine-unsent")).to_contain_text("still on this device, not sent yet")
    assert page.evaluate(UNSENT_ON_DISK) >= 2

    page.locator("#withdraw-open").click()
    page.locator("#withdraw-confirm").click()
    expect(page.get_by_role("heading", name="All is withdrawn")).to_be_visible()
    assert page.evaluate(UNSENT_ON_DISK) == 0
    assert page.evaluate(REMEMBERED) is None


def device(browser: Browser, width: int, height: int) -> Iterator[BrowserContext]:
    """A browser that was never here; an error that no page caught fails the test."""
    context = browser.new_context(viewport={"width": width, "height": height})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


def begin(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    pass_check(page)


def record_some(page: Page, service: Service) -> int:
    """Say two words or more, not all, then pause; how many."""
    begin(page, service)
    expect(page.locator("#upload-status")).to_have_attribute("data-stored", "2", timeout=VISIT_MS)
    page.locator("#record-pause").click()
    expect_all_sent(page)
    n_said = int(page.locator("#upload-status").get_attribute("data-stored") or 0)
    assert 2 <= n_said < len(WORDS)
    return n_said


def expect_all_sent(page: Page) -> None:
    expect(page.locator("#upload-status")).to_have_attribute("data-pending", "0", timeout=VISIT_MS)


def link_in_code(page: Page) -> str:
    """What a camera reads in the code as the page shows it."""
    code = page.locator("[data-code]")
    expect(code).to_be_visible()
    with Image.open(BytesIO(code.screenshot())) as picture:
        inside = picture.convert("L").crop((4, 4, picture.width - 4, picture.height - 4))  # without its round corners
    return read_picture(np.asarray(inside))


def positions_of(service: Service, visit_id: str) -> list[int | None]:
    """The positions of all clips of the visit, doubles included."""
    services = open_services(read_config(service.settings))
    with services.database.read() as session:
        positions = list(
            session.scalars(select(Clip.position).where(Clip.visit_id == visit_id).order_by(Clip.position))
        )
    services.database.close()
    return positions
