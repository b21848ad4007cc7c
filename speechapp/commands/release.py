"""`speechapp release`: cut, list and verify releases."""

from pathlib import Path

import click
from rich.table import Table

from speechapp.commands.console import console, progress_bar
from speechapp.db import Database, utc_now
from speechapp.errors import DataError
from speechapp.release.cut import cut
from speechapp.release.partition import PARTITIONS
from speechapp.release.published import all_releases
from speechapp.release.selection import ReleasePlan, plan
from speechapp.release.verification import verify
from speechapp.services import Services, migrated_services


@click.group()
def release() -> None:
    """Freeze the accepted clips into versions, look at them, check them."""


@release.command("cut")
@click.argument("version")
@click.option(
    "--language", metavar="TAG", help="Only clips of this language, such as en; needed where there are several."
)
@click.option("--dry-run", is_flag=True, help="Only say what the release would be; change nothing.")
def cut_command(version: str, language: str | None, dry_run: bool) -> None:
    """Freeze the accepted clips into release VERSION: one to three numbers with dots, such as 1, 0.2 or 1.2.3.

    A version never changes; a cut that was stopped half way can be repeated. A release has one language, since the
    same letters are another word elsewhere.

    Example: speechapp release cut 0.1 --language en
    """
    with migrated_services() as services:
        _print_plan(_planned(services.database, language))
        if not dry_run:
            _cut(services, version, language)


@release.command("list")
def list_command() -> None:
    """List the releases, newest first."""
    table = Table("version", "state", "published", "clips", "speakers", "MB", "SHA-256 of the archive", box=None)
    with migrated_services() as services, services.database.read() as session:
        for view in all_releases(session):
            published = f"{view.published_at:%Y-%m-%d %H:%M}" if view.published_at else view.error or ""
            sizes = (str(view.n_clips), str(view.n_speakers), _megabytes(view.archive_bytes))
            table.add_row(view.version, view.state, published, *sizes, view.archive_sha256 or "")
    console.print(table)


@release.command("verify")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
def verify_command(path: Path) -> None:
    """Check a downloaded release: PATH is the archive, or the directory it lies in.

    The manifest and SHA256SUMS are used where they lie beside the archive.
    """
    with progress_bar() as bar:
        task = bar.add_task("Checking", total=None)
        found = verify(path, lambda n_clips: bar.update(task, completed=n_clips))
    for problem in found.problems:
        console.print(problem, markup=False)
    if found.problems:
        raise DataError("release_not_sound", f"{path} has {len(found.problems)} problems; download it again.")
    console.print(f"{found.n_clips} clips, all sound. SHA-256 of the uncompressed tar: {found.tar_sha256}")


def _planned(database: Database, language: str | None) -> ReleasePlan:
    with database.read() as session:
        return plan(session, language)


def _print_plan(planned: ReleasePlan) -> None:
    table = Table("word", *PARTITIONS, box=None)
    for word, by_partition in planned.counts.items():
        table.add_row(word, *(str(by_partition[partition]) for partition in PARTITIONS))
    console.print(table)
    console.print(
        f"{planned.n_clips} clips of {planned.n_words} words by {planned.n_speakers} speakers, "
        f"about {_megabytes(planned.estimated_bytes)} MB"
    )
    for line in (*planned.warnings, *planned.problems):
        console.print(line, markup=False)


def _cut(services: Services, version: str, language: str | None) -> None:
    with progress_bar() as bar:
        tasks = {step: bar.add_task(step.capitalize(), total=None) for step in ("packing", "checking", "storing")}
        view = cut(
            services.database,
            services.storage,
            version,
            utc_now(),
            cut_by="the command line",
            language=language,
            progress=lambda step, n_done, n_total: bar.update(tasks[step], completed=n_done, total=n_total),
        )
    for file in view.files:
        console.print(f"{file.sha256}  {file.name}  {_megabytes(file.n_bytes)} MB", markup=False)
    console.print(f"{view.tar_sha256}  the uncompressed tar")
    console.print(f"Release {version} is published: {view.n_clips} clips by {view.n_speakers} speakers.")


def _megabytes(n_bytes: int) -> str:
    return f"{n_bytes / 1e6:.1f}"
