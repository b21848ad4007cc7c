"""Whatever happens to the network or to the page, each word that was said reaches the database once."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from zipfile import ZipFile

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from speechapp.config import read_config
from speechapp.models import Clip
from speechapp.services import Services, open_services
from tests.e2e.conftest import likeness
from tests.service import Service, service_of_words, wait_until
from tests.sounds import RATE_HZ

POSITIONS = [0, 1, 2, 3, 4]
N_PROMPTS = len(POSITIONS)  # yes and no twice, bird once
VISIT_MS = 60_000
CLIPS_API = "**/api/clips"

N_LEFT_ON_DISK = """async () => {
  const opening = indexedDB.open("speechapp");
  const database = await new Promise((resolve) => (opening.onsuccess = () => resolve(opening.result)));
  const counting = database.transaction("clips").objectStore("clips").count();
  const n = await new Promise((resolve) => (counting.onsuccess = () => resolve(counting.result)));
  database.close();
  return n;
}"""
NAMES_OF_DATABASES = "async () => (await indexedDB.databases()).map(({ name }) => name)"
WITHOUT_LOCKS = "Object.defineProperty(navigator, 'locks', { value: undefined });"
WITHOUT_INDEXED_DB = "Object.defineProperty(window, 'indexedDB', { value: undefined });"
EVERY_THIRD_ANSWER_LOST = """
window.nUploads = 0;
const send = window.fetch;
window.fetch = async (url, init) => {
  const answer = await send(url, init);
  if (url === "/api/clips" && window.nUploads++ % 3 === 0) throw new TypeError("the answer was lost");
  return answer;
};
"""


WITH_DATA_SAVER = "localStorage.setItem('speechapp.dataSaver', 'on');"
FILL_THE_DISK = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...record) {
    const request = put.apply(this, record);
    this.transaction.abort(); // as the browser itself does where there is no room
    return request;
  };
}"""
UNKNOWN_SPEAKER = {"error": {"code": "token_unknown", "message": "This speaker token is not known."}}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with a vocabulary so small that a visit takes seconds; each test makes visits of its own."""
    tmp_path = tmp_path_factory.mktemp("service")
    with service_of_words(tmp_path, ["yes", "no", "bird"], repetitions=2) as service:
        yield service


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser's memory that outlives its pages; an error that no page caught fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


@pytest.mark.browser
@pytest.mark.slow
def test_words_said_while_the_service_was_down_are_sent_by_the_next_page(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    page.route(CLIPS_API, lambda route: route.fulfill(status=503, body="down"))
    record_all(page, service)
    expect_pending(page, N_PROMPTS)
    assert stored_positions(page, service) == []
    page.close()

    again = context.new_page()
    again.goto(f"{service.url}/record")

    expect(again.locator("#thanks")).to_be_visible()
    expect_all_arrived(again, service)


@pytest.mark.browser
@pytest.mark.slow
def test_words_said_offline_are_sent_when_the_connection_is_back(service: Service, context: BrowserContext) -> None:
    """Also when every cookie ran out meanwhile: neither a session nor a CSRF token is needed to send a word."""
    page = context.new_page()
    begin(page, service)
    expect(page.locator("#upload-status")).to_have_attribute("data-stored", "1", timeout=VISIT_MS)
    context.set_offline(True)
    expect(page.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect(page.locator("#upload-text")).to_contain_text("Kept on this device until then")
    n_before = len(stored_positions(page, service))
    context.clear_cookies()

    context.set_offline(False)

    expect_all_arrived(page, service)
    assert 1 <= n_before < N_PROMPTS, "the connection must go in the middle of the visit"


@pytest.mark.browser
@pytest.mark.slow
def test_answers_that_get_lost_double_nothing(service: Service, context: BrowserContext) -> None:
    page = context.new_page()
    page.add_init_script(EVERY_THIRD_ANSWER_LOST)
    record_all(page, service)
    expect_all_arrived(page, service)
    assert page.evaluate("window.nUploads") > N_PROMPTS, "some clips must have been sent twice"


@pytest.mark.browser
@pytest.mark.slow
def test_two_tabs_send_the_same_clips_once(service: Service, context: BrowserContext) -> None:
    record_all_in_vain(context, service)
    sent: list[str] = []
    context.on("request", lambda request: sent.append(request.url))

    open_two_tabs_until_all_arrived(context, service)

    assert sent.count(f"{service.url}/api/clips") == N_PROMPTS


@pytest.mark.browser
@pytest.mark.slow
def test_two_tabs_without_locks_double_nothing(service: Service, context: BrowserContext) -> None:
    record_all_in_vain(context, service)
    context.add_init_script(WITHOUT_LOCKS)
    open_two_tabs_until_all_arrived(context, service)


@pytest.mark.browser
@pytest.mark.slow
def test_who_comes_back_before_all_is_sent_is_asked_only_for_the_rest(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    page.route(CLIPS_API, lambda route: route.fulfill(status=503, body="down"))
    begin(page, service)
    expect_pending(page, 2)
    page.close()

    again = context.new_page()
    again.route(CLIPS_API, lambda route: route.fulfill(status=503, body="down"))
    again.goto(f"{service.url}/record")
    expect(again.locator("#mic-allow")).to_be_visible()
    expect(again.locator("#upload-status")).to_be_visible()
    expect(again.locator("#words-before")).to_contain_text("2 of 5")
    again.unroute(CLIPS_API)
    go_on(again)

    expect(again.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect_all_arrived(again, service)


@pytest.mark.browser
@pytest.mark.slow
def test_where_nothing_can_be_kept_it_is_said_first_and_recording_goes_on(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    page.add_init_script(WITHOUT_INDEXED_DB)
    page.goto(f"{service.url}/record")
    expect(page.locator("#keeping")).to_contain_text("keep this page open until every word is sent")
    page.route(CLIPS_API, lambda route: route.fulfill(status=503, body="down"))
    agree(page)
    go_on(page)
    expect_pending(page, 1)
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.unroute(CLIPS_API)

    expect(page.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect_pending(page, 0)
    assert stored_positions(page, service) == POSITIONS


@pytest.mark.browser
@pytest.mark.slow
def test_a_disk_that_fills_up_on_the_way_keeps_the_rest_in_memory_until_it_is_sent(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    page.route(CLIPS_API, lambda route: route.fulfill(status=503, body="down"))
    begin(page, service)
    expect_pending(page, 1)
    page.evaluate(FILL_THE_DISK)
    expect(page.locator("#upload-text")).to_contain_text("Keep this page open", timeout=VISIT_MS)
    page.unroute(CLIPS_API)

    expect(page.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect_all_arrived(page, service)


@pytest.mark.browser
@pytest.mark.slow
def test_words_whose_store_was_cleared_by_the_person_are_sent_by_the_page_that_said_them(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    page.route(CLIPS_API, lambda route: route.abort())
    record_all(page, service)
    expect_pending(page, N_PROMPTS)
    cleared = {"origin": service.url, "storageTypes": "indexeddb"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", cleared)
    wait_until(lambda: page.evaluate(NAMES_OF_DATABASES) == ["speechapp"], "it is written down anew")
    page.unroute(CLIPS_API)

    expect_all_arrived(page, service)


@pytest.mark.browser
@pytest.mark.slow
def test_words_of_a_speaker_who_is_not_known_just_now_are_kept_and_taken_later(
    service: Service, context: BrowserContext
) -> None:
    page = context.new_page()
    page.route(CLIPS_API, lambda route: route.fulfill(status=401, json=UNKNOWN_SPEAKER))
    begin(page, service)
    visit_id = visit_of(page)
    expect(page.locator("#consent-agree")).to_be_visible()
    expect(page.locator("#stranded-text")).to_contain_text("1 recording cannot be sent")
    assert page.evaluate(N_LEFT_ON_DISK) == 1
    with page.expect_download() as downloading:
        page.locator("#stranded-save").click()
    with ZipFile(downloading.value.path()) as saved:
        assert saved.testzip() is None
        assert len(saved.namelist()) == 1
    page.close()

    again = context.new_page()
    again.goto(f"{service.url}/record")

    with opened(service) as services:
        wait_until(lambda: len(clips_of(services, visit_id)) == 1, "the word is there")
    wait_until(lambda: again.evaluate(N_LEFT_ON_DISK) == 0, "it is kept here no more")


@pytest.mark.browser
@pytest.mark.slow
def test_with_data_saver_words_travel_as_opus_and_nothing_of_them_is_lost(
    service: Service, context: BrowserContext, spoken: NDArray[np.float64]
) -> None:
    page = context.new_page()
    page.add_init_script(WITH_DATA_SAVER)
    page.add_init_script(EVERY_THIRD_ANSWER_LOST)
    record_all(page, service)
    expect_all_arrived(page, service)

    with opened(service) as services:
        wait_until(lambda: {clip.state for clip in clips_of(services, visit_of(page))} == {"processed"}, "all is done")
        clips = clips_of(services, visit_of(page))
        processed = [services.storage.get(clip.processed_key or "") for clip in clips]
    heard = soxr.resample(spoken, RATE_HZ, 16_000)
    assert {clip.raw_key.rsplit(".")[-1] for clip in clips} == {"webm"}
    assert {clip.settings["dataSaver"]["codec"] for clip in clips} == {"audio/webm;codecs=opus"}
    assert all(clip.raw_bytes < 2 * clip.settings["dataSaver"]["encodedFrom"]["nSamples"] / 5 for clip in clips)
    assert min(likeness(np.frombuffer(wav[44:], "<i2").astype(np.float64), heard) for wav in processed) >= 0.95


def record_all(page: Page, service: Service) -> None:
    begin(page, service)
    expect(page.locator("#thanks")).to_be_visible(timeout=VISIT_MS)


def record_all_in_vain(context: BrowserContext, service: Service) -> None:
    page = context.new_page()
    page.route(CLIPS_API, lambda route: route.abort())
    record_all(page, service)
    expect_pending(page, N_PROMPTS)
    page.close()


def open_two_tabs_until_all_arrived(context: BrowserContext, service: Service) -> None:
    tabs = [context.new_page(), context.new_page()]
    for tab in tabs:
        tab.goto(f"{service.url}/record", wait_until="commit")
    for tab in tabs:
        expect_all_arrived(tab, service)


def begin(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/record")
    expect(page.locator("#consent-agree")).to_be_visible()
    expect(page.locator("#keeping")).to_be_hidden()
    agree(page)
    go_on(page)


def agree(page: Page) -> None:
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()


def go_on(page: Page) -> None:
    page.locator("#mic-allow").click()
    page.locator("#check-skip").click()


def expect_pending(page: Page, n_clips: int) -> None:
    expect(page.locator("#upload-status")).to_have_attribute("data-pending", str(n_clips), timeout=VISIT_MS)


def expect_all_arrived(page: Page, service: Service) -> None:
    expect(page.locator("#upload-status")).to_have_attribute("data-stored", str(N_PROMPTS), timeout=VISIT_MS)
    expect_pending(page, 0)
    assert stored_positions(page, service) == POSITIONS
    assert page.evaluate(N_LEFT_ON_DISK) == 0


def stored_positions(page: Page, service: Service) -> list[int | None]:
    """The positions of all clips of this visit in the database, doubles included."""
    with opened(service) as services:
        return [clip.position for clip in clips_of(services, visit_of(page))]


def visit_of(page: Page) -> str:
    remembered: dict[str, str] = json.loads(page.evaluate("localStorage.getItem('speechapp.speaker')"))
    return remembered["visitId"]


@contextmanager
def opened(service: Service) -> Iterator[Services]:
    services = open_services(read_config(service.settings))
    yield services
    services.database.close()


def clips_of(services: Services, visit_id: str) -> list[Clip]:
    with services.database.read() as session:
        return list(session.scalars(select(Clip).where(Clip.visit_id == visit_id).order_by(Clip.position)))
