"""The pictures of the quality check: what it finds at each strength, what it blames, and where the measures lie."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from bench.quality.judging import Found, Judged
from bench.quality.recordings import SOURCES
from bench.quality.tables import interval
from speechapp.audio.measure import Measures
from speechapp.audio.quality import FAULTS, LIMITS

BLUE, ORANGE, GREY, INK = "#2f6db5", "#e08a2c", "#b8bec6", "#20262e"
PLAIN = {
    "cut_off_start": "start cut off",
    "cut_off_end": "end cut off",
    "two_words": "two words",
    "too_long": "too long",
}
PLAIN |= {"too_quiet": "too quiet", "too_noisy": "too noisy", "narrow_band": "narrow band"}
DPI = 100
N_COLOURS = 64

# The measure whose limit makes a fault, what to call it, the limit, and the part of the axis to show.
SHOWN = {
    "too_noisy": ("snr_db", "SNR, dB", LIMITS.snr_db, (0, 70)),
    "too_quiet": ("active_dbfs", "active level, dBFS", LIMITS.quiet_dbfs, (-80, 0)),
    "two_words": ("longest_gap_ms", "longest pause, ms", LIMITS.gap_ms, (0, 1000)),
    "hum": ("hum_db", "hum above its surroundings, dB", LIMITS.hum_db, (0, 60)),
    "narrow_band": ("bandwidth_hz", "bandwidth, Hz", LIMITS.bandwidth_hz, (0, 8000)),
    "clipped": ("n_clipped_samples", "clipped samples", LIMITS.n_clipped_samples, (0, 40)),
}
STRENGTH = {"too_noisy": 5, "too_quiet": -48, "two_words": 500, "hum": 20, "narrow_band": 4_000, "clipped": 3}


def draw(clean: Sequence[Judged], found: Sequence[Found], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _save(_detection(found), folder / "quality-detection.png")
    _save(_blame(clean), folder / "quality-blame.png")
    _save(_measures(clean, found), folder / "quality-measures.png")


def _save(figure: Figure, path: Path) -> None:
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=DPI, facecolor="white")
    with Image.open(path) as picture:
        few_colours = picture.convert("RGB").quantize(N_COLOURS)
    few_colours.save(path, optimize=True)


def _detection(found: Sequence[Found]) -> Figure:
    """One small picture for each fault: the share found, against how strongly it was planted."""
    codes = list(dict.fromkeys(one.planted.code for one in found))
    figure, axes = _grid(-(-len(codes) // 4), 4, (10.0, 7.2))
    for code, axis in zip(codes, axes, strict=False):
        hows = list(dict.fromkeys(one.planted.how for one in found if one.planted.code == code))
        for how, colour in zip(hows, (BLUE, ORANGE), strict=False):
            _curve(axis, [one for one in found if one.planted.code == code and one.planted.how == how], colour)
        axis.set_title(PLAIN.get(code, code), fontsize=10, loc="left", color=INK)
        axis.set_ylim(-4, 104)
        if len(hows) > 1:
            axis.legend(fontsize=7, frameon=False, loc="lower right")
    for axis in axes[len(codes) :]:
        axis.axis("off")
    figure.supylabel("found, %", fontsize=10, color=INK)
    return figure


def _curve(axis: Axes, found: Sequence[Found], colour: str) -> None:
    places = np.arange(len(found))
    shares = [100 * one.n_found / len(one.judged) for one in found]
    low, high = zip(*(interval(one.n_found, len(one.judged)) for one in found), strict=True)
    axis.fill_between(places, 100 * np.array(low), 100 * np.array(high), color=colour, alpha=0.18, linewidth=0)
    axis.plot(places, shares, "o-", color=colour, markersize=4, linewidth=1.5, label=found[0].planted.how)
    axis.set_xticks(places, [f"{one.strength:g}" for one in found])
    axis.set_xlabel(f"{found[0].planted.axis}, {found[0].planted.unit}", fontsize=8, color=INK)


def _blame(clean: Sequence[Judged]) -> Figure:
    """The share of each collection that has each fault by our measure, as it is."""
    figure = Figure(figsize=(8.0, 4.6), layout="constrained")
    axis = figure.add_subplot()
    shares = np.array([[_share(code, clean, source) for source in SOURCES] for code in FAULTS])
    axis.imshow(np.sqrt(np.minimum(shares, 25)), cmap="Blues", aspect="auto", vmin=0, vmax=5.6)
    for row, of_fault in enumerate(shares):
        for column, share in enumerate(of_fault):
            colour = "white" if share > 12 else INK
            axis.text(
                column, row, f"{share:.1f} %" if share else "0", ha="center", va="center", fontsize=8, color=colour
            )
    counts = [sum(one.take.source == source for one in clean) for source in SOURCES]
    axis.set_xticks(range(len(SOURCES)), [f"{source}\n{n}" for source, n in zip(SOURCES, counts, strict=True)])
    axis.set_yticks(range(len(FAULTS)), [PLAIN.get(code, code) for code in FAULTS])
    axis.tick_params(length=0, labelsize=9, colors=INK)
    axis.spines[:].set_visible(False)
    return figure


def _share(code: str, clean: Sequence[Judged], source: str) -> float:
    of_source = [one for one in clean if one.take.source == source]
    return 100 * float(np.mean([code in one.faults for one in of_source]))


def _measures(clean: Sequence[Judged], found: Sequence[Found]) -> Figure:
    """Where a measure lies in real recordings, and where in those with the fault; the limit between them."""
    figure, axes = _grid(2, 3, (10.0, 4.8))
    for (code, (name, title, limit, (least, most))), axis in zip(SHOWN.items(), axes, strict=True):
        planted = [one for one in found if one.planted.code == code and one.strength == STRENGTH[code]]
        sound = [one.measures for one in clean if one.take.source != "wuw" or code != "narrow_band"]
        bins = np.linspace(least, most, 33).tolist()
        for measures, colour, label in (
            (sound, GREY, "real recordings"),
            ([one.measures for each in planted for one in each.judged], ORANGE, "the same with the fault"),
        ):
            values = np.clip([_value(one, name) for one in measures], least, most)
            axis.hist(
                values,
                bins,
                weights=np.full(len(values), 100 / max(len(values), 1)),
                color=colour,
                alpha=0.75,
                label=label,
            )
        axis.axvline(limit, color=INK, linewidth=1, linestyle="--")
        axis.set_title(PLAIN.get(code, code), fontsize=10, loc="left", color=INK)
        axis.set_xlabel(title, fontsize=8, color=INK)
    axes[0].legend(fontsize=8, frameon=False)
    figure.supylabel("of the recordings, %", fontsize=10, color=INK)
    return figure


def _value(measures: Measures, name: str) -> float:
    return float(getattr(measures, name))


def _grid(n_rows: int, n_columns: int, size: tuple[float, float]) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=size, layout="constrained")
    axes = [figure.add_subplot(n_rows, n_columns, place + 1) for place in range(n_rows * n_columns)]
    for axis in axes:
        axis.tick_params(labelsize=8, colors=INK)
        axis.spines[["top", "right"]].set_visible(False)
    return figure, axes
