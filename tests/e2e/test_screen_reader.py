"""A visit as somebody lives it who hears the page: what is said by itself, in which order, and how little."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import pass_check
from tests.service import Service, service_of_words

WORDS = ["yes", "no", "bird", "seven"]
VISIT_MS = 60_000
LISTENING = Path(__file__).with_name("listening.js")
PROMPTS = "JSON.parse(localStorage.getItem('speechapp.visit')).prompts.map(({ text }) => text)"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with four words, each asked for once."""
    folder = tmp_path_factory.mktemp("service")
    with service_of_words(folder, WORDS) as service:
        yield service


@pytest.fixture
def listener(page: Page, service: Service) -> Page:
    """The recorder's page, agreed to, with somebody who notes what a screen reader says."""
    page.add_init_script(LISTENING.read_text())
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    return page


@pytest.mark.browser
@pytest.mark.slow
def test_a_visit_says_each_word_once_and_little_else(listener: Page) -> None:
    pass_check(listener)
    expect(listener.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect(listener.locator("#upload-status")).to_have_attribute("data-pending", "0")
    prompts = listener.evaluate(PROMPTS)
    before, during, after = parts_of(listener)

    assert [text for how, text in before if how == "focus"] == ["Now, your microphone", "A word to test the sound"]
    assert [text for how, text in before if how == "assertive"] == prompts[:1]
    said = [text for how, text in before if how == "polite"]
    assert said[:3] == ["First, stay silent for two seconds.", "Now say this word:", "This is how you sound."]
    assert re.fullmatch(r"All is well\. You can start\. ?Your voice: −\d+ dBFS, \d+ dB above the room\.", said[-1])

    assert [text for how, text in during if how == "assertive"] == prompts
    hints = [text for how, text in during if how == "polite"]
    assert len(hints) <= len(prompts)
    assert [hint for hint in hints if re.search(r"\d", hint)] == []
    assert after[:1] == [("focus", "Thank you")]
    assert {how for how, _ in after[1:]} <= {"polite"}


@pytest.mark.browser
@pytest.mark.slow
def test_a_pause_and_what_follows_are_told(listener: Page) -> None:
    pass_check(listener)
    listener.locator(".strip-clip").first.wait_for()
    listener.locator("#stage[data-phase=listening]").wait_for()
    listener.keyboard.press("Space")
    expect(listener.locator("body")).to_have_attribute("data-state", "paused")
    listener.keyboard.press("Space")
    expect(listener.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    _, during, _ = parts_of(listener)
    paused_at = during.index(("assertive", "Paused"))
    assert during[paused_at + 1] == ("polite", "Every word so far is kept")
    words = [text for how, text in during if how == "assertive" and text != "Paused"]
    assert [word for word, _ in groupby(words)] == listener.evaluate(PROMPTS)
    assert ("assertive", next(text for how, text in during[paused_at + 1 :] if how == "assertive")) in during[
        :paused_at
    ]


@pytest.mark.browser
@pytest.mark.slow
def test_trouble_is_told_while_recording(listener: Page) -> None:
    listener.route("**/api/clips", lambda route: route.fulfill(status=200, body="not ours"))
    pass_check(listener)
    listener.wait_for_function("() => heard.some(({ text }) => text.startsWith('Waiting for the connection;'))")
    assert listener.evaluate("document.body.dataset.state") in ("recording", "thanks")


def parts_of(page: Page) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str]]]:
    """All that was said: before the first word, while recording, and from the thanks on."""
    heard = [(each["how"], each["text"]) for each in page.evaluate("heard")]
    begin, end = heard.index(("focus", "Recording")), heard.index(("focus", "Thank you"))
    return heard[:begin], heard[begin + 1 : end], heard[end:]
