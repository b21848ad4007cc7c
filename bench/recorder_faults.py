"""Clips lost or doubled when everything goes wrong: whole visits in a real browser, under a script of faults.

Run `python -m bench.recorder_faults --runs 20 --prompts 115 --parallel 3`. In each visit 30 % of the answers to
uploads are 500s, half of them after the clip was stored; a tab is closed and another one crashes; the network goes for
a while; the cookies (with the session and its CSRF token) are gone and a stranger's login page answers; the page is
reloaded; a second tab takes over from the first. Every fifth visit saves data.

Counted is what stands in the database at the end against what the pages had on disk: each clip that was ever kept,
with a hash that a page has kept it with, and one clip that counts for each prompt.
"""

import argparse
import asyncio
import random
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error, Page, Route, async_playwright
from sqlalchemy import select

from bench.speaker import VISIT_MS, Speaker, go_on, launch, sit_down, speaker_of, state_of, vocabulary_of
from speechapp.config import read_config
from speechapp.models import Clip
from speechapp.services import open_services
from tests.service import Service, running_service

FAILED_SHARE = 0.3
OFFLINE_S = 8
STRANGER_S = 5
TWO_TABS_S = 4
LOOK_EVERY_S = 0.2
STALLED_S = 60
SAVES_DATA_EVERY = 5
SEED = 3

