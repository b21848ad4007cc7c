"""`python -m bench.align.training`: train the network that finds words (speechapp/audio/word_model.npz) from nothing.

  python -m bench.align.training                        on all speakers, as it is shipped; about fifteen minutes
  python -m bench.align.training --part development --out half.npz
  python -m bench.align quality --part reported --weights half.npz      its figures on speakers it never heard

Needs real speech at SPEECHAPP_REAL_SPEECH, espeak-ng, and PyTorch (`./run --with-training`).
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.progress import track

from bench.align import data, tables
from bench.align.lessons import Lesson, lessons
from speechapp.audio.band_levels import FRAMES_PER_STEP, N_FEATURES
from speechapp.audio.word_model import DILATIONS, QUIET

N_HIDDEN = 16
N_TAPS = (5, 7, 7)
N_EDGES = 2
BATCH = 64
LEARNING_RATE = 6e-3
WEIGHT_DECAY = 1e-3
EDGE_FRAMES = 1.0  # standard deviation of an edge as it is taught: people do not mark it any better
SHIPPED = Path("speechapp/audio/word_model.npz")


class WordNetwork(torch.nn.Module):
    """The network of `speechapp.audio.word_model`, to train: (n, N_FEATURES, n_frames) to (n, N_EDGES, n_frames)."""

    def __init__(self) -> None:
        super().__init__()
        widths = (FRAMES_PER_STEP * N_FEATURES, N_HIDDEN, N_HIDDEN, FRAMES_PER_STEP * N_EDGES)
        self.layers = torch.nn.ModuleList(
            torch.nn.Conv1d(n_in, n_out, n_taps, dilation=dilation, padding=dilation * (n_taps // 2))
            for n_in, n_out, n_taps, dilation in zip(widths, widths[1:], N_TAPS, DILATIONS, strict=False)
        )

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        n, _, n_frames = features.shape
        n_steps = n_frames // FRAMES_PER_STEP
        signal = features.reshape(n, N_FEATURES, n_steps, FRAMES_PER_STEP).permute(0, 3, 1, 2).reshape(n, -1, n_steps)
        *hidden, last = self.layers
        for layer in hidden:
            signal = torch.relu(layer(signal))
        logits: torch.Tensor = last(signal).reshape(n, FRAMES_PER_STEP, N_EDGES, n_steps)
        return logits.permute(0, 2, 3, 1).reshape(n, N_EDGES, n_frames)


def main(arguments: Sequence[str] | None = None) -> None:
    options = parser().parse_args(arguments)
    console = tables.terminal()
    made = lessons(options.part, options.lessons, options.seed)
    taught = list(track(made, "Making takes", options.lessons, console=console, transient=True))
    network, loss = trained(taught, options.epochs, options.seed)
    save(network, options.out)
    n_weights = sum(parameter.numel() for parameter in network.parameters())
    console.print(
        f"Written: {options.out}, {n_weights:,} weights in {options.out.stat().st_size:,} bytes; loss {loss:.3f}"
    )


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m bench.align.training", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--part", default="all", choices=data.PARTS, help="whose marked words (default: all)")
    made.add_argument("--lessons", type=int, default=120_000, help="takes to make and learn from (default: 120000)")
    made.add_argument("--epochs", type=int, default=16, help="(default: 16)")
    made.add_argument("--seed", type=int, default=1, help="(default: 1)")
    made.add_argument("--out", type=Path, default=SHIPPED, help="(default: %(default)s)")
    return made


def trained(taught: Sequence[Lesson], n_epochs: int, seed: int) -> tuple[WordNetwork, float]:
    """Cross-entropy against a narrow normal distribution around each edge, over all frames of the take."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    network = WordNetwork()
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    n_batches = len(taught) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, total_steps=n_batches * n_epochs)
    losses: list[float] = []
    for _ in track(range(n_epochs), "Training", console=tables.terminal(), transient=True):
        losses.clear()
        for chosen in batches(taught, rng):
            features, is_heard, target = together([taught[index] for index in chosen])
            logits = network(features).masked_fill(~is_heard[:, None], -1e4)
            loss = -(target * torch.log_softmax(logits, -1)).sum((1, 2)).mean()
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
    return network, float(np.mean(losses))


def batches(taught: Sequence[Lesson], rng: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Takes of about one length together, in random order."""
    lengths = np.array([lesson.features.shape[1] for lesson in taught]) + rng.uniform(0, 60, len(taught))
    order = np.argsort(lengths)
    for first in rng.permutation(len(taught) // BATCH) * BATCH:
        yield order[first : first + BATCH]


def together(batch: Sequence[Lesson]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Features, less those of quiet, zero beyond the take; which frames are of the take; where the edges lie."""
    n_frames = max(lesson.features.shape[1] for lesson in batch)
    features = np.zeros((len(batch), N_FEATURES, n_frames), np.float32)
    is_heard = np.zeros((len(batch), n_frames), bool)
    target = np.zeros((len(batch), N_EDGES, n_frames), np.float32)
    middles = np.arange(n_frames) + 0.5
    for row, lesson in enumerate(batch):
        n_own = lesson.features.shape[1]
        features[row, :, :n_own] = lesson.features - QUIET
        is_heard[row, :n_own] = True
        for edge, place in enumerate((lesson.begin, lesson.end)):
            distances = (middles[:n_own] - np.clip(place, 0.5, n_own - 0.5)) / EDGE_FRAMES
            near = np.exp(-0.5 * distances**2)
            target[row, edge, :n_own] = near / near.sum()
    return torch.from_numpy(features), torch.from_numpy(is_heard), torch.from_numpy(target)


def save(network: WordNetwork, path: Path) -> None:
    arrays: dict[str, NDArray[np.float16]] = {}
    for number, layer in enumerate(network.layers):
        assert isinstance(layer, torch.nn.Conv1d)
        assert layer.bias is not None
        arrays[f"weights{number}"] = layer.weight.detach().numpy().transpose(2, 1, 0).astype(np.float16)
        arrays[f"bias{number}"] = layer.bias.detach().numpy().astype(np.float16)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()
