"""A model in training: one epoch after the other, and all that a checkpoint must hold to go on from there."""

import copy
import math
from collections.abc import Callable

import numpy as np
import torch
from torch import Generator
from torch.nn.functional import cross_entropy

from speechapp.training.augmentation import Augmentation, mask
from speechapp.training.checkpoint import Checkpoint, TrainedModel
from speechapp.training.data import TrainingData
from speechapp.training.evaluate import posteriors_of
from speechapp.training.history import EpochRow
from speechapp.training.labels import labels_of
from speechapp.training.models import KeywordSpotter, ModelSpec
from speechapp.training.plan import Plan, plan_epoch
from speechapp.training.settings import TrainSettings

AVERAGE_DECAY = 0.99
WARM_UP_SHARE = 0.1
_MAX_EPOCHS = 1_000_000

OnStep = Callable[[float, float], None]  # called after each step with its loss and the share of its examples got right


class Run:
    """The model that learns, the running average of its weights that is used, the optimiser, and the history.

    Every epoch draws from a generator of its own, made from the seed and the epoch: there is no random state to keep.
    """

    def __init__(self, data: TrainingData, settings: TrainSettings) -> None:
        self.data, self.settings = data, settings
        self.spec = ModelSpec(labels_of(settings.words), settings.n_channels)
        self.history: list[EpochRow] = []
        self.model = _new_model(self.spec, settings.seed)
        self.average = copy.deepcopy(self.model).eval()
        self.optimiser = torch.optim.AdamW(self.model.parameters(), weight_decay=settings.weight_decay)
        self.augmentation = Augmentation(torch.from_numpy(data.training.pcm), torch.from_numpy(data.noise), settings)
        self.n_steps_per_epoch = len(self._batches(_generator(settings.seed, epoch=0)))

    def restore(self, checkpoint: Checkpoint) -> None:
        """Stand where the run stood when the checkpoint was taken."""
        self.model.load_state_dict(checkpoint.live_weights)
        self.average.load_state_dict(checkpoint.weights)
        self.optimiser.load_state_dict(dict(checkpoint.optimiser))
        self.history = list(checkpoint.history)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(
            spec=self.spec,
            settings=self.settings,
            fingerprint=self.data.fingerprint,
            history=tuple(self.history),
            weights=self.average.state_dict(),
            live_weights=self.model.state_dict(),
            optimiser=self.optimiser.state_dict(),
        )

    def epoch(self, on_step: OnStep) -> EpochRow:
        """Train on every example once, validate the averaged weights, and note it in the history."""
        generator = _generator(self.settings.seed, len(self.history) + 1)
        self.model.train()
        steps: list[tuple[float, float]] = []
        for plan in self._batches(generator):
            steps.append(self._step(plan, len(steps), generator))
            on_step(*steps[-1])
        loss, accuracy = np.mean(steps, axis=0)
        row = EpochRow(
            len(self.history) + 1, self._learning_rate(len(steps) - 1), float(loss), float(accuracy), *self._validate()
        )
        self.history.append(row)
        return row

    def _batches(self, generator: Generator) -> list[Plan]:
        """An epoch's examples in whole batches; what remains is left out, unless it is all there is."""
        labels = torch.from_numpy(self.data.training.labels)
        plan = plan_epoch(labels, self.spec.labels, self.settings, generator)
        size = min(self.settings.batch_size, len(plan))
        return [plan.rows(torch.arange(start, start + size)) for start in range(0, len(plan) - size + 1, size)]

    def _step(self, plan: Plan, step_in_epoch: int, generator: Generator) -> tuple[float, float]:
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate(step_in_epoch)
        log_mel = self.model.frontend(self.augmentation.waveform(plan, generator))
        logits = self.model.network(mask(log_mel, self.settings.mask_frames, self.settings.mask_mels, generator))
        loss = cross_entropy(logits, plan.labels, label_smoothing=self.settings.label_smoothing)
        self.optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimiser.step()
        self._average(len(self.history) * self.n_steps_per_epoch + step_in_epoch)
        return float(loss.detach()), float((logits.argmax(1) == plan.labels).float().mean())

    def _learning_rate(self, step_in_epoch: int) -> float:
        n_steps = self.settings.n_epochs * self.n_steps_per_epoch
        return learning_rate_at(
            len(self.history) * self.n_steps_per_epoch + step_in_epoch, n_steps, self.settings.learning_rate
        )

    def _average(self, step: int) -> None:
        """Follow the learning weights slowly; at first faster, so that the untrained ones are soon forgotten."""
        share = 1.0 - min(AVERAGE_DECAY, (1 + step) / (10 + step))
        ours, theirs = self.average.state_dict(), self.model.state_dict()
        for name, weight in ours.items():
            if weight.is_floating_point():
                weight.lerp_(theirs[name], share)
            else:
                weight.copy_(theirs[name])

    def _validate(self) -> tuple[float, float]:
        """Loss (without label smoothing) and accuracy of the averaged weights."""
        true = self.data.validation.labels
        posteriors = posteriors_of(TrainedModel(self.average), self.data.validation)
        loss = -np.log(np.maximum(posteriors[np.arange(len(true)), true], 1e-9)).mean()
        return float(loss), float((posteriors.argmax(1) == true).mean())


def learning_rate_at(step: int, n_steps: int, peak: float) -> float:
    """Up to the peak over the first tenth of the steps, then down to zero on half a cosine."""
    warm_up = min(1.0, (step + 1) / (WARM_UP_SHARE * n_steps))
    return peak * warm_up * 0.5 * (1.0 + math.cos(math.pi * step / n_steps))


def _new_model(spec: ModelSpec, seed: int) -> KeywordSpotter:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return KeywordSpotter(spec)


def _generator(seed: int, epoch: int) -> Generator:
    return torch.Generator().manual_seed(seed * _MAX_EPOCHS + epoch)
