"""A real Chromium that hears words spoken by espeak-ng as its microphone."""

import shutil
import subprocess
import wave
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soxr
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, expect, sync_playwright

from speechapp.config import read_config
from speechapp.services import Services, open_services
from tests.service import Service, running_service
from tests.sounds import RATE_HZ, wav

CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
SPOKEN = ("yes", "no", "bird", "seven")
SPACING_S = 1.1
ROOM_S = 60
WORD_AT_S = 3.0  # in a room: the check has heard two seconds of it by then
N_BETWEEN_SAMPLES = 8

expect.set_options(timeout=30_000)  # a shared machine may be slow; what is waited for comes or never comes


@pytest.fixture(scope="session")
def spoken() -> NDArray[np.float64]:
    """Words by espeak-ng, one every 1.1 s, at 48 kHz: what the microphone hears, again and again."""
    if not shutil.which("espeak-ng"):
        pytest.skip("espeak-ng is not installed (Debian package espeak-ng)")
    heard = np.zeros(int(len(SPOKEN) * SPACING_S * RATE_HZ))
    for index, word in enumerate(SPOKEN):
        waveform = speak(word)
        start = int((index * SPACING_S + 0.1) * RATE_HZ)
        heard[start : start + len(waveform)] = waveform
    return heard + np.random.default_rng(7).normal(0.0, 0.0005, len(heard))


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[NDArray[np.float64]], Browser]]:
    """Debian's Chromium, headless, with a microphone that hears this at 48 kHz, again and again."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed (Debian package chromium)")

    def hearing(heard: NDArray[np.float64]) -> Browser:
        microphone = tmp_path_factory.mktemp("microphone") / "heard.wav"
        microphone.write_bytes(wav(heard, RATE_HZ))
        arguments = [*CHROMIUM_ARGUMENTS, f"--use-file-for-fake-audio-capture={microphone}"]
        return playwright.chromium.launch(executable_path=program, args=arguments)

    with sync_playwright() as playwright:
        yield hearing


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A whole service, for this test alone."""
    with running_service(tmp_path / "data") as service:
        yield service


@pytest.fixture
def behind(service: Service) -> Iterator[Services]:
    """Database and storage of the running service."""
    services = open_services(read_config(service.settings))
    yield services
    services.database.close()


@pytest.fixture(scope="session")
def browser(chromium: Callable[[NDArray[np.float64]], Browser], spoken: NDArray[np.float64]) -> Iterator[Browser]:
    """It hears the spoken words."""
    browser = chromium(spoken)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window without a past; anything the page reports as an error fails the test."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert errors == []


def room() -> NDArray[np.float64]:
    """A minute of a room at 48 kHz: noise that falls by 3 dB per octave, and one word for the microphone check."""
    n_samples = ROOM_S * RATE_HZ
    weights = np.maximum(np.fft.rfftfreq(n_samples, 1 / RATE_HZ), 30.0) ** -0.5
    noise = np.fft.irfft(np.fft.rfft(np.random.default_rng(3).standard_normal(n_samples)) * weights, n_samples)
    heard: NDArray[np.float64] = 10 ** (-48 / 20) * noise / noise.std()
    word, start = speak("yes"), int(WORD_AT_S * RATE_HZ)
    heard[start : start + len(word)] += 0.5 * word
    return heard


def pass_check(page: Page) -> None:
    """Allow the microphone, let the check hear a word, and start."""
    page.locator("#mic-allow").click()
    page.locator("#record-start").click()


def speak(word: str) -> NDArray[np.float64]:
    """One word by espeak-ng at 48 kHz, in [-1, 1]."""
    spoken = subprocess.run(["espeak-ng", "--stdout", "-s", "150", word], check=True, capture_output=True).stdout
    with wave.open(BytesIO(spoken)) as file:
        rate_hz = file.getframerate()
    samples = np.frombuffer(spoken[44:], "<i2").astype(np.float64) / 32768  # a streamed WAV does not know its length
    resampled: NDArray[np.float64] = soxr.resample(samples, rate_hz, RATE_HZ)
    loud: NDArray[np.float64] = 0.7 * resampled / np.abs(resampled).max()
    return loud


def likeness(clip: NDArray[np.float64], heard: NDArray[np.float64]) -> float:
    """The highest normalised correlation of a clip with any stretch of what was heard in a loop.

    The stretch may begin between two samples: half a sample at 16 kHz costs a word with an "s" up to 0.05.
    A take of less than a second stands in digital silence, which nobody heard: it is left out.
    """
    clip = np.trim_zeros(clip)
    looped = np.concatenate([heard, heard[: len(clip)]])
    n = len(looped) + len(clip)
    spectrum = np.fft.rfft(looped, n) * np.conj(np.fft.rfft(clip, n))
    products = N_BETWEEN_SAMPLES * np.fft.irfft(spectrum, n * N_BETWEEN_SAMPLES)[: len(heard) * N_BETWEEN_SAMPLES]
    energies = np.cumsum(np.concatenate([[0.0], looped**2]))
    stretch = energies[len(clip) :][: len(heard)] - energies[: len(heard)]
    return float(np.max(products / np.sqrt(np.repeat(stretch, N_BETWEEN_SAMPLES) * np.sum(clip**2))))
