"""An epoch: which examples it holds."""

import dataclasses

import torch

from speechapp.training.labels import labels_of
from speechapp.training.plan import Plan, plan_epoch
from speechapp.training.settings import TrainSettings

LABELS = labels_of(("low", "high"))
CLIP_LABELS = torch.tensor([2] * 30 + [3] * 30 + [1] * 40)
SETTINGS = TrainSettings(words=("low", "high"), silence_percent=20.0, unknown_percent=20.0, made_unknown_share=0.5)


def plan(seed: int, settings: TrainSettings = SETTINGS, clip_labels: torch.Tensor = CLIP_LABELS) -> Plan:
    return plan_epoch(clip_labels, LABELS, settings, torch.Generator().manual_seed(seed))


def test_percentages_are_shares_of_the_epoch() -> None:
    assert torch.bincount(plan(0).labels).tolist() == [20, 20, 30, 30]
    assert int(plan(0).is_silent.sum()) == 20
    assert int(plan(0).is_made.sum()) == 10


def test_every_clip_of_a_wanted_word_is_heard_once() -> None:
    epoch = plan(0)
    wanted = epoch.clips[epoch.labels > 1]
    assert sorted(wanted.tolist()) == list(range(60))


def test_labels_are_those_of_the_clips() -> None:
    epoch = plan(0)
    as_recorded = ~epoch.is_made & ~epoch.is_silent
    assert torch.equal(epoch.labels[as_recorded], CLIP_LABELS[epoch.clips[as_recorded]])


def test_a_made_unknown_word_is_joined_from_two_labels() -> None:
    epoch = plan(0)
    assert bool((CLIP_LABELS[epoch.clips[epoch.is_made]] > 1).all())
    assert bool((CLIP_LABELS[epoch.clips] != CLIP_LABELS[epoch.others]).all())


def test_without_other_words_all_unknown_ones_are_made() -> None:
    epoch = plan(0, clip_labels=CLIP_LABELS[:60])
    assert torch.bincount(epoch.labels).tolist() == [20, 20, 30, 30]
    assert int(epoch.is_made.sum()) == 20


def test_few_unknown_clips_are_heard_more_than_once() -> None:
    settings = dataclasses.replace(SETTINGS, made_unknown_share=0.0)
    epoch = plan(0, settings, CLIP_LABELS[:63])
    heard = epoch.clips[epoch.labels == 1]
    assert sorted(torch.bincount(heard)[60:].tolist()) == [6, 7, 7]


def test_epochs_differ_and_repeat_with_their_seed() -> None:
    assert torch.equal(plan(1).clips, plan(1).clips)
    assert not torch.equal(plan(1).clips, plan(2).clips)
