"""The pictures of docs/alignment.md: success by noise, and the distribution of the centre's error."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.align.data import CLICKS_SNR_DB, CROPS
from bench.align.quality import Outcome, summarise
from bench.align.tables import Outcomes
from speechapp.audio.format import SAMPLE_RATE_HZ

# In this order; ours stands out, the others keep apart also in print and for those who see few colours.
STYLES: Mapping[str, tuple[str, str, str, str]] = {
    "word": ("Speechapp", "#0b6e4f", "-", "o"),
    "loudest": ("loudest second", "#c8553d", "-", "s"),
    "sox": ("sox silence", "#6c757d", "--", "^"),
    "librosa": ("librosa trim", "#3d5a80", "--", "D"),
    "webrtcvad": ("WebRTC VAD", "#9a7aa0", ":", "v"),
    "ffmpeg": ("ffmpeg silenceremove", "#b08968", ":", "P"),
    "centre": ("centre of the take", "#adb5bd", ":", "X"),
}
FURTHEST_MS = 300
SIZE_INCHES = (7.2, 3.9)
DPI = 120


def draw(outcomes: Outcomes, folder: Path) -> list[Path]:
    """Draw what was measured into PNG files."""
    folder.mkdir(parents=True, exist_ok=True)
    return [draw_success(outcomes, folder / "align-success.png"), draw_errors(outcomes, folder / "align-error.png")]


def draw_success(outcomes: Outcomes, path: Path) -> Path:
    """Strict success: lines over conditions that get harder, from clean crops to 0 dB, then clicks."""
    figure, axes = canvas()
    conditions = list(outcomes)
    for method in drawn(outcomes):
        label, colour, line, marker = STYLES[method]
        shares = [summarise(outcomes[condition][method]).strict.percent for condition in conditions]
        n_joined = len(conditions) - sum("clicks" in condition for condition in conditions)
        look = {"color": colour, "marker": marker, "zorder": 3 if method == "word" else 2}
        axes.plot(range(n_joined), shares[:n_joined], line, lw=width_of(method), ms=5, label=label, **look)
        axes.plot(range(n_joined, len(shares)), shares[n_joined:], lw=0, ms=7, **look)
    axes.axvline(n_joined - 0.5, color="#ced4da", lw=0.8)
    axes.set_xticks(range(len(conditions)), [named(condition) for condition in conditions])
    axes.set_ylim(0, 101)
    axes.set_ylabel("whole word in the second, %")
    axes.set_title("How often the second holds the whole word", loc="left", fontsize=11, weight="bold")
    return saved(figure, axes, path)


def draw_errors(outcomes: Outcomes, path: Path) -> Path:
    """How many takes have their centre off by at most so much."""
    figure, axes = canvas()
    condition = CROPS if CROPS in outcomes else next(iter(outcomes))
    for method in drawn(outcomes):
        label, colour, line, _ = STYLES[method]
        errors_ms, percent = cumulative_ms(outcomes[condition][method])
        axes.plot(errors_ms, percent, line, color=colour, lw=width_of(method), label=label)
    axes.set_xlim(0, FURTHEST_MS)
    axes.set_ylim(0, 101)
    axes.set_xlabel("off the best second within the take by at most, ms")
    axes.set_ylabel("of the takes, %")
    axes.set_title(
        f"How far the centre is off: {named(condition)}".replace("\n", " "), loc="left", fontsize=11, weight="bold"
    )
    return saved(figure, axes, path)


def cumulative_ms(outcomes: Sequence[Outcome]) -> tuple[list[float], list[float]]:
    """Sorted errors in ms, and the per cent of all takes with at most that; dropped takes never arrive."""
    errors = sorted(abs(o.moved_samples) * 1000 / SAMPLE_RATE_HZ for o in outcomes if o.moved_samples is not None)
    percent = (100 * np.arange(len(errors) + 1) / len(outcomes)).tolist()
    return [0.0, *errors, max([*errors, FURTHEST_MS])], [*percent, percent[-1]]


def drawn(outcomes: Outcomes) -> list[str]:
    measured = next(iter(outcomes.values()))
    return [method for method in STYLES if method in measured]


def width_of(method: str) -> float:
    return 2.6 if method == "word" else 1.5


def named(condition: str) -> str:
    if condition == CROPS:
        return "random\ncrops"
    return f"{CLICKS_SNR_DB} dB,\nclicks" if "clicks" in condition else condition.replace(" dB", " dB\nnoise")


def canvas() -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE_INCHES, dpi=DPI, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e9ecef")
    axes.set_axisbelow(True)
    return figure, axes


def saved(figure: Any, axes: Any, path: Path) -> Path:
    axes.legend(frameon=False, fontsize=8.5, loc="center left", bbox_to_anchor=(1.0, 0.5))
    figure.savefig(path)
    return path
