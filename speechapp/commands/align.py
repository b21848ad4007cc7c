"""`speechapp align`: recordings in, clips of one second out; nothing of the service is needed."""

import math
from collections.abc import Sequence
from typing import Any

import click

from speechapp.audio.align import METHODS
from speechapp.audio.clip import Processing
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.batch.align_files import align_files
from speechapp.batch.outcome import Outcome
from speechapp.batch.planning import Existing
from speechapp.commands.console import stderr
from speechapp.commands.files import (
    INTERRUPTED,
    jobs_option,
    print_failures,
    print_passed_over,
    progress,
    refusals_are_usage,
    report_option,
    table_option,
)


@click.command("align", no_args_is_help=True)
@click.argument("inputs", metavar="IN...", nargs=-1, required=True)
@click.argument("out", metavar="OUT")
@click.option("--method", type=click.Choice(METHODS), default="word", show_default=True, help="How to choose the clip.")
@click.option("--seconds", type=click.FloatRange(0.1, 60), default=1.0, show_default=True, help="Length of a clip.")
@click.option("--level", type=click.FloatRange(-60, 0), metavar="DBFS", help="Bring the speech to this level, as -26.")
@click.option("--dither", is_flag=True, help="Add dither where samples are rounded; the same input, the same clip.")
@click.option("--measure", "with_measures", is_flag=True, help="Measure each clip too; finds faults, takes longer.")
@report_option
@table_option
@click.option("--overwrite", "existing", flag_value="overwrite", help="Replace clips that are not what they would be.")
@click.option("--skip-existing", "existing", flag_value="skip", help="Keep whatever is in the place of a clip.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@click.option("--fsync", is_flag=True, help="Wait for the disk after each clip: a power cut loses none.")
@jobs_option
@click.pass_context
def align(
    context: click.Context,
    /,
    inputs: Sequence[str],
    out: str,
    method: Any,
    seconds: float,
    level: float | None,
    dither: bool,
    existing: Existing | None,
    report: str | None,
    table: str | None,
    **how: Any,
) -> None:
    """Cut the spoken word out of each recording: one clip of one second, as 16-bit mono WAV at 16 kHz.

    IN is a file, a folder with all below it, or a quoted pattern such as 'takes/**/*.m4a'. OUT is the folder for the
    clips, which keeps the sub-folders, or for a single IN a file. WAV, FLAC, Ogg, Opus, WebM, MP4, M4A and MP3 are
    read, of any length. Recordings are never touched, and no file is replaced unless you say so.

    Stop it whenever you like and run it again: what is done stays done, as long as the recordings and the options
    are the same.

    \b
    Examples:
      speechapp align yes.m4a yes.wav
      speechapp align recordings clips --report report.html
      speechapp align monday tuesday clips --table clips.csv --measure
      speechapp align 'recordings/**/*.flac' clips --seconds 1.5 --level -26
      speechapp align recordings clips --dry-run

    Exit status: 0 all is well, 1 some recording failed (each is named), 2 nothing was written since the command must
    be changed, 130 stopped by Ctrl-C.
    """
    processing = Processing(method, round(seconds * SAMPLE_RATE_HZ), level, dither)
    try:
        with refusals_are_usage(), progress("Aligning") as on_progress:
            outcome = align_files(
                inputs,
                out,
                processing=processing,
                existing=existing or "refuse",
                table_path=table,
                report_path=report,
                progress=on_progress,
                **how,
            )
    except KeyboardInterrupt:
        stderr.print("Stopped. What is done stays done: run the same command again to go on.")
        context.exit(INTERRUPTED)
    _print(outcome, [path for path in (table, report) if path and not how["dry_run"]])
    context.exit(0 if outcome.is_well else 1)


def _print(outcome: Outcome, written: Sequence[str]) -> None:
    for job in outcome.jobs:
        click.echo(f"{job.mode:8}{job.input} → {job.output}")
    print_failures(outcome.results)
    print_passed_over(outcome.found)
    if outcome.n_not_reached:
        stderr.print(f"Stopped early: {outcome.n_not_reached} recordings were not reached.")
    stderr.print(_summary(outcome), markup=False)
    _print_longer(outcome)
    for path in written:
        if path != "-":
            stderr.print(f"Wrote {path}", markup=False)


def _print_longer(outcome: Outcome) -> None:
    """Say where a longer clip would help: no other window can hold such a word."""
    clips = [result.clip for result in outcome.results if result.clip]
    spans_ms = [
        clip.word_stop_ms - clip.word_start_ms
        for clip in clips
        if clip.word_start_ms is not None
        and clip.word_stop_ms is not None
        and clip.word_stop_ms - clip.word_start_ms > clip.window_stop_ms - clip.window_start_ms
    ]
    if spans_ms:
        seconds = math.ceil(max(spans_ms) / 100) / 10 + 0.1
        stderr.print(
            f"In {len(spans_ms)} the word is longer than its clip; --seconds {seconds:.1f} would hold it.", markup=False
        )


def _summary(outcome: Outcome) -> str:
    words = {"made": "made", "done": "done before", "kept": "kept as they were", "failed": "failed"}
    told = [f"{n} {word}" for status, word in words.items() if (n := outcome.count(status))]
    if outcome.jobs:
        told.insert(0, f"{len(outcome.jobs)} to make")
    return f"Clips: {', '.join(told) or 'none'}."
