"""The one definition of our features: a second of sound in, log-mel out. ONNX carries it, the C code follows it."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from speechapp.audio.format import CLIP_SAMPLES, SAMPLE_RATE_HZ
from speechapp.errors import InvalidInput


@dataclass(frozen=True)
class Geometry:
    """The numbers that make the features what they are; stored with every model, so that nobody has to repeat them."""

    sample_rate_hz: int = SAMPLE_RATE_HZ
    clip_samples: int = CLIP_SAMPLES
    frame_samples: int = 480  # 30 ms
    hop_samples: int = 160  # 10 ms
    fft_samples: int = 512
    n_mels: int = 40
    low_hz: float = 20.0
    high_hz: float = 7_600.0
    floor: float = 1e-4  # power added before the log: white noise at about -70 dBFS, and what keeps log(0) away

    def __post_init__(self) -> None:
        if self.frame_samples % self.hop_samples or self.clip_samples % self.hop_samples:
            raise InvalidInput("geometry_invalid", "A frame and a clip must both be a whole number of hops long.")
        if not self.frame_samples <= self.fft_samples <= self.clip_samples:
            raise InvalidInput("geometry_invalid", "A frame must fit into the FFT, and the FFT into the clip.")

    @property
    def n_frames(self) -> int:
        """Whole frames in a clip, nothing padded: 98 for the defaults."""
        return 1 + (self.clip_samples - self.frame_samples) // self.hop_samples


class LogMel(nn.Module):
    """Log-mel energies of whole clips.

    Waveform (batch, clip_samples), float32 in [-1, 1], to log-mel (batch, n_frames, n_mels): frame k starts at sample
    k * hop_samples, is weighted by a periodic Hann window, padded at its end to fft_samples; its power |X|^2 is
    summed in triangular bands of peak 1, evenly spaced in mel from low_hz to high_hz; then log(energy + floor).

    Frames are not cut by `torch.stft`: it centres a window shorter than the FFT, and so loses a frame.
    """

    window: Tensor
    mel_weights: Tensor

    def __init__(self, geometry: Geometry) -> None:
        super().__init__()
        self.geometry = geometry
        window = torch.hann_window(geometry.frame_samples, periodic=True, dtype=torch.float64)
        self.register_buffer("window", window.float(), persistent=False)
        self.register_buffer("mel_weights", mel_weights(geometry), persistent=False)

    def forward(self, waveform: Tensor) -> Tensor:
        frames = self._frames(waveform) * self.window
        spectrum = torch.view_as_real(torch.fft.rfft(frames, n=self.geometry.fft_samples))
        power = spectrum[..., 0].square() + spectrum[..., 1].square()
        return torch.log(power @ self.mel_weights + self.geometry.floor)

    def _frames(self, waveform: Tensor) -> Tensor:
        """(batch, n_frames, frame_samples); by slices, because `unfold` becomes 370 KB of indices in ONNX."""
        hop, n_frames = self.geometry.hop_samples, self.geometry.n_frames
        hops = waveform.reshape(-1, self.geometry.clip_samples // hop, hop)
        n_hops = self.geometry.frame_samples // hop
        return torch.cat([hops[:, start : start + n_frames] for start in range(n_hops)], dim=-1)


def mel_weights(geometry: Geometry) -> Tensor:
    """Triangular bands (n_bins, n_mels), float32, peak 1, in HTK's mel: 1127 ln(1 + f / 700)."""
    edges_mel = torch.linspace(_mel(geometry.low_hz), _mel(geometry.high_hz), geometry.n_mels + 2, dtype=torch.float64)
    n_bins = geometry.fft_samples // 2 + 1
    bins_hz = torch.arange(n_bins, dtype=torch.float64) * geometry.sample_rate_hz / geometry.fft_samples
    bins_mel = (1127.0 * torch.log1p(bins_hz / 700.0)).unsqueeze(1)
    rising = (bins_mel - edges_mel[:-2]) / (edges_mel[1:-1] - edges_mel[:-2])
    falling = (edges_mel[2:] - bins_mel) / (edges_mel[2:] - edges_mel[1:-1])
    return torch.minimum(rising, falling).clamp(min=0.0).float()


def _mel(frequency_hz: float) -> float:
    return 1127.0 * math.log1p(frequency_hz / 700.0)
