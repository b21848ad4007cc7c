"""`python -m bench.align.explained`: draws how the word is found, on a word of espeak-ng beside a click, in noise."""

import argparse
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from bench.align.lessons import speak
from speechapp.audio.align import Window, align
from speechapp.audio.band_levels import FRAME_SAMPLES, N_BANDS, band_levels
from speechapp.audio.format import SAMPLE_RATE_HZ
from speechapp.audio.pcm import Waveform
from speechapp.audio.word_model import edge_posteriors

INK, WORD, RULE, BEGIN, END = "#39424e", "#1f9d78", "#c2410c", "#2563eb", "#a21caf"
BANDS = ("4–8 kHz", "2–4 kHz", "1–2 kHz", "0.5–1 kHz", "0.25–0.5 kHz")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.align.explained", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/align-how.png"), help="(default: %(default)s)")
    draw(scene(), parser.parse_args().out)


def scene() -> Waveform:
    """Two and a half seconds of a noisy room: a key is pressed, somebody says “strawberry”."""
    rng = np.random.default_rng(7)
    take = 0.012 * rng.standard_normal(round(2.5 * SAMPLE_RATE_HZ))
    spoken = speak("strawberry", "en+f3", 170, 55)
    start = round(1.25 * SAMPLE_RATE_HZ)
    take[start : start + len(spoken)] += 0.8 * spoken[: len(take) - start]
    click = rng.standard_normal(500) * np.exp(-np.arange(500) / 90)
    take[4_000:4_500] += 0.45 * click / np.abs(click).max()
    return take.astype(np.float32)


def draw(take: Waveform, path: Path) -> None:
    heard, found, loudest = band_levels(take), align(take), align(take, "loudest")
    edges = edge_posteriors(heard.features)
    times = (np.arange(heard.features.shape[1]) * FRAME_SAMPLES + heard.start_samples) / SAMPLE_RATE_HZ
    figure, (sound, levels, posteriors) = plt.subplots(
        3, 1, figsize=(8, 5.6), sharex=True, height_ratios=(1.3, 1, 0.9), layout="constrained"
    )
    sound.plot(np.arange(len(take)) / SAMPLE_RATE_HZ, take, color=INK, linewidth=0.4)
    bracket(sound, loudest.window, RULE, "the loudest second", 0.92)
    bracket(sound, found.window, WORD, "the second around the word", -0.92)
    if found.word:
        sound.axvspan(*seconds(found.word), color=WORD, alpha=0.15, linewidth=0)
    sound.set(ylim=(-1.15, 1.15), ylabel="take", yticks=[])
    image = heard.features[:N_BANDS][::-1] * 10
    levels.imshow(
        image,
        aspect="auto",
        cmap="Greys",
        vmin=0,
        vmax=45,
        extent=(times[0], times[-1] + 0.01, 0, N_BANDS),
        origin="lower",
    )
    levels.set_yticks(np.arange(N_BANDS) + 0.5, BANDS[::-1], fontsize=8)
    levels.set_ylabel("above the noise")
    posteriors.fill_between(times, edges.begins, step="post", color=BEGIN, alpha=0.75, label="the word begins")
    posteriors.fill_between(times, edges.ends, step="post", color=END, alpha=0.75, label="the word ends")
    posteriors.set(xlim=(0, len(take) / SAMPLE_RATE_HZ), xlabel="seconds", ylabel="probability")
    posteriors.legend(frameon=False, loc="upper left", fontsize=9)
    for axes in (sound, levels, posteriors):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def bracket(axes: Axes, window: Window, colour: str, text: str, height: float) -> None:
    start, stop = seconds(window)
    axes.annotate(
        "",
        (start, height),
        (stop, height),
        arrowprops={
            "arrowstyle": "|-|,widthA=0.3,widthB=0.3",
            "color": colour,
            "linewidth": 1.6,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )
    axes.text((start + stop) / 2, height + (0.08 if height > 0 else -0.2), text, color=colour, ha="center", fontsize=9)


def seconds(window: Window) -> tuple[float, float]:
    return window.start_samples / SAMPLE_RATE_HZ, window.stop_samples / SAMPLE_RATE_HZ


if __name__ == "__main__":
    main()
