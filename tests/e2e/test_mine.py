"""A speaker's own recordings in a real browser, by the private link: heard, deleted one, withdrawn all."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from speechapp.demo.recorder import Service as Recorder
from speechapp.demo.recorder import Visit
from speechapp.services import Services
from tests.rows import the_clip
from tests.service import Service, wait_until
from tests.sounds import word_like

N_CLIPS = 3


@pytest.fixture
def visit(service: Service) -> Visit:
    return Recorder(service.url).start_visit("en")


@pytest.fixture
def clip_ids(visit: Visit, behind: Services) -> list[str]:
    """Three clips, uploaded through the API and processed."""
    made = [visit.upload(position, word_like(seed=position), {}) for position in range(N_CLIPS)]
    wait_until(lambda: {the_clip(behind.database, one).state for one in made} == {"processed"}, "all are processed")
    return made


@pytest.mark.browser
@pytest.mark.slow
def test_the_private_link_shows_plays_and_deletes(
    service: Service, page: Page, visit: Visit, clip_ids: list[str], behind: Services
) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    deleted = the_clip(behind.database, clip_ids[1])
    page.goto(f"{service.url}/mine#{visit.token}")
    rows = page.locator(".mine-row")
    expect(rows).to_have_count(N_CLIPS)
    expect(page).to_have_url(f"{service.url}/mine")
    expect(page.locator("#mine-figures")).to_have_text("3 waiting")

    row = page.locator(f"#clip-{deleted.id}")
    row.get_by_role("button", name=f"Play “{deleted.word}”").click()
    expect(row.get_by_role("button", name=f"Stop “{deleted.word}”")).to_be_visible()
    expect(row.get_by_role("button", name=f"Play “{deleted.word}”")).to_be_visible()  # heard to its end

    delete_by_keyboard(page, row)
    expect(rows).to_have_count(N_CLIPS - 1)
    expect(page.locator("#mine-notice")).to_have_text(f"“{deleted.word}” is deleted.")
    expect(page.locator("#mine-figures")).to_have_text("2 waiting")
    expect(page.locator(f"#clip-{clip_ids[0]} [data-action=delete]")).to_be_focused()
    assert the_clip(behind.database, deleted.id).withdrawn_at is not None
    wait_until(lambda: not keys_of(deleted) & set(behind.storage.list("")), "the objects of the clip are gone")
    assert [url for url in requested if str(visit.token) in url] == []


@pytest.mark.browser
@pytest.mark.slow
def test_the_recorder_goes_on_where_the_link_came_from(
    service: Service, page: Page, visit: Visit, clip_ids: list[str]
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{service.url}/mine#{visit.token}")
    expect(page.locator(".mine-row")).to_have_count(len(clip_ids))
    page.get_by_role("button", name="Copy private link").click()
    expect(page.locator("[data-copy-label]")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == f"{service.url}/mine#{visit.token}"
    page.goto(f"{service.url}/record")
    expect(page.get_by_role("heading", name="Welcome back")).to_be_visible()
    expect(page.locator("#speaker-bar [data-speaker]")).to_have_text(visit.speaker)
    page.locator("#speaker-bar").get_by_role("link", name="Your recordings").click()
    expect(page.locator(".mine-row")).to_have_count(len(clip_ids))


@pytest.mark.browser
@pytest.mark.slow
def test_what_one_tells_of_oneself_is_kept_as_it_is_chosen_and_can_be_taken_back(
    service: Service, page: Page, visit: Visit
) -> None:
    page.goto(f"{service.url}/mine#{visit.token}")
    status = page.locator(".details-status")
    for label in ("First language", "Age", "Gender", "Recorded with"):
        expect(page.get_by_label(label, exact=True)).to_have_value("")
    page.get_by_label("First language").select_option(label="Swiss German")
    expect(status).to_have_text("Saved")
    page.get_by_label("Accent").fill("Walser")
    page.get_by_label("Accent").press("Enter")
    expect(status).to_have_text("Saved")

    page.reload()
    expect(page.get_by_label("First language")).to_have_value("gsw")
    expect(page.get_by_label("Accent")).to_have_value("Walser")
    page.get_by_label("First language").select_option(label="Rather not say")
    expect(status).to_have_text("Saved")
    page.reload()
    expect(page.get_by_label("Accent")).to_have_value("Walser")
    expect(page.get_by_label("First language")).to_have_value("")


@pytest.mark.browser
@pytest.mark.slow
def test_what_cannot_be_kept_is_said_beside_the_form(service: Service, page: Page, visit: Visit) -> None:
    tab = page.context.new_page()  # where the browser may note a refusal as an error
    tab.goto(f"{service.url}/mine#{visit.token}")
    tab.get_by_label("Accent").fill("<b>")
    tab.get_by_label("Accent").press("Tab")
    expect(tab.locator(".details-status")).to_contain_text("“accent” must be null (rather not say) or a text")


@pytest.mark.browser
@pytest.mark.slow
def test_a_second_link_asks_first_and_all_can_be_withdrawn(
    service: Service, page: Page, visit: Visit, clip_ids: list[str], behind: Services
) -> None:
    other = Recorder(service.url).start_visit("en")
    page.goto(f"{service.url}/mine#{other.token}")
    expect(page.locator("#mine-empty")).to_be_visible()
    page.goto("about:blank")
    page.goto(f"{service.url}/mine#{visit.token}")
    page.get_by_role("button", name=re.compile("^Switch")).click()
    expect(page.locator(".mine-row")).to_have_count(N_CLIPS)

    page.locator("#withdraw-open").click()
    page.locator("#withdraw-confirm").click()
    expect(page.get_by_role("heading", name="All is withdrawn")).to_be_visible()
    assert [the_clip(behind.database, clip_id).withdrawn_at for clip_id in clip_ids].count(None) == 0
    page.reload()
    expect(page.get_by_text("Nothing was recorded on this device yet.")).to_be_visible()


def delete_by_keyboard(page: Page, row: Locator) -> None:
    row.get_by_role("button", name=re.compile("^Delete")).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#delete-dialog")).to_be_visible()
    expect(page.get_by_role("button", name="Keep it")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def keys_of(clip: object) -> set[str]:
    return {str(getattr(clip, name)) for name in ("raw_key", "processed_key", "segment_key")}
