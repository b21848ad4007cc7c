"""`speechapp import`: bring existing recordings through the same processing as every clip."""

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from pathlib import Path

import click
from sqlalchemy import select

from speechapp import imports, reviews
from speechapp.audio.format import UNUSABLE_REASONS
from speechapp.commands.console import console, progress_bar
from speechapp.db import utc_now
from speechapp.errors import InvalidInput
from speechapp.models import Clip
from speechapp.prompts import LANGUAGE
from speechapp.release.partition import partition_of_speaker
from speechapp.services import Services, migrated_services, open_services
from worker.processing import process_clip

BATCH = 32


@dataclass(frozen=True)
class BatchReport:
    """What became of one batch of files."""

    n_files: int
    n_known: int
    n_processed: int
    unusable: tuple[tuple[str, str], ...]  # (file, reason)
    refusals: tuple[imports.Refusal, ...]


@click.command("import")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--speaker-from-name", is_flag=True, help="Take the speaker from the file's name, up to _nohash_ or the first _."
)
@click.option("--speaker", metavar="LABEL", help="All files are by this one speaker.  [default: the directory's name]")
@click.option(
    "--language", metavar="TAG", help="What is spoken, such as en or pt-BR; told to clips that are there too."
)
@click.option("--accept", is_flag=True, help="Mark the clips reviewed: accepted by import.")
@click.option("--jobs", type=click.IntRange(1, 64), default=os.cpu_count() or 1, show_default=True, help="Processes.")
def import_command(
    directory: Path, speaker_from_name: bool, speaker: str | None, language: str | None, accept: bool, jobs: int
) -> None:
    """Import the audio files of DIRECTORY, which holds one folder per word.

    Each file is stored, decoded, aligned to one second, normalised and measured like a clip from the recorder.
    The Speech Commands layout keeps its speakers, utterance numbers and so its partitions. Stop it whenever you
    like and run it again: what is there already is not imported twice.

    Example: speechapp import ~/speech_commands --speaker-from-name --language en --accept
    """
    _require_language(language)
    if speaker_from_name and speaker:
        raise InvalidInput("speaker_twice", "Give --speaker-from-name or --speaker, not both.")
    with migrated_services():
        pass  # a setting that is wrong should say so here, not in each process of the pool
    found = list(imports.scan(directory, speaker_from_name=speaker_from_name, speaker_label=speaker))
    recordings = [item for item in found if isinstance(item, imports.Recording)]
    if not found:
        raise InvalidInput("nothing_to_import", f"{directory} has no folders with files. It should hold WORD/FILE.wav.")
    reports = _import_all(recordings, accept, jobs, language)
    _print_report(reports, [item for item in found if isinstance(item, imports.Refusal)], directory)


def _require_language(language: str | None) -> None:
    if language is not None and not LANGUAGE.fullmatch(language):
        raise InvalidInput("language_form", f"“{language}” is no language tag; write it like en, de or pt-BR.")


def _import_all(
    recordings: Sequence[imports.Recording], accept: bool, jobs: int, language: str | None
) -> list[BatchReport]:
    """Spread the batches over processes. Ctrl-C stops after the batches under way; nothing of them is lost."""
    reports = []
    with progress_bar() as bar, ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        task = bar.add_task("Importing", total=len(recordings))
        waiting: list[Future[BatchReport]] = [
            pool.submit(import_batch, batch, accept, language) for batch in imports.batches(recordings, BATCH)
        ]
        try:
            for future in as_completed(waiting):
                reports.append(future.result())
                bar.advance(task, reports[-1].n_files)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return reports


def import_batch(batch: Sequence[imports.Recording], accept: bool, language: str | None = None) -> BatchReport:
    """Register a batch, process each of its clips, and accept what became usable. Runs in a process of the pool."""
    services = _services()
    registered = imports.register(
        services.database, services.storage, batch, utc_now(), services.config.lease_s, partition_of_speaker, language
    )
    for clip_id in registered.clip_ids:
        process_clip(services, clip_id)
    with services.database.write() as session:
        clips = session.scalars(select(Clip).where(Clip.id.in_(registered.clip_ids))).all()
        for clip in clips:
            if accept and clip.state == "processed" and clip.decision is None and clip.withdrawn_at is None:
                reviews.decide(session, None, clip.id, "accept", None, utc_now())
    unusable = [
        (clip.settings["imported_from"], clip.unusable_reason or "") for clip in clips if clip.state == "unusable"
    ]
    return BatchReport(
        n_files=len(batch),
        n_known=registered.n_known,
        n_processed=sum(clip.state == "processed" for clip in clips),
        unusable=tuple(unusable),
        refusals=registered.refusals,
    )


@cache
def _services() -> Services:
    return open_services()


def _print_report(reports: Sequence[BatchReport], refused: list[imports.Refusal], directory: Path) -> None:
    refused += [refusal for report in reports for refusal in report.refusals]
    unusable = [item for report in reports for item in report.unusable]
    for refusal in refused:
        console.print(f"refused   {refusal.path.relative_to(directory)}: {refusal.message}", markup=False)
    for name, reason in unusable:
        console.print(f"unusable  {name}: {UNUSABLE_REASONS.get(reason, reason)}", markup=False)
    n_known = sum(report.n_known for report in reports)
    console.print(
        f"{sum(report.n_processed for report in reports)} clips processed ({n_known} files were imported before)"
    )
    console.print(f"{len(unusable)} unusable{_by_reason(reason for _, reason in unusable)}")
    console.print(f"{len(refused)} refused{_by_reason(refusal.code for refusal in refused)}")


def _by_reason(reasons: Iterable[str]) -> str:
    counted = ", ".join(f"{reason} {n}" for reason, n in Counter(reasons).most_common())
    return f" ({counted})" if counted else ""
