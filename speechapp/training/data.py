"""Examples in memory: the clips of a directory with their labels, and the silence made to go with them. No torch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from speechapp.errors import DataError
from speechapp.release.manifest import IndexedClip, read_release
from speechapp.training.clips import Pcm, load_clips
from speechapp.training.labels import SILENCE, UNKNOWN, Labels, label_index, labels_of
from speechapp.training.noise import Noise, noise_bank, silence_clips
from speechapp.training.partitioning import split
from speechapp.training.settings import TrainSettings

HELD_OUT_SEED = 59_185  # fixed, so that every run is judged by the same unknown words and the same silence


@dataclass(frozen=True, eq=False)
class Examples:
    """Clips (n_clips, CLIP_SAMPLES) int16 and where the label of each stands among the labels (n_clips,)."""

    pcm: Pcm
    labels: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class TrainingData:
    """All that a run needs in memory; the fingerprint tells whether a resumed run meets the same files."""

    training: Examples
    validation: Examples
    noise: Noise
    fingerprint: str


def load_training_data(directory: Path, settings: TrainSettings, console: Console) -> TrainingData:
    """Read a release directory; raises DataError where a word has nothing to train on or to validate with."""
    index = read_release(directory)
    labels = labels_of(settings.words)
    chosen = split(index.clips, settings.split_by_speaker)
    _require_words(chosen.training, settings.words, directory)
    _require_others(index.clips, settings.words)
    noise = noise_bank(index.background_noise, settings.seed)
    validation = choose_held_out(chosen.validation, labels)
    if not validation:
        raise _no_held_out("validation", directory)
    return TrainingData(
        read_examples(chosen.training, labels, console),
        add_silence(read_examples(validation, labels, console), labels, noise),
        noise,
        _fingerprint([*chosen.training, *validation], directory),
    )


def load_testing_data(directory: Path, labels: Labels, split_by_speaker: bool, console: Console) -> Examples:
    """The testing partition of a release directory, unknown words and silence in proportion; raises DataError."""
    index = read_release(directory)
    testing = choose_held_out(split(index.clips, split_by_speaker).testing, labels)
    if not testing:
        raise _no_held_out("testing", directory)
    return add_silence(
        read_examples(testing, labels, console), labels, noise_bank(index.background_noise, HELD_OUT_SEED)
    )


def load_all(directory: Path, labels: Labels, console: Console) -> Examples:
    """Every clip of a directory, whatever its origin; its folder is its label. Nothing is left out, nothing added."""
    return read_examples(read_release(directory).clips, labels, console)


def choose_held_out(clips: Sequence[IndexedClip], labels: Labels) -> tuple[IndexedClip, ...]:
    """Every clip of a wanted word, and as many of unknown words as a wanted word has on average, always the same.

    Without that limit 25 unknown words would outvote ten wanted ones. Empty where no wanted word has a clip.
    """
    wanted = [clip for clip in clips if label_index(clip.word, labels) > labels.index(UNKNOWN)]
    unknown = [clip for clip in clips if label_index(clip.word, labels) == labels.index(UNKNOWN)]
    if not wanted:
        return ()
    rows = np.random.default_rng(HELD_OUT_SEED).permutation(len(unknown))[: _mean_per_word(len(wanted), labels)]
    return (*wanted, *(unknown[row] for row in sorted(rows)))


def add_silence(examples: Examples, labels: Labels, noise: Noise) -> Examples:
    """The examples and as many made `_silence_` clips as a wanted word has on average."""
    n_wanted = int(np.sum(examples.labels > labels.index(UNKNOWN)))
    silence = silence_clips(noise, _mean_per_word(n_wanted, labels), HELD_OUT_SEED)
    return Examples(
        np.concatenate([examples.pcm, silence]),
        np.append(examples.labels, np.full(len(silence), labels.index(SILENCE))),
    )


def read_examples(clips: Sequence[IndexedClip], labels: Labels, console: Console) -> Examples:
    """Load the clips and name their labels; raises DataError as `load_clips` does."""
    pcm = load_clips([clip.path for clip in clips], console)
    return Examples(pcm, np.array([label_index(clip.word, labels) for clip in clips], np.int64))


def _mean_per_word(n_clips: int, labels: Labels) -> int:
    return max(1, round(n_clips / (len(labels) - 2)))


def _require_words(clips: Sequence[IndexedClip], words: Sequence[str], directory: Path) -> None:
    present = {clip.word for clip in clips}
    if missing := [word for word in words if word not in present]:
        raise DataError(
            "words_missing",
            f"{directory} has no training clips of {', '.join(missing)}; choose with --words among "
            f"{', '.join(sorted(word for word in present if not word.startswith('_'))) or 'none'}.",
        )


def _require_others(clips: Sequence[IndexedClip], words: Sequence[str]) -> None:
    if len({clip.word for clip in clips} - {SILENCE} | set(words)) < 2:
        raise DataError(
            "no_other_word",
            "With one wanted word, clips of some other word are needed too, to learn what is _unknown_.",
        )


def _no_held_out(partition: str, directory: Path) -> DataError:
    fix = "train with --split-by-speaker" if partition == "validation" else "evaluate every clip with --all"
    return DataError(
        f"no_{partition}_clips",
        f"No wanted word in {directory} has a clip in the {partition} partition (it has few speakers?); {fix}.",
    )


def _fingerprint(clips: Sequence[IndexedClip], directory: Path) -> str:
    names = "\n".join(sorted(f"{clip.partition} {clip.path.relative_to(directory).as_posix()}" for clip in clips))
    return hashlib.sha256(names.encode()).hexdigest()
