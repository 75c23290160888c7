"""How the learning rate goes over the full length of a trial."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

SHAPES = ("constant", "cosine", "onecycle", "warmup_linear", "step", "coslog4")
"""Shapes that are a function of the step."""

PLATEAU = "plateau"
"""The rate halves when the score has not improved for ``PLATEAU_PATIENCE`` epochs."""

PLATEAU_FACTOR = 0.5
PLATEAU_PATIENCE = 3

_DEFAULT_WARMUP = {"onecycle": 0.3, "warmup_linear": 0.1}
_ONECYCLE_START = 1 / 25  # Smith and Topin (2018) start well below the peak; 25 is fastai's ratio


def rates(schedule: Schedule | float, first: int, count: int) -> np.ndarray:
    """Return the learning rates of ``count`` steps from step ``first`` on ``(count,) float32``.

    Args:
        schedule: what ``optimizers.learning_rate`` gives.
        first: counted from 0 over all epochs.
        count: how many.
    """
    if not isinstance(schedule, Schedule):
        return np.full(count, schedule, np.float32)
    steps = np.arange(first, first + count) // schedule.parts
    return np.asarray(schedule.rate(steps.astype(np.float32), np), np.float32)


@keras.saving.register_keras_serializable(package="automl")
class Schedule(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A learning rate as a function of the share of steps done.

    All shapes but ``coslog4`` rise linearly (``onecycle``: by half a cosine from 1/25) during ``warmup``,
    then with p, the share done of what remains:

    * ``constant``: stays;
    * ``cosine``: half a cosine to 0 (Loshchilov and Hutter, 2017);
    * ``onecycle``: the same, after a rise over 0.3 of the steps by default (Smith and Topin, 2018);
    * ``warmup_linear``: a line to 0, after a rise over 0.1 of the steps by default;
    * ``step``: a tenth from p = 0.5 on, a hundredth from p = 0.75 on (He et al., 2016);
    * ``coslog4``: four cosine waves, each twice as long as the one before (Holzmüller et al., 2024).

    Args:
        shape: one of ``SHAPES``.
        peak: largest learning rate.
        total: steps of the full length, at least 1.
        warmup: share of steps of the rise; 0 takes the shape's default.
        parts: calls of an optimizer that accumulates gradients until it makes a step.
    """

    def __init__(self, shape: str, peak: float, total: int, warmup: float = 0.0, parts: int = 1) -> None:
        super().__init__()
        self.shape, self.peak, self.total, self.warmup = shape, peak, total, warmup
        self.parts = parts

    def __call__(self, step: KerasTensor) -> KerasTensor:
        """Return the rate of a step, counted from 0."""
        return self.rate(ops.cast(step // self.parts, "float32"), ops)

    def rate(self, steps: Any, over: Any) -> Any:
        """Return the rates at steps.

        Args:
            steps: of the optimizer, float32.
            over: what computes: ``keras.ops``, or NumPy, as JAX compiles each operation by itself.
        """
        done = over.minimum(steps / self.total, 1.0)
        if self.shape == "coslog4":
            waves = over.log(1 + 15 * done) / math.log(2)
            return self.peak * 0.5 * (1 - over.cos(2 * math.pi * waves))
        share = min(self.warmup or _DEFAULT_WARMUP.get(self.shape, 0.0), 0.9)
        if not share:
            return self.peak * self._fall(done, over)
        # the first step counts as done, so that its rate is not 0
        rise = over.minimum((done + 1 / self.total) / share, 1.0)
        if self.shape == "onecycle":
            rise = _ONECYCLE_START + (1 - _ONECYCLE_START) * 0.5 * (1 - over.cos(math.pi * rise))
        return self.peak * rise * self._fall(over.maximum(done - share, 0.0) / (1 - share), over)

    def _fall(self, progress: Any, over: Any) -> Any:
        if self.shape in ("cosine", "onecycle"):
            return 0.5 * (1 + over.cos(math.pi * progress))
        if self.shape == "warmup_linear":
            return 1 - progress
        if self.shape == "step":
            return over.where(progress < 0.5, 1.0, over.where(progress < 0.75, 0.1, 0.01))
        return over.ones_like(progress)

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        own = {"shape": self.shape, "peak": self.peak, "total": self.total, "warmup": self.warmup}
        return {**own, "parts": self.parts}
