"""Augmentation: what it may change, how far, and what it must leave alone."""

import dataclasses

import torch

from speechapp.training.augmentation import Augmentation, mask, splice, warp
from speechapp.training.plan import Plan
from speechapp.training.settings import TrainSettings

PLAIN = TrainSettings(noise_probability=0.0, time_shift_ms=0.0, speed_percent=0.0, gain_db=0.0)
N = 200


def noise(n_samples: int, seed: int = 0) -> torch.Tensor:
    return 0.1 * torch.randn(n_samples, generator=torch.Generator().manual_seed(seed))


def pcm(n_clips: int, seed: int = 1) -> torch.Tensor:
    return torch.randint(-9_000, 9_000, (n_clips, 16_000), generator=torch.Generator().manual_seed(seed)).short()


def heard(settings: TrainSettings, clips: torch.Tensor, silent: bool = False, made: bool = False) -> torch.Tensor:
    n_clips = len(clips)
    plan = Plan(
        clips=torch.arange(n_clips),
        others=torch.arange(n_clips).flip(0),
        labels=torch.zeros(n_clips, dtype=torch.long),
        is_made=torch.full((n_clips,), made),
        is_silent=torch.full((n_clips,), silent),
    )
    return Augmentation(clips, noise(100_000), settings).waveform(plan, torch.Generator().manual_seed(5))


def test_with_everything_off_a_clip_is_itself() -> None:
    clips = pcm(4)
    torch.testing.assert_close(heard(PLAIN, clips), clips.float() / 32_768)


def test_the_same_generator_gives_the_same_sound() -> None:
    torch.testing.assert_close(heard(TrainSettings(), pcm(4)), heard(TrainSettings(), pcm(4)), rtol=0.0, atol=0.0)


def test_sound_stays_within_full_scale() -> None:
    loud = torch.full((50, 16_000), 32_767).short()
    assert float(heard(TrainSettings(), loud).abs().max()) <= 1.0


def test_a_shift_stays_within_its_bounds() -> None:
    click = torch.zeros(N, 16_000).short()
    click[:, 8_000] = 16_384
    places = heard(dataclasses.replace(PLAIN, time_shift_ms=100.0), click).argmax(1)
    assert 6_400 <= int(places.min()) < 6_600
    assert 9_400 < int(places.max()) <= 9_600


def test_a_gain_stays_within_its_bounds() -> None:
    tone = torch.full((N, 16_000), 3_277).short()
    level_db = 20 * torch.log10(heard(dataclasses.replace(PLAIN, gain_db=6.0), tone)[:, 0] / 0.1)
    assert -6.01 <= float(level_db.min()) < -5.5
    assert 5.5 < float(level_db.max()) <= 6.01


def test_noise_lies_under_words_at_the_ratio_asked_for() -> None:
    clips = pcm(N)
    settings = dataclasses.replace(PLAIN, noise_probability=1.0, noise_snr_db=(10.0, 20.0))
    added = heard(settings, clips) - clips.float() / 32_768
    snr_db = 10 * torch.log10((clips.float() / 32_768).square().mean(1) / added.square().mean(1))
    assert 9.9 < float(snr_db.min()) < 10.5
    assert 19.5 < float(snr_db.max()) < 20.1


def test_silence_holds_no_word_and_sometimes_nothing_at_all() -> None:
    silence = heard(PLAIN, torch.full((N, 16_000), 20_000).short(), silent=True)
    level = silence.square().mean(1).sqrt()
    assert float(level.max()) < 0.3
    assert 5 <= int((level == 0).sum()) <= 40


def test_a_made_word_begins_like_one_clip_and_ends_like_the_other() -> None:
    clips = torch.stack([torch.full((16_000,), 8_192), torch.full((16_000,), -8_192)]).short()
    made = heard(PLAIN, clips, made=True)
    assert made[:, 0].tolist() == [0.25, -0.25]
    assert made[:, -1].tolist() == [-0.25, 0.25]


def test_a_splice_fades_over_its_cut() -> None:
    spliced = splice(torch.zeros(1, 16_000), torch.ones(1, 16_000), torch.tensor([0.5]))[0]
    assert [float(spliced[place]) for place in (0, 7_600, 8_000, 8_400, 15_999)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_a_faster_clip_is_shorter_about_its_middle() -> None:
    block = torch.zeros(1, 16_001)
    block[0, 4_000:12_001] = 1.0
    fast = torch.nonzero(warp(block, torch.tensor([2.0]), torch.tensor([0.0]))[0] > 0.5).flatten()
    assert fast[[0, -1]].tolist() == [6_000, 10_000]


def test_what_is_moved_out_is_gone_and_silence_comes_in() -> None:
    ones = torch.ones(2, 1_000)
    moved = warp(ones, torch.ones(2), torch.tensor([300.0, -300.0]))
    assert moved.sum(1).tolist() == [700.0, 700.0]
    assert moved[:, 0].tolist() == [0.0, 1.0]


def test_a_mask_levels_at_most_its_width_to_the_mean() -> None:
    log_mel = torch.rand(N, 98, 40, generator=torch.Generator().manual_seed(0))
    masked = mask(log_mel, 10, 5, torch.Generator().manual_seed(1))
    changed = masked != log_mel
    assert int(changed.all(2).sum(1).max()) == 10
    assert int(changed.all(1).sum(1).max()) == 5
    assert int(changed.all(2).sum(1).min()) == 0
    torch.testing.assert_close(masked[changed], log_mel.mean((1, 2), keepdim=True).expand_as(log_mel)[changed])
