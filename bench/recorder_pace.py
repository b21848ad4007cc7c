"""Clips an hour and words cut off, of whole visits in a real browser, beside a model of the 2017 recorder's timer.

Run `python -m bench.recorder_pace`. A scripted speaker (bench/speaker.py) sees each word and says it 600 ms later, in a
second visit 1.5 s later; no key is pressed between the first word and the last. The timer of 2017 took 2.5 s for each
word, whatever was said when.

A word is cut when it sticks out of the take in storage, where the two correlate best; it is damaged when it lies
within, but correlates less than 0.9, as where a machine with too much to do has dropped some of the sound.
"""

import argparse
import asyncio
import io
import tempfile
import wave
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from playwright.async_api import Browser, Page, async_playwright
from sqlalchemy import select

from bench.speaker import RATE_HZ, VISIT_MS, Speaker, Waveform, go_on, launch, sit_down, speaker_of, vocabulary_of
from speechapp.config import read_config
from speechapp.models import Clip
from speechapp.services import open_services
from tests.service import Service, running_service

REACTIONS_MS = (600, 1500)
TIMER_S = 2.5
MIN_LIKENESS = 0.9
N_BETWEEN_SAMPLES = 8  # a word may begin between two samples; half of one costs a word with an "s" a tenth
HOUR_S = 3600


@dataclass(frozen=True)
class Pace:
    """One visit: how long it took from the first word seen to the thanks, and what its takes hold."""

    reaction_ms: int
    seconds: float
    n_seen: int
    n_left_out: int
    gate_hits: Counter[str]
    likenesses: list[float]
    before_ms: list[float]
    after_ms: list[float]

    @property
    def n_clips(self) -> int:
        return len(self.likenesses)

    @property
    def n_cut(self) -> int:
        return sum(min(edges) < 0 for edges in zip(self.before_ms, self.after_ms, strict=True))

    @property
    def n_unlike(self) -> int:
        return sum(likeness < MIN_LIKENESS for likeness in self.likenesses)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prompts", type=int, default=115)
    parser.add_argument("--reactions", type=int, nargs="+", default=REACTIONS_MS, help="ms")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = vocabulary_of(arguments.prompts, Path(folder))
        speakers = [speaker_of(vocabulary, reaction_ms) for reaction_ms in arguments.reactions]
        with running_service(Path(folder) / "data", SPEECHAPP_VOCABULARY=str(vocabulary)) as service:
            paces = asyncio.run(visits(service, speakers))
    print_table(paces, arguments.prompts)


async def visits(service: Service, speakers: list[Speaker]) -> list[Pace]:
    async with async_playwright() as playwright:
        browser = await launch(playwright)
        paces = [await one_visit(browser, service, speaker) for speaker in speakers]
        await browser.close()
    return paces


async def one_visit(browser: Browser, service: Service, speaker: Speaker) -> Pace:
    context = await sit_down(browser, speaker)
    page = await context.new_page()
    await page.goto(f"{service.url}/record")
    await go_on(page)
    began_ms = await page.evaluate("speaker.seen.at(-1).atMs")
    n_before = await page.evaluate("speaker.seen.length") - 1
    await page.locator("body[data-state=thanks]").wait_for(timeout=VISIT_MS)
    seconds = (await page.evaluate("performance.now()") - began_ms) / 1000
    await page.locator("#upload-status[data-pending='0']").wait_for(state="attached", timeout=VISIT_MS)
    n_seen = await page.evaluate("speaker.seen.length") - n_before
    n_left_out = await left_out(page)
    visit_id = await page.evaluate("JSON.parse(localStorage.getItem('speechapp.speaker')).visitId")
    await context.close()
    takes, gate_hits = stored(service, visit_id)
    found = [find(take, rate_hz, speaker.words[word]) for word, take, rate_hz in takes]
    likenesses, before_ms, after_ms = (list(column) for column in zip(*found, strict=True))
    return Pace(speaker.reaction_ms, seconds, n_seen, n_left_out, gate_hits, likenesses, before_ms, after_ms)


async def left_out(page: Page) -> int:
    n_left: int = await page.locator("#progress").evaluate("bar => bar.max - bar.value")
    return n_left


def stored(service: Service, visit_id: str) -> tuple[list[tuple[str, Waveform, int]], Counter[str]]:
    """Word, samples and rate of each clip that counts, and why takes were asked for again."""
    services = open_services(read_config(service.settings))
    with services.database.read() as session:
        counting = select(Clip).where(Clip.visit_id == visit_id, Clip.replaced_by_id.is_(None))
        clips = list(session.scalars(counting))
    takes = [(clip.word, *decoded(services.storage.get(clip.raw_key))) for clip in clips]
    services.database.close()
    rejected = [take for clip in clips for take in clip.settings.get("gate", {}).get("rejected", [])]
    return takes, Counter(f"{take['word']}: {take['fault']}" for take in rejected)


def decoded(wav: bytes) -> tuple[Waveform, int]:
    with wave.open(io.BytesIO(wav)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        return np.divide(samples, 32768, dtype=np.float32), file.getframerate()


def find(take: Waveform, rate_hz: int, word: Waveform) -> tuple[float, float, float]:
    """How like the word the best stretch of the take is, and what lies before and after it, in ms.

    Compared where the word may stick out of the take by half its length: what is missing then counts as silence.
    """
    heard = soxr.resample(take, rate_hz, RATE_HZ)
    margin = len(word) // 2
    padded = np.pad(heard, margin)
    n = len(padded) + len(word)
    spectrum = np.fft.rfft(padded, n) * np.conj(np.fft.rfft(word, n))
    products = N_BETWEEN_SAMPLES * np.fft.irfft(spectrum, n * N_BETWEEN_SAMPLES)
    best = int(np.argmax(products[: (len(padded) - len(word)) * N_BETWEEN_SAMPLES]))
    start = best // N_BETWEEN_SAMPLES
    stretch = padded[start : start + len(word)]
    likeness = float(products[best] / np.sqrt(np.sum(stretch**2) * np.sum(word**2)))
    before, after = start - margin, len(heard) - (start - margin + len(word))
    return likeness, 1000 * before / RATE_HZ, 1000 * after / RATE_HZ


def print_table(paces: list[Pace], n_prompts: int) -> None:
    timer_s = n_prompts * TIMER_S
    print(
        "speaker  seconds  clips/hour  against the timer  clips  left out  cut  damaged  asked again  ms before, after"
    )
    print(f"timer    {timer_s:7.0f}  {HOUR_S / TIMER_S:10.0f}")
    for pace in paces:
        per_hour = HOUR_S * pace.n_clips / pace.seconds
        print(
            f"{pace.reaction_ms:4d} ms  {pace.seconds:7.0f}  {per_hour:10.0f}  {per_hour * TIMER_S / HOUR_S:17.2f}  "
            f"{pace.n_clips:5d}  {pace.n_left_out:8d}  {pace.n_cut:3d}  {pace.n_unlike:7d}  "
            f"{pace.gate_hits.total():11d}  {min(pace.before_ms):.0f}, {min(pace.after_ms):.0f} at least"
        )
        for fault, n in sorted(pace.gate_hits.items()):
            print(f"           asked again: {fault} {n}")


if __name__ == "__main__":
    main()
