"""What one epoch shows the model, and in which order: words, other words, made unknown words, silence."""

from dataclasses import dataclass, fields

import torch
from torch import Generator, Tensor

from speechapp.training.labels import SILENCE, UNKNOWN, Labels
from speechapp.training.settings import TrainSettings


@dataclass(frozen=True, eq=False)
class Plan:
    """A row per example. A made unknown word begins like `clips` and ends like `others`; a silent row hears neither."""

    clips: Tensor  # (n_examples,) rows of the training clips
    others: Tensor
    labels: Tensor
    is_made: Tensor
    is_silent: Tensor

    def rows(self, chosen: Tensor) -> "Plan":
        return Plan(*(getattr(self, field.name)[chosen] for field in fields(Plan)))

    def __len__(self) -> int:
        return len(self.clips)


def plan_epoch(clip_labels: Tensor, labels: Labels, settings: TrainSettings, generator: Generator) -> Plan:
    """Every clip of a wanted word once; unknown words, new ones each epoch, and silence to their percentages; shuffled.

    A part of the unknown examples is made from two clips of different labels, so that a model that has met few other
    words still learns that half of a wanted word is not that word.
    """
    silence, unknown = labels.index(SILENCE), labels.index(UNKNOWN)
    is_unknown = clip_labels == unknown
    known, pool = torch.nonzero(~is_unknown).flatten(), torch.nonzero(is_unknown).flatten()
    n_silent, n_made, n_pooled = _counts(len(known), len(pool), settings)
    made = _draw(known, n_made, generator)
    clips = torch.cat([known, _draw(pool, n_pooled, generator), made, known[:1].repeat(n_silent)])
    kind = torch.tensor([0, 1, 2]).repeat_interleave(torch.tensor([len(known) + n_pooled, n_made, n_silent]))
    plan = Plan(
        clips=clips,
        others=_of_other_labels(clips, clip_labels, generator),
        labels=torch.where(kind == 2, silence, torch.where(kind == 1, unknown, clip_labels[clips])),
        is_made=kind == 1,
        is_silent=kind == 2,
    )
    return plan.rows(torch.randperm(len(plan), generator=generator))


def _counts(n_known: int, n_pool: int, settings: TrainSettings) -> tuple[int, int, int]:
    """Numbers of silent, made and pooled unknown examples; with no other words around, all unknown ones are made."""
    per_percent = n_known / (100 - settings.silence_percent - settings.unknown_percent)
    n_unknown = round(per_percent * settings.unknown_percent)
    n_made = round(n_unknown * settings.made_unknown_share) if n_pool else n_unknown
    return round(per_percent * settings.silence_percent), n_made, n_unknown - n_made


def _draw(pool: Tensor, n: int, generator: Generator) -> Tensor:
    """n of the pool, every one of it equally often give or take one."""
    if n == 0:
        return pool[:0]
    rounds = [torch.randperm(len(pool), generator=generator) for _ in range(-(-n // len(pool)))]
    return pool[torch.cat(rounds)[:n]]


def _of_other_labels(clips: Tensor, clip_labels: Tensor, generator: Generator) -> Tensor:
    """For each clip a random one of another label: in label order its own label is one run, which is stepped over."""
    by_label = torch.argsort(clip_labels, stable=True)
    n_same = torch.bincount(clip_labels)
    run_start = (n_same.cumsum(0) - n_same)[clip_labels[clips]]
    n_same = n_same[clip_labels[clips]]
    n_other = (len(clip_labels) - n_same).clamp(min=1)
    place = (torch.rand(len(clips), generator=generator) * n_other).long()
    return by_label[torch.where(place >= run_start, place + n_same, place) % len(by_label)]
