"""A whole visit without a mouse: everything is reached, the focus is seen, and it is never lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.service import Service, service_of_words

WORDS = ["yes", "no", "bird", "seven", "happy", "wow", "cat", "dog"]
VISIT_MS = 60_000
N_STOPS = 40  # more than any page has
LISTENING = Path(__file__).with_name("listening.js")
PROMPTS = "JSON.parse(localStorage.getItem('speechapp.visit')).prompts.map(({ text }) => text)"
LAST_WORD = "heard.findLast(({ how }) => how === 'assertive').text"
FOCUS = """() => {
  const { activeElement: one } = document;
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const isOnScreen = right > 0 && left < innerWidth && bottom > 0 && top < innerHeight;
  const hasOutline = outlineStyle !== "none" && outlineWidth !== "0px";
  return { name: `${one.localName}#${one.id}`, isSeen: isOnScreen && hasOutline };
}"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole service with eight words, each asked for once."""
    folder = tmp_path_factory.mktemp("service")
    with service_of_words(folder, WORDS) as service:
        yield service


@pytest.mark.browser
@pytest.mark.slow
def test_a_whole_visit(service: Service, page: Page) -> None:
    page.add_init_script(LISTENING.read_text())
    page.goto(f"{service.url}/record")
    tab_to(page, "#consent-agree")
    page.keyboard.press("Space")
    tab_to(page, "#consent-accept")
    page.keyboard.press("Enter")
    expect_screen(page, "microphone")
    tab_to(page, "#mic-allow")
    page.keyboard.press("Enter")
    expect_screen(page, "check")
    expect(page.locator("#record-start")).to_be_enabled()
    tab_to(page, "#record-start")
    page.keyboard.press("Enter")
    expect_screen(page, "recording")

    page.locator("#stage[data-phase=listening] ~ .recent .strip-clip").wait_for()
    page.keyboard.press("s")
    page.keyboard.press("Space")
    expect_screen(page, "paused")
    page.keyboard.press("p")
    expect_said(page, "Playing your last word back")
    last = page.locator(".strip-clip").first.get_attribute("data-clip-id")
    page.keyboard.press("r")
    expect_said(page, "Once more, please")
    expect(page.locator(f"[data-clip-id='{last}']")).to_have_count(0)
    expect_screen(page, "paused")
    page.keyboard.press("ArrowLeft")
    expect_screen(page, "recording")
    page.keyboard.press("ArrowRight")
    expect_screen(page, "paused")

    expect_dialog_by_keyboard(page, "device")
    expect_dialog_by_keyboard(page, "withdraw")
    tab_to(page, "#record-pause", "Shift+Tab")
    page.keyboard.press("Space")
    expect_screen(page, "recording")
    expect(page.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect_screen(page, "thanks")
    assert page.evaluate(LAST_WORD) in page.evaluate(PROMPTS)[:-1]  # the word that was skipped
    tab_to(page, ".about-you summary")
    page.keyboard.press("Enter")
    expect(page.locator("#detail-accent")).to_be_enabled()
    tab_to(page, "#detail-accent")
    page.keyboard.type("Scottish")
    page.keyboard.press("Enter")
    expect(page.locator(".details-status")).to_have_text("Saved")
    expect(page.locator("#upload-status")).to_have_attribute("data-pending", "0")
    expect(page.locator("#words-given")).to_have_text(f"You gave {len(WORDS)} words.")


@pytest.mark.browser
@pytest.mark.slow
def test_the_skip_link_leads_past_the_header(service: Service, page: Page) -> None:
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").wait_for()
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect_focus_seen(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main :focus")).to_have_count(1)


@pytest.mark.browser
@pytest.mark.slow
def test_single_keys_can_be_switched_off(service: Service, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").focus()
    page.keyboard.press("Space")
    tab_to(page, "#consent-accept")
    page.keyboard.press("Enter")
    expect_screen(page, "microphone")
    tab_to(page, "#shortcuts-on")
    page.keyboard.press("Space")
    tab_to(page, "#mic-allow", "Shift+Tab")
    page.keyboard.press("Enter")
    expect_screen(page, "check")
    tab_to(page, "#check-skip")
    page.keyboard.press("Enter")
    expect_screen(page, "recording")
    page.locator(".strip-clip").first.wait_for()
    page.keyboard.press("Space")
    expect(page.locator(".strip-clip").nth(1)).to_be_visible()
    expect_screen(page, "recording")


def tab_to(page: Page, selector: str, key: str = "Tab") -> None:
    """From stop to stop, each of them to be seen."""
    for _ in range(N_STOPS):
        page.keyboard.press(key)
        expect_focus_seen(page)
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{key} never reaches {selector}")


def expect_focus_seen(page: Page) -> None:
    focus = page.evaluate(FOCUS)
    assert focus["isSeen"] or focus["name"] == "body#", f"the focus on {focus['name']} is not seen"


def expect_screen(page: Page, screen: str) -> None:
    """The page shows this, and the focus went along with it."""
    expect(page.locator("body")).to_have_attribute("data-state", screen)
    expect(page.locator("body:focus")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body"), f"the focus was lost on the way to {screen}"


def expect_said(page: Page, hint: str) -> None:
    page.wait_for_function("hint => heard.some(({ text }) => text.includes(hint))", arg=hint)


def expect_dialog_by_keyboard(page: Page, name: str) -> None:
    """It opens, takes the focus, keeps it, and gives it back."""
    dialog = page.locator(f"#{name}-dialog")
    tab_to(page, f"#{name}-open")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.locator(":focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(f"#{name}-open")).to_be_focused()
