"""The keyword spotter: front end and a small depthwise-separable CNN in one module, waveform in, logits out."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from speechapp.training.frontend import Geometry, LogMel
from speechapp.training.labels import Labels


@dataclass(frozen=True)
class ModelSpec:
    """All that is needed to build a model before its weights are loaded; stored in checkpoints and exports."""

    labels: Labels
    n_channels: int = 96
    geometry: Geometry = field(default_factory=Geometry)


class KeywordSpotter(nn.Module):
    """Waveform (batch, clip_samples), float32 in [-1, 1], to logits (batch, n_labels)."""

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__()
        self.spec = spec
        self.frontend = LogMel(spec.geometry)
        self.network = DsCnn(spec.geometry.n_mels, len(spec.labels), spec.n_channels)

    def forward(self, waveform: Tensor) -> Tensor:
        logits: Tensor = self.network(self.frontend(waveform))
        return logits


class DsCnn(nn.Module):
    """Log-mel (batch, n_frames, n_mels) to logits (batch, n_labels).

    After DS-CNN (Zhang et al., "Hello Edge", 2017), with residual connections, and with a weight for every band at the
    end instead of the mean over frequency: where in the spectrum a sound lies matters, when it comes does not.
    """

    def __init__(self, n_mels: int, n_labels: int, n_channels: int) -> None:
        super().__init__()
        self.normalise = nn.BatchNorm1d(n_mels)
        self.stem = nn.Sequential(
            nn.Conv2d(1, n_channels // 2, (5, 5), stride=(2, 2), padding=(2, 2), bias=False),
            nn.BatchNorm2d(n_channels // 2),
            nn.ReLU(inplace=True),
        )
        self.blocks = nn.Sequential(
            SeparableBlock(n_channels // 2, n_channels, stride=(2, 2)),
            SeparableBlock(n_channels, n_channels),
            SeparableBlock(n_channels, n_channels),
            SeparableBlock(n_channels, n_channels, stride=(1, 2)),
            SeparableBlock(n_channels, n_channels),
            SeparableBlock(n_channels, n_channels),
        )
        n_bands = -(-n_mels // 8)
        self.join_bands = nn.Conv2d(n_channels, n_channels, (1, n_bands), groups=n_channels, bias=False)
        self.classify = nn.Linear(n_channels, n_labels)

    def forward(self, log_mel: Tensor) -> Tensor:
        image = self.normalise(log_mel.transpose(1, 2)).transpose(1, 2).unsqueeze(1)
        maps = self.blocks(self.stem(image.contiguous(memory_format=torch.channels_last)))
        logits: Tensor = self.classify(self.join_bands(maps).mean((2, 3)))
        return logits


class SeparableBlock(nn.Module):
    """A depthwise and a pointwise convolution under one batch norm; added to its input where the size stays."""

    def __init__(self, n_in: int, n_out: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(n_in, n_in, (5, 3), stride, padding=(2, 1), groups=n_in, bias=False)
        self.pointwise = nn.Conv2d(n_in, n_out, 1, bias=False)
        self.normalise = nn.BatchNorm2d(n_out)
        self.is_residual = n_in == n_out and stride == (1, 1)

    def forward(self, maps: Tensor) -> Tensor:
        changed: Tensor = self.normalise(self.pointwise(self.depthwise(maps)))
        return torch.relu_(changed + maps if self.is_residual else changed)


def n_parameters(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())


def n_macs(model: KeywordSpotter) -> int:
    """Multiply-accumulates of the network for one clip, front end and batch norms (which fold away) not counted."""
    counts: list[int] = []

    def count(layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert isinstance(layer, nn.Conv2d | nn.Linear)
        n_outputs = output[0, 0].numel() if isinstance(layer, nn.Conv2d) else 1
        counts.append(layer.weight.numel() * n_outputs)

    layers = [layer for layer in model.modules() if isinstance(layer, nn.Conv2d | nn.Linear)]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    was_training = model.training
    with torch.no_grad():
        model.eval()(torch.zeros(1, model.spec.geometry.clip_samples))
    model.train(was_training)
    for hook in hooks:
        hook.remove()
    return sum(counts)
