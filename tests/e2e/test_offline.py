"""The recorder opens where there is no network any more, in the version and the language it was last seen in."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.service import running_service, wait_until

KEPT_PAGES = """async () => {
  const opened = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
  const requests = await Promise.all(opened.map((cache) => cache.keys()));
  return requests.flat().map(({ url }) => url);
}"""
OF_LANGUAGE = """async (language) => {
  const copy = await caches.match("/record", { ignoreVary: true });
  return copy?.headers.get("Content-Language") === language;
}"""

WAITING = "navigator.serviceWorker.getRegistration().then((registration) => registration.waiting !== null)"


@dataclass
class Network:
    """The service, and the way to it."""

    url: str
    context: BrowserContext
    running: ExitStack

    def stop(self) -> None:
        """Takes the service and the way to it away."""
        self.running.close()
        self.context.set_offline(True)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}) as context:
        yield context


@pytest.fixture
def network(context: BrowserContext, tmp_path: Path) -> Iterator[Network]:
    with ExitStack() as running:
        yield Network(running.enter_context(running_service(tmp_path / "data")).url, context, running)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A window in which only the network may fail."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    assert [error for error in errors if "net::ERR_INTERNET_DISCONNECTED" not in error] == []


def kept_in(page: Page, language: str) -> None:
    """Waits until the service worker has a copy of the recorder in this language."""
    wait_until(lambda: page.evaluate(OF_LANGUAGE, language), f"the recorder is kept in {language}")


@pytest.mark.browser
@pytest.mark.slow
def test_the_recorder_opens_without_a_network(network: Network, page: Page) -> None:
    page.goto(f"{network.url}/record")
    kept_in(page, "en")
    online = page.evaluate("getComputedStyle(document.body).backgroundColor")
    network.stop()
    page.reload()
    expect(page.locator("body")).not_to_have_attribute("data-state", "loading")
    expect(page.locator("#consent-accept")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == online
    assert page.evaluate("[...document.styleSheets].every((sheet) => sheet.cssRules.length > 0)") is True


@pytest.mark.browser
@pytest.mark.slow
def test_another_page_says_that_there_is_no_connection(network: Network, page: Page) -> None:
    page.goto(f"{network.url}/record")
    kept_in(page, "en")
    network.stop()
    page.goto(f"{network.url}/releases")
    expect(page.get_by_role("heading", name="There is no connection")).to_be_visible()
    page.get_by_role("link", name="Open the recorder").click()
    expect(page.locator("#consent-accept")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_the_recorder_opens_in_the_language_that_was_chosen(network: Network, page: Page) -> None:
    page.goto(f"{network.url}/record")
    kept_in(page, "en")
    page.goto(f"{network.url}/record?lang=de")
    kept_in(page, "de")
    network.stop()
    page.reload()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("#consent-accept")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_what_is_kept_is_what_the_recorder_asks_for_and_nothing_of_a_person(network: Network, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{network.url}/record")
    kept_in(page, "en")
    kept = set(page.evaluate(KEPT_PAGES))
    static = re.compile(re.escape(network.url) + r"/static/[0-9a-f]{12}/.+\.(js|css|svg)$")
    assert {url for url in kept if not static.match(url)} == {f"{network.url}/record", f"{network.url}/offline"}
    assert {url for url in asked if static.match(url)} - kept == set()
    never_asked = {Path(url).name for url in kept - set(asked)}
    assert "capture-worklet.js" in never_asked  # only once the microphone is allowed
    assert [name for name in never_asked if name.endswith((".css", ".svg"))] == []


@pytest.mark.browser
@pytest.mark.slow
def test_a_newer_version_waits_as_long_as_a_page_is_open(network: Network, page: Page) -> None:
    page.goto(f"{network.url}/record")
    kept_in(page, "en")
    page.evaluate("navigator.serviceWorker.register('/sw.js?newer')")
    wait_until(lambda: page.evaluate(WAITING), "the newer one is installed")
    assert page.evaluate("navigator.serviceWorker.controller.scriptURL") == f"{network.url}/sw.js"


@pytest.mark.browser
@pytest.mark.slow
def test_an_older_version_is_given_up_when_its_last_page_is_closed(network: Network, page: Page) -> None:
    page.goto(f"{network.url}/record")
    kept_in(page, "en")
    page.evaluate("caches.open('speechapp /static/000000000000/')")
    page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.unregister())")
    page.reload()
    older = "speechapp /static/000000000000/"
    wait_until(lambda: older not in page.evaluate("caches.keys()"), "the older version is given up")