# Tells of every clip that is on the disk now.
NOTES = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (record, key) {
  const { id, visitId, position, sha256 } = record;
  if (this.name === "clips") {
    const note = { id, visitId, position, sha256 };
    void window.noteClip({ ...note, isKept: false }); // a crash may come before the note of what is on the disk
    this.transaction.addEventListener("complete", () => void window.noteClip({ ...note, isKept: true }));
  }
  return key === undefined ? put.call(this, record) : put.call(this, record, key);
};
"""
SAVING_DATA = "localStorage.setItem('speechapp.dataSaver', 'on');"


@dataclass
class Run:
    """One visit: what its pages kept, what was done to it, and what the database says of it."""

    number: int
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    hashes: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    faults: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    n_clips: int = 0
    stuck: str = ""
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)

    @property
    def saves_data(self) -> bool:
        return self.number % SAVES_DATA_EVERY == SAVES_DATA_EVERY - 1


class Visit:
    """The pages of one volunteer, one after the other, and the things that happen to them."""

    def __init__(self, context: BrowserContext, service: Service, run: Run) -> None:
        self.context = context
        self.service = service
        self.run = run
        self.chance = random.Random(SEED + run.number)  # noqa: S311
        self.is_stranger_there = False
        self.page: Page

    async def prepare(self) -> None:
        await self.context.expose_binding("noteClip", self._note)
        await self.context.add_init_script(NOTES + (SAVING_DATA if self.run.saves_data else ""))
        await self.context.route("**/api/clips", self._upload)
        await self.open()

    async def open(self) -> None:
        self.page = await self.context.new_page()
        await self.page.goto(f"{self.service.url}/record")
        await go_on(self.page)

    async def n_done(self) -> int:
        return int(await self.page.locator("#progress").get_attribute("value") or 0)

    async def until_done(self, n_prompts: float) -> None:
        await self._until(lambda _, n_done: n_done >= n_prompts)

    async def until_thanks(self) -> None:
        await self._until(lambda state, _: state == "thanks")

    async def _until(self, is_there: Callable[[str, int], bool]) -> None:
        """TimeoutError where no word is taken for too long."""
        n_before, since = -1, time.monotonic()
        while not is_there(state := await state_of(self.page), n_done := await self.n_done()):
            if n_done != n_before:
                n_before, since = n_done, time.monotonic()
            elif time.monotonic() > since + STALLED_S:
                shown = await self.page.locator("#main").inner_text()
                raise TimeoutError(f"{state} at {n_done}: {' '.join(shown.split())}")
            elif state == "paused":  # the page heard nothing any more; a person would look, and go on
                self.run.faults["paused"] += 1
                await self.page.locator("#record-pause").click()
            await asyncio.sleep(LOOK_EVERY_S)

    async def close_tab(self) -> None:
        await self.page.close()
        await self.open()

    async def crash_tab(self) -> None:
        crashed = asyncio.Event()
        self.page.on("crash", lambda _: crashed.set())
        session = await self.context.new_cdp_session(self.page)
        sending = asyncio.ensure_future(session.send("Page.crash"))
        await asyncio.wait_for(crashed.wait(), 30)
        sending.cancel()
        await self.page.close()
        await self.open()

    async def reload(self) -> None:
        await self.page.reload()
        await go_on(self.page)

    async def go_offline(self) -> None:
        await self.context.set_offline(True)
        await asyncio.sleep(OFFLINE_S)
        await self.context.set_offline(False)

    async def lose_cookies(self) -> None:
        await self.context.clear_cookies()
        self.is_stranger_there = True
        await asyncio.sleep(STRANGER_S)
        self.is_stranger_there = False

    async def open_second_tab(self) -> None:
        """Both stay for a while, then the first one goes and the second goes on."""
        first, self.page = self.page, await self.context.new_page()
        await self.page.goto(f"{self.service.url}/record")
        await asyncio.sleep(TWO_TABS_S)
        await go_on(self.page)
        await asyncio.sleep(TWO_TABS_S)
        await first.close()

    async def _note(self, _source: object, note: dict[str, Any]) -> None:
        self.run.hashes[note["id"]].add(note["sha256"])
        if note["isKept"]:
            self.run.kept[note["id"]] = note

    async def _upload(self, route: Route) -> None:
        self.run.faults["uploads"] += 1
        try:
            if self.is_stranger_there:
                self.run.faults["stranger"] += 1
                await route.fulfill(status=401, content_type="text/html", body="<h1>Please log in to this network</h1>")
            elif self.chance.random() >= FAILED_SHARE:
                await route.continue_()
            elif self.chance.random() < 0.5:
                self.run.faults["5xx before"] += 1
                await route.fulfill(status=500, body="broken")
            else:
                await route.fetch()
                self.run.faults["5xx after"] += 1
                await route.fulfill(status=502, body="broken")
        except Error:
            self.run.faults["cut off"] += 1  # the page or its network went meanwhile


FAULTS: tuple[tuple[float, str, Callable[[Visit], Awaitable[None]]], ...] = (
    (0.15, "tab closed", Visit.close_tab),
    (0.30, "offline", Visit.go_offline),
    (0.45, "tab crashed", Visit.crash_tab),
    (0.60, "cookies lost", Visit.lose_cookies),
    (0.70, "reload", Visit.reload),
    (0.80, "second tab", Visit.open_second_tab),
)


def main() -> None:
    arguments = parsed()
    with tempfile.TemporaryDirectory() as folder:
        vocabulary = vocabulary_of(arguments.prompts, Path(folder))
        speaker = speaker_of(vocabulary, arguments.reaction)
        with running_service(Path(folder) / "data", SPEECHAPP_VOCABULARY=str(vocabulary)) as service:
            runs = asyncio.run(all_runs(service, speaker, arguments))
    print_totals(runs, arguments.prompts)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--prompts", type=int, default=115)
    parser.add_argument("--parallel", type=int, default=3, help="visits at the same time, in one browser")
    parser.add_argument("--reaction", type=int, default=150, help="ms from the word on the screen to the voice")
    return parser.parse_args()


async def all_runs(service: Service, speaker: Speaker, arguments: argparse.Namespace) -> list[Run]:
    runs = [Run(number) for number in range(arguments.runs)]
    seats = asyncio.Semaphore(arguments.parallel)
    print("run  seconds  clips  kept  uploads  500 before  502 after  stranger  cut off  lost  doubled", flush=True)

    async def seated(browser: Browser, run: Run) -> None:
        async with seats:
            await one_run(browser, service, speaker, run, arguments.prompts)
            print_run(run)

    async with async_playwright() as playwright:
        browser = await launch(playwright)
        await asyncio.gather(*(seated(browser, run) for run in runs))
        await browser.close()
    return runs


async def one_run(browser: Browser, service: Service, speaker: Speaker, run: Run, n_prompts: int) -> None:
    began = time.monotonic()
    context = await sit_down(browser, speaker)
    try:
        await through_all_faults(Visit(context, service, run), n_prompts)
    except (Error, TimeoutError) as error:
        run.stuck = str(error).splitlines()[0]
    run.seconds = time.monotonic() - began
    await context.close()
    judge(service, run, n_prompts)


async def through_all_faults(visit: Visit, n_prompts: int) -> None:
    await visit.prepare()
    for share, name, fault in FAULTS:
        await visit.until_done(share * n_prompts)
        await fault(visit)
        visit.run.faults[name] += 1
    await until_all_is_sent(visit)


async def until_all_is_sent(visit: Visit) -> None:
    await visit.until_thanks()
    while await visit.page.locator("#left-out").is_visible():  # words that the gate gave up on
        visit.run.faults["left out"] += 1
        await visit.page.locator("#say-left-out").click()
        await visit.page.locator("body:not([data-state=thanks])").wait_for()
        if await state_of(visit.page) != "recording":
            await go_on(visit.page)
        await visit.until_thanks()
    await visit.page.locator("#upload-status[data-pending='0']").wait_for(state="attached", timeout=VISIT_MS)


def judge(service: Service, run: Run, n_prompts: int) -> None:
    """Lost: kept, but not in the database as it was; or a prompt without a clip, unless the visit got stuck
    before it. Doubled: a prompt with several clips that count."""
    visit_ids = {note["visitId"] for note in run.kept.values()}
    services = open_services(read_config(service.settings))
    with services.database.read() as session:
        clips = list(session.scalars(select(Clip).where(Clip.visit_id.in_(visit_ids))))
    services.database.close()
    sha256_of = {clip.id: clip.raw_sha256 for clip in clips}
    counting = Counter(clip.position for clip in clips if clip.replaced_by_id is None)
    run.n_clips = len(clips)
    run.lost = [clip_id for clip_id in run.kept if sha256_of.get(clip_id) not in run.hashes[clip_id]]
    if not run.stuck:
        run.lost += [f"prompt {position}" for position in range(n_prompts) if not counting[position]]
    run.doubled = [f"prompt {position}" for position, n in counting.items() if n > 1]
    run.doubled += [f"visit {visit_id}" for visit_id in sorted(visit_ids)[1:]]


def print_run(run: Run) -> None:
    faults = [run.faults[name] for name in ("uploads", "5xx before", "5xx after", "stranger", "cut off")]
    uploads, before, after, stranger, cut = faults
    print(
        f"{run.number:3d}  {run.seconds:7.0f}  {run.n_clips:5d}  {len(run.kept):4d}  {uploads:7d}  {before:10d}  "
        f"{after:9d}  {stranger:8d}  {cut:7d}  {len(run.lost):4d}  {len(run.doubled):7d}"
        + ("  saves data" if run.saves_data else "")
        + (f"  stuck: {run.stuck}" if run.stuck else "")
        + "".join(f"  {what}" for what in run.lost + run.doubled),
        flush=True,
    )


def print_totals(runs: list[Run], n_prompts: int) -> None:
    faults = sum((run.faults for run in runs), Counter[str]())
    n_lost, n_doubled = sum(len(run.lost) for run in runs), sum(len(run.doubled) for run in runs)
    n_stuck = sum(bool(run.stuck) for run in runs)
    print(
        f"{len(runs)} runs of {n_prompts} prompts: {n_lost} lost, {n_doubled} doubled; {n_stuck} did not get to the end"
    )
    print(", ".join(f"{name} {n}" for name, n in sorted(faults.items())))


if __name__ == "__main__":
    main()
