"""The report of `speechapp align` in a real browser: a file that is opened, without any server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from speechapp.batch.align_files import align_files
from speechapp.batch.picture import picture
from speechapp.batch.report import About, write
from speechapp.batch.result import Clip, Result
from tests.audio.recordings import noise
from tests.batch.takes import LOUDEST, take
from tests.e2e.inspection import PHONE, Inspection, make_inspectable

WORDS = {"yes": 0.95, "no": 0.25, "bird": 0.6, "seven": 0.99}
MEASURES = {"snr_db": 31.5, "peak_dbfs": -6.0}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here; an error in the page fails the test."""
    viewport = {"width": PHONE[0], "height": PHONE[1]}
    context = browser.new_context(viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield make_inspectable(context)
    context.close()
    assert errors == []


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Four clips, one fault, one failure."""
    drawn = picture(noise(32_000, 0.1))
    made = [
        Result(
            "made",
            f"takes/monday/{word}.wav",
            f"clips/monday/{word}.wav",
            clip=Clip("word", confidence, 500.0, 1500.0, 700.0, 1200.0, 2000.0 + len(word), 16_000, "wav"),
            faults=("clipped",) if word == "bird" else (),
            measures=MEASURES,
            picture=drawn,
        )
        for word, confidence in WORDS.items()
    ]
    failed = Result("failed", "takes/monday/<b>bad.mp3", None, "undecodable", "It is damaged; export it again.")
    write(str(tmp_path / "report.html"), [*made, failed], About("align", "Alignment", "takes → clips", ["method word"]))
    return tmp_path / "report.html"


def names(page: Page) -> list[str]:
    return page.locator(".clip-name").all_text_contents()


@pytest.mark.browser
@pytest.mark.slow
def test_the_least_sure_come_first_and_all_can_be_sorted_and_filtered(page: Page, report: Path) -> None:
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto(report.as_uri())
    expect(page.locator("#shown")).to_have_text("5 of 5 shown")
    assert names(page) == ["no.wav", "bird.wav", "yes.wav", "seven.wav", "<b>bad.mp3"]

    page.locator("#sort").select_option("name")
    assert names(page) == ["<b>bad.mp3", "bird.wav", "no.wav", "seven.wav", "yes.wav"]
    page.locator("#sort").select_option("length")
    page.locator("#order").select_option("down")
    assert names(page)[0] == "seven.wav"

    page.get_by_label("Find").fill("MONDAY .wav")
    expect(page.locator("#shown")).to_have_text("4 of 5 shown")
    page.get_by_label("Find").fill("damaged")
    assert names(page) == ["<b>bad.mp3"]
    page.get_by_label("Find").fill("")
    page.get_by_role("button", name="1 failed").click()
    expect(page.locator("#status")).to_have_value("failed")
    expect(page.locator(".clip-message")).to_have_text("It is damaged; export it again.")
    page.locator("#status").select_option("")
    page.locator("#fault").select_option("clipped")
    assert names(page) == ["bird.wav"]
    assert requested == [report.as_uri()]


@pytest.mark.browser
@pytest.mark.slow
def test_a_clip_and_its_take_are_heard_where_they_lie(page: Page, tmp_path: Path) -> None:
    folder = tmp_path / "my takes"
    folder.mkdir()
    (folder / "да #1?.wav").write_bytes(take())
    align_files(folder, tmp_path / "clips", processing=LOUDEST, report_path=str(tmp_path / "report.html"))
    page.goto((tmp_path / "report.html").as_uri())
    playing = page.locator(".clip.is-playing")
    for button in ("Play the clip of да #1?.wav", "Play the whole take of да #1?.wav"):
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        expect(playing).to_have_count(1)
        expect(playing).to_have_count(0)  # heard to its end
    expect(page.locator("#notice")).to_be_empty()
    (tmp_path / "clips" / "да #1?.wav").unlink()
    page.get_by_role("button", name="Play the clip of").click()
    expect(page.locator("#notice")).to_contain_text("cannot play")


@pytest.mark.browser
@pytest.mark.slow
def test_wrong_ones_are_marked_by_keyboard_and_their_names_copied(
    context: BrowserContext, page: Page, report: Path
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(report.as_uri())
    page.get_by_role("button", name="Mark no.wav as wrong").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("x")
    expect(page.locator("#marked-count")).to_have_text("2 marked")
    page.reload()
    expect(page.locator(".clip.is-marked .clip-name")).to_have_text(["no.wav", "bird.wav"])
    page.get_by_role("button", name="Copy their names").click()
    expect(page.locator("#marked-count")).to_have_text("2 copied")
    assert page.evaluate("navigator.clipboard.readText()") == "takes/monday/no.wav\ntakes/monday/bird.wav\n"
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    page.get_by_role("button", name="Copy their names").click()
    expect(page.get_by_role("textbox", name="Marked recordings")).to_be_visible()


@pytest.mark.browser
@pytest.mark.slow
def test_thousands_are_drawn_only_as_one_reaches_them(page: Page, tmp_path: Path) -> None:
    place = Clip("word", 0.5, 500.0, 1500.0, 700.0, 1200.0, 2000.0, 16_000, "wav")
    drawn = picture(noise(32_000, 0.1))
    many = [Result("made", f"takes/{n}.wav", f"clips/{n}.wav", clip=place, picture=drawn) for n in range(10_000)]
    write(str(tmp_path / "report.html"), many, About("align", "Alignment", "takes → clips", []))
    page.goto((tmp_path / "report.html").as_uri())
    cards = page.locator(".clip")
    expect(page.locator("#shown")).to_have_text("10,000 of 10,000 shown")
    n_at_first = cards.count()
    assert n_at_first < 200
    page.locator("#more").scroll_into_view_if_needed()
    expect(cards.nth(n_at_first)).to_be_attached()
    page.get_by_label("Find").fill("9999")
    expect(cards).to_have_count(1)


@pytest.mark.browser
@pytest.mark.slow
def test_the_report_is_open_to_everybody(page: Page, report: Path) -> None:
    inspection = Inspection(page)
    page.goto(report.as_uri())
    inspection.look("report")
    page.get_by_role("button", name="Mark no.wav as wrong").click()
    page.locator("summary").first.click()
    inspection.look("report, one marked, its measures open")
    inspection.expect_nothing()
