"""The metrics of a trial, step by step, over its executions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from automl.core.errors import ConfigError
from automl.jobs.tune.kerastuner_project import DIRECTIONS
from automl.tuning import parse_user_metric


class MetricObservation:
    """Values of a metric at one step, one per execution.

    Args:
        value: one, or several.
        step: when: an epoch, or 0.
    """

    def __init__(self, value: Any, step: int) -> None:
        self.value: list[float] = list(value) if isinstance(value, list) else [value]
        self.step = step

    def append(self, value: Any) -> None:
        """Add values of further executions."""
        self.value += value if isinstance(value, list) else [value]

    def mean(self) -> float:
        """Return the mean over executions."""
        return float(np.mean(self.value))

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {"value": self.value, "step": self.step}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> MetricObservation:
        """Make what ``get_config`` told."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MetricObservation) and self.get_config() == other.get_config()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"MetricObservation(value={self.value}, step={self.step})"


class MetricHistory:
    """One metric over the steps of a trial.

    Args:
        direction: ``min`` or ``max``.

    Raises:
        ValueError: another direction.
    """

    def __init__(self, direction: str = "min") -> None:
        if direction not in DIRECTIONS:
            raise ValueError(f"`direction` should be one of {set(DIRECTIONS)}, got {direction!r}.")
        self.direction = direction
        self._observations: dict[int, MetricObservation] = {}

    def update(self, value: Any, step: int) -> None:
        """Add what was measured at a step."""
        if step in self._observations:
            self._observations[step].append(value)
        else:
            self._observations[step] = MetricObservation(value, step)

    def get_best_value(self) -> float | None:
        """Return the best mean of a step, NaN where all are, None before the first."""
        means = [item.mean() for item in self._observations.values()]
        known = [mean for mean in means if not np.isnan(mean)]
        if not known:
            return float("nan") if means else None
        return min(known) if self.direction == "min" else max(known)

    def get_best_step(self) -> int | None:
        """Return the step of the best value."""
        best = self.get_best_value()
        return next((item.step for item in self._observations.values() if item.mean() == best), None)

    def get_last_value(self) -> float | None:
        """Return the mean at the last step."""
        history = self.get_history()
        return history[-1].mean() if history else None

    def get_history(self) -> list[MetricObservation]:
        """Return what was measured, by step."""
        return sorted(self._observations.values(), key=lambda item: item.step)

    def set_history(self, observations: Sequence[MetricObservation]) -> None:
        """Add all that was measured."""
        for item in observations:
            self.update(item.value, item.step)

    def get_statistics(self) -> dict[str, float]:
        """Return minimum, maximum, mean, median, variance and standard deviation over the steps."""
        means = [item.mean() for item in self.get_history()]
        names = ("min", "max", "mean", "median", "var", "std")
        return {name: float(getattr(np, f"nan{name}")(means)) for name in names} if means else {}

    def get_config(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        observations = [item.get_config() for item in self.get_history()]
        return {"direction": self.direction, "observations": observations}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> MetricHistory:
        """Make what ``get_config`` told."""
        made = cls(config["direction"])
        made.set_history([MetricObservation.from_config(item) for item in config["observations"]])
        return made


class MetricsTracker:
    """All metrics of a trial, by name."""

    def __init__(self) -> None:
        self.metrics: dict[str, MetricHistory] = {}

    def exists(self, name: str) -> bool:
        """Whether a metric is known."""
        return name in self.metrics

    def register(self, name: str, direction: str | None = None) -> None:
        """Make a metric known; what is better is told by its name if it is not said, else smaller values.

        Raises:
            ValueError: it is known already.
        """
        if self.exists(name):
            raise ValueError(f"Metric already exists: {name}")
        self.metrics[name] = MetricHistory(direction or infer_metric_direction(name) or "min")

    def update(self, name: str, value: Any, step: int = 0) -> bool:
        """Add what was measured; returns whether the best value has changed."""
        if not self.exists(name):
            self.register(name)
        before = self.metrics[name].get_best_value()
        self.metrics[name].update(float(value), step)
        return self.metrics[name].get_best_value() != before

    def get_history(self, name: str) -> list[MetricObservation]:
        """See ``MetricHistory``."""
        return self._of(name).get_history()

    def set_history(self, name: str, observations: Sequence[MetricObservation]) -> None:
        """See ``MetricHistory``."""
        if not self.exists(name):
            self.register(name)
        self.metrics[name].set_history(observations)

    def get_best_value(self, name: str) -> float | None:
        """See ``MetricHistory``."""
        return self._of(name).get_best_value()

    def get_best_step(self, name: str) -> int | None:
        """See ``MetricHistory``."""
        return self._of(name).get_best_step()

    def get_last_value(self, name: str) -> float | None:
        """See ``MetricHistory``."""
        return self._of(name).get_last_value()

    def get_statistics(self, name: str) -> dict[str, float]:
        """See ``MetricHistory``."""
        return self._of(name).get_statistics()

    def get_direction(self, name: str) -> str:
        """Return ``min`` or ``max``."""
        return self._of(name).direction

    def get_config(self) -> dict[str, Any]:
        """Return them as plain JSON."""
        return {"metrics": {name: item.get_config() for name, item in self.metrics.items()}}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> MetricsTracker:
        """Make what ``get_config`` told."""
        made = cls()
        for name, item in config["metrics"].items():
            made.metrics[name] = MetricHistory.from_config(item)
        return made

    def _of(self, name: str) -> MetricHistory:
        if not self.exists(name):
            raise ValueError(f"Unknown metric: {name}")
        return self.metrics[name]


def infer_metric_direction(metric: Any) -> str | None:
    """Return ``min`` or ``max`` for a metric whose name tells what is better, else None.

    Args:
        metric: its name, or a metric or loss of Keras.
    """
    name = metric if isinstance(metric, str) else _name_in_keras(metric)
    try:
        direction = parse_user_metric(name).direction
    except ConfigError:
        return None
    return next(word for word, ours in DIRECTIONS.items() if ours == direction)


def _name_in_keras(metric: Any) -> str:
    """The name of a metric or loss, ``false_positives`` for ``FalsePositives``; empty if not of Keras."""
    import keras

    name = getattr(metric, "__name__", type(metric).__name__)
    if not (hasattr(keras.metrics, name) or hasattr(keras.losses, name)):
        return ""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
