"""A scripted volunteer for the recorder's benchmarks: words by espeak-ng, said into the page's own microphone."""

import base64
import json
import shutil
import subprocess
import wave
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray
from playwright.async_api import Browser, BrowserContext, Page, Playwright, Route

RATE_HZ = 48_000
PEAK = 0.5
SILENT_BELOW = 0.01  # of the peak: what espeak-ng puts around a word
ROOM_RMS = 0.0005
VISIT_MS = 15 * 60_000
STEP_MS = 30_000
SCRIPT = Path(__file__).with_suffix(".js")
SHIPPED_VOCABULARY = Path(__file__).parents[1] / "speechapp" / "vocabulary" / "en.json"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)

Waveform = NDArray[np.float32]


@dataclass(frozen=True)
class Speaker:
    """How long this volunteer takes to react, and how each word sounds from them, at 48 kHz and without silence."""

    reaction_ms: int
    words: dict[str, Waveform]


def speaker_of(vocabulary: Path, reaction_ms: int) -> Speaker:
    listed = json.loads(vocabulary.read_text())
    return Speaker(reaction_ms, {word: speak(word) for word in listed["core"] + listed["auxiliary"]})


def vocabulary_of(n_prompts: int, folder: Path) -> Path:
    """The shipped vocabulary, or as much of it as makes a visit of so many prompts."""
    shipped = json.loads(SHIPPED_VOCABULARY.read_text())
    repetitions, words = shipped["core_repetitions"], shipped["core"] + shipped["auxiliary"]
    n_cores = range(n_prompts // (repetitions + 1), len(shipped["core"]) + 1)
    n_core = next((n for n in n_cores if n + n_prompts - repetitions * n <= len(words)), None)
    if n_core is None:
        raise ValueError(f"there are not enough words for {n_prompts} prompts; ask for at most 115")
    n_words = n_core + n_prompts - repetitions * n_core
    path = folder / "bench.json"
    path.write_text(json.dumps(shipped | {"core": words[:n_core], "auxiliary": words[n_core:n_words]}))
    return path


def speak(word: str) -> Waveform:
    spoken = subprocess.run(["espeak-ng", "--stdout", "-s", "150", word], check=True, capture_output=True).stdout
    with wave.open(BytesIO(spoken)) as file:
        rate_hz = file.getframerate()
    samples = np.frombuffer(spoken[44:], "<i2").astype(np.float32)  # a streamed WAV does not know its length
    resampled: Waveform = soxr.resample(samples, rate_hz, RATE_HZ)
    loud = np.flatnonzero(np.abs(resampled) > SILENT_BELOW * np.abs(resampled).max())
    word_alone = resampled[loud[0] : loud[-1] + 1]
    quiet: Waveform = PEAK * word_alone / np.abs(word_alone).max()
    return quiet


async def launch(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)


async def sit_down(browser: Browser, speaker: Speaker) -> BrowserContext:
    """A browser's memory of its own, in which every page hears this speaker."""
    context = await browser.new_context(service_workers="block")
    encoded = {word: base64.b64encode(_pcm(waveform)).decode() for word, waveform in speaker.words.items()}
    body = json.dumps(encoded)

    async def answer(route: Route) -> None:
        await route.fulfill(body=body, content_type="application/json")

    await context.route("**/speaker/words.json", answer)
    settings = {"reactionMs": speaker.reaction_ms, "rateHz": RATE_HZ, "roomRms": ROOM_RMS}
    await context.add_init_script(f"const SPEAKER = {json.dumps(settings)};\n{SCRIPT.read_text()}")
    return context


async def go_on(page: Page) -> None:
    """From wherever the page is to the first word, or to the thanks when all are said."""
    await page.locator("body:not([data-state=loading])").wait_for(timeout=STEP_MS)
    steps = {"consent": _agree, "elsewhere": _record_here, "microphone": _allow, "check": _start, "ready": _start}
    while step := steps.get(await state_of(page)):
        await step(page)


async def state_of(page: Page) -> str:
    return await page.locator("body").get_attribute("data-state") or ""


async def wait_for_state(page: Page, *states: str) -> None:
    await page.locator(", ".join(f"body[data-state={state}]" for state in states)).wait_for(timeout=STEP_MS)


async def _agree(page: Page) -> None:
    await page.locator("#consent-agree").check()
    await page.locator("#consent-accept").click()
    await wait_for_state(page, "microphone", "elsewhere")


async def _record_here(page: Page) -> None:
    await page.locator("#record-here").click()
    await page.locator("body:not([data-state=elsewhere])").wait_for(timeout=STEP_MS)


async def _allow(page: Page) -> None:
    await page.locator("#mic-allow").click()
    await wait_for_state(page, "check", "ready", "elsewhere", "thanks")


async def _start(page: Page) -> None:
    await page.locator("#record-start:enabled").click(timeout=STEP_MS)
    await wait_for_state(page, "recording", "thanks")


def _pcm(waveform: Waveform) -> bytes:
    return np.rint(32767 * waveform).astype("<i2").tobytes()
