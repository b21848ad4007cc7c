"""The recorder page is light, and everything it loads comes from the service itself."""

import pytest
from playwright.sync_api import Page, expect

from bench.page_weight import BUDGET_BYTES, bytes_by_url, weights_of
from tests.service import Service


@pytest.mark.browser
@pytest.mark.slow
def test_the_recorder_weighs_60_kb_at_most_until_its_first_word(service: Service, page: Page) -> None:
    received = bytes_by_url(page.context.new_cdp_session(page))
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    page.locator("#mic-allow").click()
    page.locator("#check-skip").click()
    expect(page.locator("#prompt-word")).not_to_be_empty()

    assert [url for url in received if not url.startswith(f"{service.url}/")] == []
    assert any(url.endswith("/js/record/main.js") for url in received)
    assert max(received.values()) > 0
    assert sum(weights_of(received).values()) <= BUDGET_BYTES
