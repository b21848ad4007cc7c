"""`speechapp demo`: fill an empty installation with synthetic volunteers, and clear it again."""

import time
from collections import Counter
from collections.abc import Callable

import click
from rich.progress import Progress

from speechapp import users
from speechapp.commands.console import console, progress_bar
from speechapp.config import Config
from speechapp.db import utc_now
from speechapp.demo import plan, sound
from speechapp.demo.clearing import ORIGIN, clear
from speechapp.demo.crowd import Recorded, patience_s, record_all, require_empty, wait_until_processed
from speechapp.demo.judging import judge
from speechapp.demo.recorder import Service
from speechapp.migration import upgrade
from speechapp.release.cut import cut
from speechapp.release.published import ReleaseView, next_version
from speechapp.services import Services, open_services
from speechapp.vocabularies import default_vocabulary

ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104


@click.command()
@click.option(
    "--volunteers",
    "n_volunteers",
    type=click.IntRange(1, 200),
    metavar="N",
    default=20,
    show_default=True,
    help="How many people.",
)
@click.option(
    "--words-each",
    type=click.IntRange(1),
    metavar="N",
    default=50,
    show_default=True,
    help="Prompts that each of them records.",
)
@click.option("--url", help="Where the service runs.  [default: as SPEECHAPP_HOST and SPEECHAPP_PORT say]")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed gives other voices and rooms.")
@click.option("--clear", "only_clear", is_flag=True, help="Remove the demo's recordings, reviews and releases again.")
def demo(n_volunteers: int, words_each: int, url: str | None, seed: int, only_clear: bool) -> None:
    """Fill an empty installation with synthetic volunteers.

    Voices of espeak-ng, each in a noisy room of its own, record their prompts through the API that the recorder page
    uses; some takes are flawed on purpose. The worker processes them, a synthetic reviewer judges most of them, and
    the first release is cut. Then look around: record, review, releases.

    \b
    In one terminal:   ./run
    In another:        speechapp demo
    When done:         speechapp demo --clear
    """
    services = open_services()
    upgrade(services.database)
    if only_clear:
        _clear(services)
    else:
        _fill(services, n_volunteers, words_each, Service(url or default_url(services.config)), seed)


def default_url(config: Config) -> str:
    """Where a service with these settings answers on this machine."""
    host = "127.0.0.1" if config.host in ANY_ADDRESS else config.host
    return f"http://{host}:{config.port}"


def _fill(services: Services, n_volunteers: int, words_each: int, service: Service, seed: int) -> None:
    started_s = time.monotonic()
    sound.require_espeak()
    service.require_answer()
    require_empty(services)
    vocabulary = default_vocabulary(services.config)
    crowd = plan.plan_volunteers(n_volunteers, min(words_each, vocabulary.n_prompts), seed, vocabulary.language)
    with progress_bar() as bar:
        recorded = _record(services, service, crowd, vocabulary.language, bar)
        outcomes = judge(services, recorded, utc_now(), _step(bar, "Reviewing", len(recorded)))
        release = _release(services, bar) if outcomes["accept"] else None
    _say_what_happened(outcomes, len(crowd), time.monotonic() - started_s)
    _say_where_to_look(services, service.url, outcomes, release)


def _record(
    services: Services, service: Service, crowd: list[plan.Volunteer], language: str, bar: Progress
) -> list[Recorded]:
    n_takes = sum(len(volunteer.takes) for volunteer in crowd)
    uploaded = _step(bar, "Speaking and uploading", n_takes)
    processed = _step(bar, "Processing by the worker", n_takes)
    recorded = record_all(services, service, crowd, language, uploaded, processed)
    wait_until_processed(services, processed, patience_s(services.config))
    return recorded


def _release(services: Services, bar: Progress) -> ReleaseView:
    task = bar.add_task("Cutting the release", total=None)

    def show(step: str, n_done: int, n_total: int) -> None:
        bar.update(task, description=f"Cutting the release: {step}", completed=n_done, total=n_total)

    with services.database.read() as session:
        version = next_version(session)
    release = cut(services.database, services.storage, version, utc_now(), cut_by=ORIGIN, progress=show)
    bar.update(task, description=f"Cutting the release {version}", completed=1, total=1)
    return release


def _step(bar: Progress, description: str, total: int) -> Callable[[int], None]:
    task = bar.add_task(description, total=total)
    return lambda n_done: bar.update(task, completed=n_done)


def _say_what_happened(outcomes: Counter[str], n_volunteers: int, took_s: float) -> None:
    counted = ", ".join(f"{outcomes[name]} {text}" for name, text in OUTCOMES.items() if outcomes[name])
    minutes, seconds = divmod(round(took_s), 60)
    console.print(
        f"\n  {n_volunteers} volunteers recorded {outcomes.total()} clips: {counted}. "
        f"It took {minutes} min {seconds:02d} s.\n"
    )


OUTCOMES = {
    "accept": "accepted",
    "reject": "rejected",
    "unsure": "unsure",
    "waiting": "waiting for review",
    "unusable": "unusable",
}


def _say_where_to_look(services: Services, url: str, outcomes: Counter[str], release: ReleaseView | None) -> None:
    with services.database.write() as session:
        token = users.setup_token(session, utc_now())
    console.print(f"  overview   {url}/")
    console.print(f"  record     {url}/record   with your own voice")
    console.print(f"  review     {url}/review   {outcomes['waiting']} clips wait for you")
    if token:
        console.print(f"             {url}/setup/{token}   makes you the admin first (works once)")
    if release:
        size = f"{release.archive_bytes / 1e6:.1f} MB"
        console.print(f"  release    {url}/releases/{release.version}   {release.n_clips} clips, {size}, with charts")
        console.print(f"  download   {url}/releases/{release.version}/files/{release.archive_name}")
    console.print("\n  speechapp demo --clear   removes all of it again\n")


def _clear(services: Services) -> None:
    with console.status("Removing the demo…"):
        cleared = clear(services, utc_now())
    console.print(
        f"Removed: {cleared.n_clips} clips of {cleared.n_speakers} synthetic speakers, {cleared.n_releases} releases."
    )
    for version in cleared.mixed_releases:
        console.print(f"Release {version} stays: it holds recordings of others as well, and a release never changes.")
