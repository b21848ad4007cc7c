"""A reviewer sees in a real browser where the word lies, what is wrong with a clip, and what was cut around it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update

from speechapp.config import read_config
from speechapp.demo.recorder import Service as Recorder
from speechapp.models import Clip
from speechapp.services import Services, open_services
from tests.e2e.inspection import DESKTOP, Inspection, make_inspectable
from tests.rows import add_user, the_clip
from tests.service import Service, service_of_words, wait_until
from tests.sounds import word_like

PASSWORD = "correct horse battery"
WINDOW_MS = 500.0
DOUBTFUL = {
    "faults": ["cut_off_end", "hum"],
    "alignment_confidence": 0.4,
    "word_end_ms": WINDOW_MS + 1000,
    "doubt": 3.0,
}
SURE = {"faults": [], "alignment_confidence": 0.98, "word_end_ms": WINDOW_MS + 800, "doubt": 0.1}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with service_of_words(tmp_path_factory.mktemp("service"), ["yes", "no"]) as service:
        yield service


@pytest.fixture(scope="module")
def behind(service: Service) -> Iterator[Services]:
    """Database and storage of the running service, with a doubtful “yes” and a sure “no”, and a maintainer."""
    services = open_services(read_config(service.settings))
    visit = Recorder(service.url).start_visit("en")
    doubtful, sure = (visit.upload(visit.words.index(word), word_like(), {}) for word in ("yes", "no"))
    for clip_id, found in ((doubtful, DOUBTFUL), (sure, SURE)):
        wait_until(partial(is_processed, services, clip_id), "it is processed")
        with services.database.write() as session:
            known = {"window_start_ms": WINDOW_MS, "word_start_ms": WINDOW_MS + 200, "alignment_method": "word"}
            session.execute(update(Clip).where(Clip.id == clip_id).values(**known, **found))
    add_user(services.database, "grace", "maintainer", PASSWORD)
    yield services
    services.database.close()


@pytest.fixture
def undecided(behind: Services) -> None:
    """Everything is to be heard."""
    with behind.database.write() as session:
        session.execute(update(Clip).values(decision=None))


@pytest.fixture
def review(undecided: None, service: Service, page: Page) -> Page:  # noqa: ARG001
    """The review page of a maintainer, on a desktop."""
    log_in(page, service)
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    expect(page.locator("#review-card")).to_be_visible()
    return page


def is_processed(services: Services, clip_id: str) -> bool:
    return the_clip(services.database, clip_id).state == "processed"


def log_in(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/login")
    page.get_by_label("Name").fill("grace")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def shares(page: Page, mark: str, wave: str) -> tuple[float, float]:
    """Where a mark begins and ends over its wave, as shares of the wave's width, in hundredths."""
    over, under = page.locator(mark).bounding_box(), page.locator(wave).bounding_box()
    assert over
    assert under
    start = (over["x"] - under["x"]) / under["width"]
    return round(start, 2), round(start + over["width"] / under["width"], 2)


@pytest.mark.browser
@pytest.mark.slow
def test_the_word_is_marked_in_its_clip_and_a_doubtful_clip_in_its_take(review: Page) -> None:
    expect(review.locator("#review-word")).to_have_text("yes")
    expect(review.locator("#review-extent")).to_be_visible()
    assert shares(review, "#review-extent", "#review-wave") == (0.2, 1.0)
    expect(review.locator("#review-window")).to_be_visible()
    assert shares(review, "#review-window", "#review-take-wave") == (0.25, 0.75)
    expect(review.locator("#review-faults li")).to_have_text(["End cut off", "Mains hum"])
    expect(review.locator(".measure").last).to_contain_text("At the edge")
    expect(review.locator(".measure").last).to_contain_text("0.80 s, 40% sure")

    review.keyboard.press("a")
    expect(review.locator("#review-word")).to_have_text("no")
    assert shares(review, "#review-extent", "#review-wave") == (0.2, 0.8)
    expect(review.locator("#review-overview")).to_be_hidden()
    expect(review.locator("#review-faults li")).to_have_count(0)
    expect(review.locator(".measure").last).to_contain_text("Whole")


@pytest.mark.browser
@pytest.mark.slow
def test_a_key_plays_the_whole_take_of_any_clip(review: Page) -> None:
    review.keyboard.press("a")
    expect(review.locator("#review-word")).to_have_text("no")
    with review.expect_response("**/take") as heard:
        review.keyboard.press("t")
    assert heard.value.status == 200
    expect(review.locator("#review-overview")).to_be_visible()
    assert shares(review, "#review-window", "#review-take-wave") == (0.25, 0.75)


@pytest.mark.browser
@pytest.mark.slow
def test_where_sound_needs_a_press_first_the_button_for_it_can_be_pressed(review: Page) -> None:
    expect(review.locator("#review-wave")).to_be_visible()
    is_on_top = review.locator("#review-begin").evaluate(
        """(button) => {
            button.hidden = false;
            const { x, y, width, height } = button.getBoundingClientRect();
            return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
        }"""
    )
    assert is_on_top


@pytest.mark.browser
@pytest.mark.slow
def test_a_reviewer_hears_only_clips_with_one_fault(review: Page, service: Service) -> None:
    review.get_by_label("Only with this fault").select_option("hum")
    review.wait_for_url("**/review?fault=hum*")
    expect(review.locator("#review-remaining")).to_have_text("1")
    expect(review.locator("#review-word")).to_have_text("yes")
    review.keyboard.press("a")
    expect(review.locator("#review-empty")).to_be_visible()
    expect(review.locator("#review-saving")).to_have_attribute("data-pending", "0")
    review.get_by_role("link", name="Show all").click()
    expect(review.locator("#review-word")).to_have_text("no")
    assert review.url == f"{service.url}/review"


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.usefixtures("undecided")
def test_what_is_marked_and_what_was_found_is_open_to_everybody(browser: Browser, service: Service) -> None:
    context: Any = make_inspectable(browser.new_context(reduced_motion="reduce"))
    page = context.new_page()
    inspection = Inspection(page)
    log_in(page, service)
    page.goto(f"{service.url}/review?fault=hum")
    expect(page.locator("#review-window")).to_be_visible()
    inspection.look("review, faults and take")
    page.goto(f"{service.url}/review/findings")
    expect(page.locator(".findings")).to_contain_text("Mains hum")
    inspection.look("findings")
    context.close()
    inspection.expect_nothing()
