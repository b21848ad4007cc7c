"""The whole way in a real browser: recorded, processed by a real worker, accepted by keyboard, released, unpacked."""

import re
import struct
import tarfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from playwright.sync_api import Page, expect

from speechapp.release.manifest import parse_manifest
from speechapp.release.verification import verify
from tests.e2e.conftest import likeness, pass_check
from tests.service import Service, service_of_words
from tests.sounds import RATE_HZ

WORDS = ["yes", "no", "bird"]
N_PROMPTS = 5  # yes and no twice, bird once
VISIT_MS = 60_000
HEADER = (
    b"RIFF" + struct.pack("<I", 36 + 32_000) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 16_000, 32_000, 2, 16)
)
HEADER += b"data" + struct.pack("<I", 32_000)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The whole service with a vocabulary so small that a visit takes seconds."""
    with service_of_words(tmp_path, WORDS, repetitions=2) as service:
        yield service


@pytest.mark.browser
@pytest.mark.slow
def test_what_was_spoken_is_what_is_released(
    service: Service, page: Page, spoken: NDArray[np.float64], tmp_path: Path
) -> None:
    record_a_visit(page, service)
    become_admin(page, service, tmp_path / "data.log")
    accept_all_by_keyboard(page, service)
    archive = cut_and_download(page, service, tmp_path)

    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path / "release", filter="data")
    clips = sorted((tmp_path / "release").glob("[a-z]*/*.wav"))
    manifest = parse_manifest((tmp_path / "manifest.csv").read_bytes())

    assert len(clips) == N_PROMPTS
    assert sorted(row.file for row in manifest) == [clip.relative_to(tmp_path / "release").as_posix() for clip in clips]
    assert sorted({clip.parent.name for clip in clips}) == sorted(WORDS)
    assert {clip.read_bytes()[:44] for clip in clips} == {HEADER}
    assert {len(clip.read_bytes()) for clip in clips} == {32_044}
    heard = soxr.resample(spoken, RATE_HZ, 16_000)
    assert min(likeness(samples(clip), heard) for clip in clips) >= 0.98
    assert verify(archive).problems == ()


def record_a_visit(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/record")
    page.locator("#consent-agree").check()
    page.locator("#consent-accept").click()
    pass_check(page)
    expect(page.locator("#thanks")).to_be_visible(timeout=VISIT_MS)
    expect(page.locator("#upload-status")).to_have_attribute("data-pending", "0", timeout=VISIT_MS)
    expect(page.locator("#upload-status")).to_have_attribute("data-stored", str(N_PROMPTS))


def become_admin(page: Page, service: Service, log: Path) -> None:
    link = re.search(r"/setup/\S+", log.read_text())
    assert link
    page.goto(service.url + link[0])
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("button", name="Make the account").click()
    expect(page).to_have_url(re.compile("/review"))


def accept_all_by_keyboard(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/review")
    card, heard = page.locator("#review-card"), ""
    for n_left in range(N_PROMPTS, 0, -1):
        expect(page.locator("#review-remaining")).to_have_text(str(n_left))
        expect(card).to_be_visible()
        expect(card).not_to_have_attribute("data-clip-id", heard)
        heard = card.get_attribute("data-clip-id") or ""
        page.keyboard.press("a")
    expect(page.locator("#review-empty")).to_be_visible()
    expect(page.locator("#review-saving")).to_have_attribute("data-pending", "0")


def cut_and_download(page: Page, service: Service, folder: Path) -> Path:
    page.goto(f"{service.url}/releases/new")
    page.get_by_role("button", name=re.compile("dry run", re.IGNORECASE)).click()
    expect(page.locator(".facts dd").first).to_have_text(str(N_PROMPTS))
    page.locator("button[value=cut]").click()
    expect(page.get_by_role("main")).to_contain_text("SHA-256", timeout=VISIT_MS)
    version = page.url.rsplit("/", 1)[1]
    for name in (f"speechapp_{version}.tar.gz", "manifest.csv", "SHA256SUMS"):
        answer = page.request.get(f"{service.url}/releases/{version}/files/{name}")
        assert answer.status == 200
        (folder / name).write_bytes(answer.body())
    return folder / f"speechapp_{version}.tar.gz"


def samples(clip: Path) -> NDArray[np.float64]:
    return np.frombuffer(clip.read_bytes()[44:], "<i2").astype(np.float64)
