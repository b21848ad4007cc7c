"""What a volunteer meets in the recorder: the check, words that are asked for again, two tabs, no connection."""

import base64
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from speechapp.config import read_config
from speechapp.models import Clip
from speechapp.services import open_services
from tests.e2e.conftest import CHROMIUM_ARGUMENTS, speak
from tests.service import Service, service_of_words

MICROPHONE = (Path(__file__).parent / "microphone.js").read_text()
VISIT_MS = 60_000

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service, with three words to say."""
    folder = tmp_path_factory.mktemp("recorder")
    with service_of_words(folder, ["yes", "no", "bird"]) as service:
        yield service


@pytest.fixture(scope="module")
def word() -> NDArray[np.float64]:
    return speak("seven")


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of a browser whose microphone hears only what the test says."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    context.add_init_script(MICROPHONE)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    context.close()
    assert errors == []


def test_the_check_hears_a_word_and_finds_nothing_wrong(
    service: Service, context: BrowserContext, word: NDArray[np.float64]
) -> None:
    page = enter(context, service)
    expect(page.locator("#microphone-check")).to_have_attribute("data-phase", "room")
    expect(page.locator("#record-start")).to_be_disabled()
    say_in_check(page, 0.3 * word)

    expect(page.locator("#check-findings li")).to_have_attribute("data-finding", "fine")
    expect(page.locator("#check-word-level")).to_contain_text("dB above the room")


@pytest.mark.parametrize(("gain", "finding"), [(0.006, "too-quiet"), (4.0, "clipped"), (0.0, "nothing-heard")], ids=str)
def test_the_check_says_what_is_wrong(
    service: Service, context: BrowserContext, word: NDArray[np.float64], gain: float, finding: str
) -> None:
    page = enter(context, service)
    say_in_check(page, np.clip(gain * word, -1, 1))
    expect(page.locator("#check-findings li")).to_have_attribute("data-finding", finding)

    page.locator("#check-again").click()
    say_in_check(page, 0.3 * word)
    expect(page.locator("#check-findings li")).to_have_attribute("data-finding", "fine")


def test_a_faint_word_is_asked_for_again_and_the_reason_is_kept(
    service: Service, context: BrowserContext, word: NDArray[np.float64]
) -> None:
    page = begin(context, service)
    asked = page.locator("#prompt-word").inner_text()
    say(page, 0.006 * word)
    expect(page.locator("#stage-hint")).to_have_text(re.compile("Too quiet"))
    expect(page.locator("#prompt-word")).to_have_text(asked)
    expect(page.locator("#stage")).to_have_attribute("data-phase", "listening")
    say(page, 0.3 * word)

    expect(page.locator("#progress-text")).to_have_text("1 of 3")
    expect(page.locator("#upload-status")).to_have_attribute("data-stored", "1")
    assert gate_of(service, asked, speaker_of(page))["rejected"] == [{"word": asked, "fault": "too-quiet"}]


def test_a_page_that_hears_nobody_pauses(service: Service, context: BrowserContext) -> None:
    page = begin(context, service)
    expect(page.locator("#stage")).to_have_attribute("data-phase", "paused", timeout=VISIT_MS)
    expect(page.locator("#stage-hint")).to_contain_text("We hear nothing")
    expect(page.locator("#progress-text")).to_have_text("0 of 3")


def test_skipped_words_come_again_and_can_be_said_after_the_thanks(
    service: Service, context: BrowserContext, word: NDArray[np.float64]
) -> None:
    page = begin(context, service)
    first = page.locator("#prompt-word").inner_text()
    page.keyboard.press("s")
    expect(page.locator("#prompt-word")).not_to_have_text(first)
    for n_done in (1, 2):
        say(page, 0.3 * word)
        expect(page.locator("#progress-text")).to_have_text(f"{n_done} of 3")
    expect(page.locator("#prompt-word")).to_have_text(first)
    page.keyboard.press("s")
    expect(page.locator("#left-out-text")).to_have_text("1 word was left out.")

    page.locator("#say-left-out").click()
    expect(page.locator("#prompt-word")).to_have_text(first)
    say(page, 0.3 * word)
    expect(page.locator("#thanks")).to_be_visible()
    expect(page.locator("#words-given")).to_have_text("You gave 3 words.")
    expect(page.locator("#left-out")).to_be_hidden()


def test_a_second_tab_does_not_record_beside_the_first_and_can_take_over(
    service: Service, context: BrowserContext, word: NDArray[np.float64]
) -> None:
    first = begin(context, service)
    say(first, 0.3 * word)
    expect(first.locator("#progress-text")).to_have_text("1 of 3")
    second = context.new_page()
    second.goto(f"{service.url}/record")
    second.locator("#mic-allow").click()
    expect(second.get_by_role("heading", name="You are recording in another tab")).to_be_visible()

    second.locator("#record-here").click()

    expect(first.locator("body")).to_have_attribute("data-state", "elsewhere")
    expect(second.locator("#words-before")).to_have_text("You have recorded 1 of 3 words.")
    second.locator("#mic-allow").click()
    expect(second.locator("#microphone-check")).to_be_visible()


def test_who_comes_back_while_the_server_is_away_goes_on(
    service: Service, context: BrowserContext, word: NDArray[np.float64]
) -> None:
    page = begin(context, service)
    say(page, 0.3 * word)
    expect(page.locator("#upload-status")).to_have_attribute("data-stored", "1")
    page.close()

    again = context.new_page()
    again.route("**/api/**", lambda route: route.abort())
    again.goto(f"{service.url}/record")
    expect(again.locator("#words-before")).to_have_text("You have recorded 1 of 3 words.")
    again.locator("#mic-allow").click()
    again.locator("#check-skip").click()
    say(again, 0.3 * word)
    expect(again.locator("#progress-text")).to_have_text("2 of 3")
    expect(again.locator("#upload-text")).to_contain_text("Kept on this device")
    again.unroute("**/api/**")

    expect(again.locator("#upload-status")).to_have_attribute("data-pending", "0", timeout=VISIT_MS)


@pytest.mark.parametrize(
    ("without", "title", "first_step"),
    [
        ("--use-fake-ui-for-media-stream", "The microphone is not allowed", "switch Microphone on"),
        ("--use-fake-device-for-media-stream", "No microphone was found", "Plug one in"),
    ],
)
def test_a_microphone_that_cannot_be_used_is_explained(
    service: Service, browser: Browser, without: str, title: str, first_step: str
) -> None:
    arguments = [argument for argument in CHROMIUM_ARGUMENTS if argument != without]
    bare = browser.browser_type.launch(executable_path=shutil.which("chromium"), args=arguments)
    page = bare.new_page()
    agree(page, service)
    page.locator("#mic-allow").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("#problem-steps li").first).to_contain_text(first_step)
    bare.close()


def enter(context: BrowserContext, service: Service) -> Page:
    """A new speaker, whose microphone is being checked."""
    page = context.new_page()
    agree(page, service)
    page.locator("#mic-allow").click()
    return page


def begin(context: BrowserContext, service: Service) -> Page:
    """A new speaker who skips the check: the first word is there."""
    page = enter(context, service)
    page.locator("#check-skip").click()
    expect(page.locator("#stage")).to_have_attribute("data-phase", "listening")
    return page


def agree(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()


def say_in_check(page: Page, waveform: NDArray[np.float64]) -> None:
    expect(page.locator("#microphone-check")).to_have_attribute("data-phase", "word")
    say(page, waveform)
    expect(page.locator("#microphone-check")).to_have_attribute("data-phase", "heard")


def say(page: Page, waveform: NDArray[np.float64]) -> None:
    expect(page.locator("#stage[data-phase=listening], #microphone-check[data-phase=word]")).to_be_visible()
    pcm = np.rint(32767 * np.clip(waveform, -1, 1)).astype("<i2").tobytes()
    page.evaluate("encoded => microphone.say(encoded)", base64.b64encode(pcm).decode())


def speaker_of(page: Page) -> str:
    return page.locator("#speaker-bar [data-speaker]").first.inner_text()


def gate_of(service: Service, word: str, speaker: str) -> dict[str, object]:
    services = open_services(read_config(service.settings))
    with services.database.read() as session:
        clip = session.scalars(select(Clip).where(Clip.word == word, Clip.speaker_id == speaker)).one()
    services.database.close()
    gate: dict[str, object] = clip.settings["gate"]
    return gate
