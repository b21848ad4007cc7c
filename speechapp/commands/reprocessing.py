"""`speechapp process-again`: make clips anew from the recordings that are stored, after the processing has changed."""

import os
import signal
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from multiprocessing import get_context
from typing import Any, Final, get_args

import click

from speechapp import leftovers, reprocessing
from speechapp.commands.console import console, progress_bar
from speechapp.commands.reprocessing_report import print_report
from speechapp.config import AlignMethod
from speechapp.db import utc_now
from speechapp.reprocessing import Change, Wanted
from speechapp.services import Services, migrated_services, open_services
from worker.processing import process_again, would_change

BATCH: Final = 32
STATES: Final = ("unusable", "processed", reprocessing.WORKER_FAILED)
DATE: Final = click.DateTime(("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"))


@click.command("process-again")
@click.option("--state", type=click.Choice(STATES), help="Only clips in this state; only worker_failed takes its own.")
@click.option("--word", help="Only clips of this word.")
@click.option("--speaker", "speaker_id", metavar="ID", help="Only clips of this speaker, 8 hex digits.")
@click.option("--method", type=click.Choice(get_args(AlignMethod)), help="Only clips whose window this method chose.")
@click.option("--older-method", is_flag=True, help="Only clips whose window SPEECHAPP_ALIGN_METHOD did not choose.")
@click.option("--below-confidence", type=click.FloatRange(0, 1), help="Only clips less surely whole than this.")
@click.option("--before", type=DATE, help="Only clips that were last processed before this time (UTC).")
@click.option("--keep-decisions", is_flag=True, help="Keep them where people would hear something else, too.")
@click.option("--dry-run", is_flag=True, help="Change nothing; show what would move, and how far.")
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default=True, help="Processes.")
def process_again_command(
    older_method: bool, before: datetime | None, keep_decisions: bool, dry_run: bool, jobs: int, **filters: Any
) -> None:
    """Process clips again from their stored recordings: nobody has to upload anything.

    A clip whose window moves by more than 20 ms goes back to review, unless --keep-decisions says otherwise; its old
    reviews are kept. Published releases stay as they are. The service may run meanwhile. Stop it whenever you like:
    it tells how to go on. Clips that brought the worker down time and again are left out, unless --state
    worker_failed asks for them. A clip that fails stays as it was; the others go on, and the exit status is 1.

    Example: speechapp process-again --older-method --dry-run
    """
    started_at = utc_now().replace(microsecond=0)
    with migrated_services() as services:
        not_method = services.config.align_method if older_method else None
        wanted = Wanted(**filters, not_method=not_method, before=before.replace(tzinfo=UTC) if before else None)
        with services.database.read() as session:
            clip_ids = reprocessing.wanted_clips(session, wanted)
        changes: list[Change] = []
        try:
            _process_all(clip_ids, changes, _Batch(dry_run, keep_decisions), jobs)
        finally:
            leftovers.remove(services.database, services.storage, utc_now())
            print_report(changes, is_dry_run=dry_run)
            if len(changes) < len(clip_ids):
                go_on = "" if before or dry_run else f" with --before {started_at:%Y-%m-%dT%H:%M:%S}"
                console.print(f"Stopped; {len(clip_ids) - len(changes)} clips are left. Run it again{go_on} to go on.")
    if any(change.outcome == "failed" for change in changes):
        sys.exit(1)


@dataclass(frozen=True)
class _Batch:
    """What to do with each clip of a batch, in a process of the pool."""

    is_dry_run: bool
    keep_decisions: bool

    def __call__(self, clip_ids: Sequence[str]) -> list[Change]:
        if self.is_dry_run:
            return [would_change(_services(), clip_id) for clip_id in clip_ids]
        return [process_again(_services(), clip_id, keep_decisions=self.keep_decisions) for clip_id in clip_ids]


def _process_all(clip_ids: Sequence[str], changes: list[Change], batch: _Batch, jobs: int) -> None:
    """Spread the batches over processes. Ctrl-C stops after the batches under way."""
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_leave_ctrl_c_to_the_command)
    with progress_bar() as bar, pool:
        task = bar.add_task("Processing again", total=len(clip_ids))
        batches = [clip_ids[start : start + BATCH] for start in range(0, len(clip_ids), BATCH)]
        waiting = [pool.submit(batch, ids) for ids in batches]
        try:
            for future in as_completed(waiting):
                changes += future.result()
                bar.advance(task, len(future.result()))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _leave_ctrl_c_to_the_command() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@cache
def _services() -> Services:
    return open_services()
