"""Weight of the recorder page, and how soon its first word appears on a slow line, beside the same page unthrottled.

Run `python -m bench.page_weight`. A cold Chromium loads the page from a whole service and clicks through as fast as it
can; the microphone check is skipped where the page lets it be, else its seconds are reported apart. Every round
measures each line once, so that what else the machine does concerns all of them alike; printed are medians.
"""

import gzip
import json
import shutil
import statistics
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from tests.service import running_service

ROUNDS = 5
BUDGET_BYTES = 60 * 1024
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
)
CLICKER = (Path(__file__).parent / "page_weight_clicker.js").read_text("utf-8")


@dataclass(frozen=True)
class Line:
    """A connection: what it lets through, and how long a request is on its way."""

    name: str
    down_bits_s: int
    up_bits_s: int
    round_trip_ms: int


LINES = (
    Line("unthrottled", 0, 0, 0),
    Line("fast 3G", 1_600_000, 750_000, 150),
    Line("slow 3G", 400_000, 400_000, 400),
)


@dataclass(frozen=True)
class Visit:
    """One cold visit: milliseconds since the navigation began, and what came over the line until the first word."""

    consent_ms: float
    check_ms: float
    word_ms: float
    received: dict[str, int]  # bytes on the wire by URL, headers included

    @property
    def clicked_ms(self) -> float:
        """Until the first word, without what the microphone check took."""
        return self.word_ms - self.check_ms


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running_service(Path(folder) / "data") as service,
        chromium() as browser,
    ):
        visit(browser, service.url, LINES[0])  # the service has compressed everything once, the browser is warm
        rounds = [[visit(browser, service.url, line) for line in LINES] for _ in range(ROUNDS)]
        report_weight(rounds[0][0].received)
        report_all(service.url, rounds[0][0].received)
    for line, visits in zip(LINES, zip(*rounds, strict=True), strict=True):
        report_times(line, visits, [first[0] for first in rounds])


@contextmanager
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    if program is None:
        sys.exit("Chromium is not installed (Debian package chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()


def visit(browser: Browser, url: str, line: Line) -> Visit:
    """One cold visit over this line, as far as the first word."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.add_init_script(CLICKER)
    session = context.new_cdp_session(page)
    received = bytes_by_url(session)
    throttle(session, line)
    page.goto(f"{url}/record", wait_until="commit")
    moments = page.evaluate("firstWord")
    check_ms = moments["checked"] - moments["check"] if "checked" in moments and "check" in moments else 0.0
    result = Visit(moments["consent"], check_ms, moments["word"], dict(received))
    context.close()
    return result


def bytes_by_url(session: CDPSession) -> dict[str, int]:
    """Fills itself while the page loads."""
    urls: dict[str, str] = {}
    received: dict[str, int] = {}

    def responded(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["response"]["url"]

    def finished(event: dict[str, Any]) -> None:
        if event["requestId"] in urls:
            received[urls[event["requestId"]]] = int(event["encodedDataLength"])

    session.on("Network.responseReceived", responded)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    return received


def throttle(session: CDPSession, line: Line) -> None:
    conditions = {
        "offline": False,
        "latency": line.round_trip_ms,
        "downloadThroughput": line.down_bits_s // 8 or -1,
        "uploadThroughput": line.up_bits_s // 8 or -1,
    }
    session.send("Network.emulateNetworkConditions", conditions)


def report_weight(received: dict[str, int]) -> None:
    """Each file, as gzip and as it came over the line, and their sums."""
    weights = weights_of(received)
    for url, n_bytes in sorted(weights.items(), key=lambda pair: -pair[1]):
        print(f"{n_bytes:7,d}  {received[url]:7,d}  {url.split('/', 3)[3]}")
    total, wire = sum(weights.values()), sum(received.values())
    print(
        f"{total:7,d} bytes gzip until the first word, {wire:,} on the wire with brotli and headers, in "
        f"{len(weights)} requests; {total / BUDGET_BYTES:.2f} of the 60 KB that are allowed"
    )


def report_all(url: str, received: dict[str, int]) -> None:
    """The same with what may follow later: the worklet, and what a click or an option loads."""
    total = sum(weights_of(received | dict.fromkeys(kept_for_offline(url), 0)).values())
    print(f"{total:7,d} bytes gzip with all that it can load later; {total / BUDGET_BYTES:.2f} of the 60 KB\n")


def weights_of(received: dict[str, int]) -> dict[str, int]:
    """Compressed bytes by URL; an answer of the API, which cannot be asked for again, as it came."""
    return {url: received[url] if "/api/" in url else gzip_bytes(url) for url in received}


def kept_for_offline(url: str) -> list[str]:
    """Every static file of the recorder, as its service worker is told."""
    with urllib.request.urlopen(f"{url}/sw.js", timeout=10) as answer:  # noqa: S310
        first_line = answer.readline().decode().strip()
    files = json.loads(first_line.removeprefix("self.kept = ").removesuffix(";"))["files"]
    return [f"{url}{file}" for file in files]


def gzip_bytes(url: str) -> int:
    """The body as a browser without brotli gets it."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})  # noqa: S310  # our own service
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        body = answer.read()
        return len(body) if answer.headers["Content-Encoding"] == "gzip" else len(gzip.compress(body))


def report_times(line: Line, visits: tuple[Visit, ...], beside: list[Visit]) -> None:
    consent_ms = statistics.median(visit.consent_ms for visit in visits)
    clicked_ms = statistics.median(visit.clicked_ms for visit in visits)
    check_ms = statistics.median(visit.check_ms for visit in visits)
    slowest_ms = max(visit.clicked_ms for visit in visits)
    baseline_ms = statistics.median(visit.clicked_ms for visit in beside)
    print(
        f"{line.name:11}  consent {consent_ms:5.0f} ms, first word {clicked_ms:5.0f} ms (slowest {slowest_ms:.0f}), "
        f"{clicked_ms / baseline_ms:.1f} times unthrottled; the check's own {check_ms:.0f} ms are left out"
    )


if __name__ == "__main__":
    main()
