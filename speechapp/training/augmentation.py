"""No clip is heard twice alike: speed, place, loudness and noise are drawn anew, and holes are cut into the log-mel."""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ
from speechapp.training.noise import BANK_RMS, SILENCE_LEVEL_DBFS, ZERO_SHARE
from speechapp.training.plan import Plan
from speechapp.training.settings import TrainSettings

_SPLICE_WITHIN = (0.35, 0.65)  # of the clip: words lie in its middle
_SPLICE_RAMP_SAMPLES = SAMPLE_RATE_HZ // 20


@dataclass(frozen=True, eq=False)
class Augmentation:
    """Turns a plan into sound: `pcm` is every training clip (n_clips, CLIP_SAMPLES) int16, `noise` the whole bank."""

    pcm: Tensor
    noise: Tensor
    settings: TrainSettings

    def waveform(self, plan: Plan, generator: Generator) -> Tensor:
        """The examples as float32 (n_examples, CLIP_SAMPLES) in [-1, 1]; they depend on the generator's state alone."""
        words = _to_waveform(self.pcm[plan.clips])
        others = _to_waveform(self.pcm[plan.others[plan.is_made]])
        words[plan.is_made] = splice(words[plan.is_made], others, _uniform(len(others), _SPLICE_WITHIN, generator))
        words = self._moved(words, generator)
        words[plan.is_silent] = 0.0
        return (words + self._noise(words, plan.is_silent, generator)).clamp_(-1.0, 1.0)

    def _moved(self, words: Tensor, generator: Generator) -> Tensor:
        """Half of the clips at another speed (and so pitch), all shifted and with another gain."""
        n, spread = len(words), self.settings.speed_percent / 100
        speed = 1.0 + _uniform(n, (-spread, spread), generator) * (torch.rand(n, generator=generator) < 0.5)
        most = self.settings.time_shift_ms * SAMPLE_RATE_HZ / 1000
        moved = warp(words, speed, _uniform(n, (-most, most), generator).round())
        gain_db = _uniform(n, (-self.settings.gain_db, self.settings.gain_db), generator)
        return moved.mul_(_ratio(gain_db).unsqueeze(1))

    def _noise(self, words: Tensor, is_silent: Tensor, generator: Generator) -> Tensor:
        """Noise under most of the words at a random ratio, and alone at a random level where silence is wanted."""
        n = len(words)
        start = (torch.rand(n, generator=generator) * (len(self.noise) - CLIP_SAMPLES)).long()
        noise = self.noise.unfold(0, CLIP_SAMPLES, 1)[start]
        snr_db = _uniform(n, self.settings.noise_snr_db, generator)
        under = _rms(words) / _rms(noise).clamp(min=1e-4) / _ratio(snr_db)
        under = under * (torch.rand(n, generator=generator) < self.settings.noise_probability)
        alone = _ratio(_uniform(n, SILENCE_LEVEL_DBFS, generator)) / BANK_RMS
        alone = alone * (torch.rand(n, generator=generator) >= ZERO_SHARE)
        return noise * torch.where(is_silent, alone, under).unsqueeze(1)


def splice(beginnings: Tensor, endings: Tensor, cut: Tensor) -> Tensor:
    """(n, n_samples) of the beginnings up to the cut (n,), a share of the clip, faded over 50 ms into the endings."""
    sample = torch.arange(beginnings.shape[1])
    centre = (cut * beginnings.shape[1]).unsqueeze(1)
    return torch.lerp(beginnings, endings, ((sample - centre) / _SPLICE_RAMP_SAMPLES + 0.5).clamp(0.0, 1.0))


def warp(waveform: Tensor, speed: Tensor, shift_samples: Tensor) -> Tensor:
    """Play (n, n_samples) faster by `speed` (n,) about the middle and later by `shift_samples` (n,), silence around it.

    Linear interpolation: exact where the speed is 1 and the shift whole, else a gentle loss above 4 kHz.
    """
    n_samples = waveform.shape[1]
    middle = (n_samples - 1) / 2
    position = (torch.arange(n_samples) - middle - shift_samples.unsqueeze(1)) * speed.unsqueeze(1) + middle
    before = position.floor()
    padded = torch.nn.functional.pad(waveform, (2, 2))
    place = (before.long() + 2).clamp_(0, n_samples + 2)
    return torch.lerp(padded.gather(1, place), padded.gather(1, place + 1), position - before)


def mask(log_mel: Tensor, most_frames: int, most_mels: int, generator: Generator) -> Tensor:
    """Level one random run of frames and one of bands to each clip's mean (SpecAugment, Park et al., 2019)."""
    mean = log_mel.mean((1, 2), keepdim=True)
    frames = _run(len(log_mel), log_mel.shape[1], most_frames, generator).unsqueeze(2)
    mels = _run(len(log_mel), log_mel.shape[2], most_mels, generator).unsqueeze(1)
    return torch.where(frames | mels, mean, log_mel)


def _run(n: int, size: int, most: int, generator: Generator) -> Tensor:
    """(n, size) bool: one run of 0 to `most` places in each row."""
    width = (torch.rand(n, 1, generator=generator) * (most + 1)).floor()
    start = (torch.rand(n, 1, generator=generator) * (size - width + 1)).floor()
    place = torch.arange(size)
    return (place >= start) & (place < start + width)


def _to_waveform(pcm: Tensor) -> Tensor:
    return pcm.float().div_(32_768)


def _uniform(n: int, bounds: tuple[float, float], generator: Generator) -> Tensor:
    low, high = bounds
    return low + (high - low) * torch.rand(n, generator=generator)


def _ratio(level_db: Tensor) -> Tensor:
    return torch.pow(10.0, level_db / 20)


def _rms(waveform: Tensor) -> Tensor:
    return waveform.square().mean(1).sqrt()
