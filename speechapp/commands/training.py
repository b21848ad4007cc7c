"""`speechapp train`, `evaluate`, `export` and `label`: from a release to a model that hears words."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from speechapp.audio.align import align
from speechapp.audio.clip import cut_pcm
from speechapp.audio.decode import decode
from speechapp.audio.pcm import from_pcm
from speechapp.audio.resample import resample
from speechapp.commands.console import console
from speechapp.errors import DataError, InvalidInput, Unusable
from speechapp.training.settings import TrainSettings

if TYPE_CHECKING:
    from speechapp.training.evaluate import Classifier
    from speechapp.training.metrics import Metrics
    from speechapp.training.train import TrainResult

_DEFAULTS = TrainSettings()
_PACKAGES = ("torch", "onnx", "onnxruntime", "onnxscript", "soundfile", "matplotlib")
_DIRECTORY = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_INTERRUPTED = 130  # what a shell says of a command that Ctrl-C ended


@click.command()
@click.argument("release_dir", type=_DIRECTORY)
@click.option(
    "--out", "run_dir", type=click.Path(path_type=Path), required=True, help="Directory of the run, made new."
)
@click.option("--words", default=",".join(_DEFAULTS.words), show_default=True, help="Words to tell apart.")
@click.option("--epochs", "n_epochs", type=click.IntRange(1), default=_DEFAULTS.n_epochs, show_default=True)
@click.option("--batch-size", type=click.IntRange(2), default=_DEFAULTS.batch_size, show_default=True)
@click.option("--learning-rate", type=float, default=_DEFAULTS.learning_rate, show_default=True, help="At its highest.")
@click.option("--seed", type=click.IntRange(0), default=_DEFAULTS.seed, show_default=True)
@click.option(
    "--channels", "n_channels", type=int, default=_DEFAULTS.n_channels, show_default=True, help="Width of the model."
)
@click.option(
    "--unknown-percent", type=float, default=_DEFAULTS.unknown_percent, show_default=True, help="Share of other words."
)
@click.option(
    "--silence-percent", type=float, default=_DEFAULTS.silence_percent, show_default=True, help="Share of silence."
)
@click.option("--split-by-speaker", is_flag=True, help="Split anew by speaker; for data of few speakers.")
@click.option("--resume", is_flag=True, help="Go on with an interrupted run, with the settings it has.")
@click.pass_context
def train(
    context: click.Context,
    /,
    release_dir: Path,
    run_dir: Path,
    words: str,
    n_epochs: int,
    batch_size: int,
    learning_rate: float,
    seed: int,
    n_channels: int,
    unknown_percent: float,
    silence_percent: float,
    split_by_speaker: bool,
    resume: bool,
) -> None:
    """Train a keyword spotter on RELEASE_DIR, an unpacked release or any word/*.wav directory at 16 kHz.

    Every other word there teaches the model what is _unknown_, and _background_noise_ what is _silence_. Ctrl-C
    stops it; --resume goes on from the last whole epoch as if nothing had happened.

    Example: speechapp train speechapp_1.0 --out runs/first --words yes,no,up,down
    """
    with _training_installed():
        from speechapp.training import train as training
        from speechapp.training.checkpoint import CHECKPOINT_NAME
    settings = TrainSettings(
        words=tuple(word.strip() for word in words.split(",")),
        n_epochs=n_epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        seed=seed,
        n_channels=n_channels,
        unknown_percent=unknown_percent,
        silence_percent=silence_percent,
        split_by_speaker=split_by_speaker,
    )
    try:
        if resume:
            _refuse_settings(context)
            result = training.resume(release_dir, run_dir, _progress())
        else:
            result = training.train(release_dir, run_dir, settings, _progress())
        _print_result(result)
    except KeyboardInterrupt:
        resumable = (run_dir / CHECKPOINT_NAME).is_file()
        how = (
            f"Go on with: speechapp train {release_dir} --out {run_dir} --resume"
            if resumable
            else "Nothing was trained yet."
        )
        console.print(f"Stopped. {how}")
        context.exit(_INTERRUPTED)


@click.command()
@click.argument("model", type=click.Path(exists=True, path_type=Path))
@click.argument("directory", type=_DIRECTORY)
@click.option("--all", "take_all", is_flag=True, help="Take every clip, its folder being its label, and add none.")
@click.option("--out", "out_dir", type=click.Path(path_type=Path), help="For metrics.json and confusion.png.")
def evaluate(model: Path, directory: Path, take_all: bool, out_dir: Path | None) -> None:
    """Measure MODEL (a run directory, a checkpoint or an .onnx file) on the clips of DIRECTORY.

    Of a release the testing partition is taken, with as many unknown words and as much silence as a wanted word has
    clips. Words the model does not know count as _unknown_. Without --out the files go into MODEL's directory, under
    evaluation/ and the name of DIRECTORY.

    Example: speechapp evaluate runs/first speechapp_1.0
    """
    with _training_installed():
        from speechapp.training import evaluate as evaluation
    metrics = evaluation.evaluate(_open_model(model), directory, _progress(), take_all=take_all)
    run_dir = model if model.is_dir() else model.parent
    out_dir = out_dir or run_dir / "evaluation" / directory.resolve().name
    evaluation.write_evaluation(metrics, out_dir, directory.resolve().name)
    _print_metrics(metrics)
    console.print(f"Written: {out_dir / 'metrics.json'}, {out_dir / 'confusion.png'}")


@click.command()
@click.argument("run", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "file_format", type=click.Choice(["onnx"]), default="onnx", show_default=True)
@click.option(
    "--out", "out_path", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write."
)
@click.option("--licence", help="SPDX name to put into the file.  [default: that of the recordings, CC-BY-4.0]")
def export(run: Path, file_format: str, out_path: Path, licence: str | None) -> None:
    """Export the best model of RUN, a run directory, as one file: PCM in, posteriors out, labels inside.

    The file is compared with PyTorch on fixed inputs before it is written, and refused where they differ.

    Example: speechapp export runs/first --format onnx --out first.onnx
    """
    with _training_installed():
        from speechapp.export.onnx import DEFAULT_LICENCE, export_onnx
    done = export_onnx(run, out_path, licence or DEFAULT_LICENCE)
    console.print(
        f"Written: {done.path} ({file_format}, {done.n_bytes / 1000:,.0f} kB); "
        f"its posteriors are PyTorch's to within {done.max_difference:.1e}."
    )


@click.command()
@click.argument("model", type=click.Path(exists=True, path_type=Path))
@click.argument("clips", metavar="CLIP...", nargs=-1, required=True, type=_FILE)
@click.option("--top", type=click.IntRange(1), default=3, show_default=True, help="Labels to show of each clip.")
def label(model: Path, clips: tuple[Path, ...], top: int) -> None:
    """Say what MODEL (a run directory, a checkpoint or an .onnx file) hears in each CLIP.

    A clip may be of any length, rate and common audio format. Heard is the second around its word, cut out as for a
    release; a shorter clip is put into silence.

    Example: speechapp label first.onnx hello.wav memo.m4a --top 1
    """
    classifier = _open_model(model)
    for clip in clips:
        posteriors = classifier.posteriors(_second_of_the_word(clip)[np.newaxis])[0]
        ranked = sorted(zip(posteriors, classifier.labels, strict=True), reverse=True)[:top]
        console.print(f"{clip}: " + ", ".join(f"{name} {posterior:.1%}" for posterior, name in ranked))


def _progress() -> Console:
    """Bars go to stderr, so that output can be piped."""
    return Console(stderr=True, highlight=False)


@contextmanager
def _training_installed() -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _PACKAGES:
            raise
        raise DataError(
            "training_not_installed", "Training needs PyTorch. Run: ./run --with-training, then try again."
        ) from error


def _refuse_settings(context: click.Context) -> None:
    """A run goes on with the settings it has; one given beside --resume would be ignored, so it is refused."""
    may_stand = {"release_dir", "run_dir", "resume"}
    given = click.core.ParameterSource.COMMANDLINE
    refused = [name for name in context.params if context.get_parameter_source(name) is given and name not in may_stand]
    if refused:
        options = ", ".join(option.opts[0] for option in context.command.params if option.name in refused)
        raise InvalidInput("resume_with_settings", f"A resumed run keeps its settings; leave out {options}.")


def _open_model(path: Path) -> "Classifier":
    with _training_installed():
        if path.suffix == ".onnx":
            from speechapp.export.runtime import KeywordModel

            return KeywordModel.load(path)
        from speechapp.training.checkpoint import load_model

        return load_model(path)


def _second_of_the_word(path: Path) -> NDArray[np.float32]:
    """Hear what a release would hold of this recording: the same second, with the same 16 bits; silence, too."""
    try:
        recording = decode(path.read_bytes(), longest_ms=None)
    except Unusable as error:
        raise DataError(error.code, f"{path}: {error.message}") from error
    take = resample(recording.waveform, recording.sample_rate_hz)
    return from_pcm(cut_pcm(take, align(take).window), n_channels=1)


def _print_result(result: "TrainResult") -> None:
    _print_metrics(result.validation)
    console.print(
        f"Best epoch {result.best.epoch}; {result.n_parameters:,} parameters, {result.n_macs / 1e6:.1f} M "
        f"multiply-accumulates a second of sound. The run lies in {result.run_dir}."
    )


def _print_metrics(metrics: "Metrics") -> None:
    table = Table("label", "clips", "precision", "recall", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for row in metrics.per_label:
        table.add_row(row.label, f"{row.n_clips:,}", f"{row.precision:.1%}", f"{row.recall:.1%}")
    console.print(table)
    low, high = metrics.accuracy_interval
    console.print(
        f"accuracy {metrics.accuracy:.2%} ({metrics.n_correct:,} of {metrics.n_clips:,}), "
        f"95 % interval {low:.1%} to {high:.1%}"
    )
