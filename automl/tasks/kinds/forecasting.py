"""Forecasting: the next steps of one or many series, all at once.

Symbols: n windows, L steps of input, h steps ahead, c channels, k targets (the leading channels). Targets
are standardised with mean and deviation of the training part, as the input channels are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.errors import ConfigError, DataError
from automl.core.names import free_name
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.forecasting import ForecastScorer
from automl.metrics.scorer import Decoded
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.forecasting import FORECASTING
from automl.tasks.forecast_start import fit_head, ridge_forecast
from automl.tasks.layers import within_range
from automl.tasks.losses import UNIT, InUnits, JoinedLoss
from automl.tasks.scoring import SingleTarget

LOSSES = {
    "mse": keras.losses.MeanSquaredError,
    "mae": keras.losses.MeanAbsoluteError,
    "huber": keras.losses.Huber,
}


RIDGE = 1e-3
"""Strength of the penalty of the baseline ``ridge``."""

STILL = 1e-6
"""Changes below are those of a window that stands still, in deviations of the target."""


@dataclass(frozen=True, kw_only=True)
class ForecastOptions:
    """Searched parameters of head and loss.

    Attributes:
        loss: ``mse``, ``mae`` or ``huber`` (from squared to absolute at one standard deviation).
        instance_norm: what is taken off each channel's look-back window before the model and put back on
            the forecast: ``none``; ``last``, the last value (NLinear: Zeng et al., 2023); ``standard``,
            the window's mean and deviation (RevIN: Kim et al., 2022).
        error_unit: what errors are measured in while training: ``target``, the standard deviation of the
            target; ``window``, the mean change from season to season within the window, as the metric MASE
            does (Hyndman and Koehler, 2006), so that series of any size count alike.
        ridge: strength of the ridge regression by which the head begins, as a share of the features' mean
            square; 0 for a head that begins at zero.
        season_share: of that beginning, the share of a map whose weights all phases of the season have in
            common (SparseTSF: Lin et al., 2024); for features that are the steps of the window.
    """

    loss: Literal["mse", "mae", "huber"] = "mse"
    instance_norm: Literal["none", "last", "standard"] = "last"
    error_unit: Literal["target", "window"] = "target"
    ridge: float = 0.0
    season_share: float = 0.0

    def __post_init__(self) -> None:
        if self.error_unit not in ("target", "window"):
            raise ConfigError(f"Expected error_unit target or window, got {self.error_unit!r}.")


@dataclass(frozen=True, kw_only=True)
class Level:
    """What ``connect`` took off, and the unit of errors: per target ``(batch, 1, k)``; None for none."""

    horizon: int
    targets: int
    level: KerasTensor | None = None
    spread: KerasTensor | None = None
    unit: KerasTensor | None = None


@dataclass(frozen=True, kw_only=True)
class Forecasting:
    """A fitted forecasting task; see ``Task`` for the meaning of each method.

    Attributes:
        names: name of each target.
        mean: of each target over the training part.
        std: standard deviation of each target over the training part.
        naive_mae: error of the seasonal naive forecast within the training part, the scale of MASE.
        season: steps of one season, 1 for none.
        horizon: steps ahead.
        scales: of each series, where there are several: ``std`` and ``naive_mae`` within it.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    naive_mae: tuple[float, ...]
    season: int
    horizon: int
    scales: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = field(default_factory=dict)

    kind: ClassVar[TaskKind] = FORECASTING.name
    declaration: ClassVar[TaskDeclaration] = FORECASTING
    options: ClassVar[type[Any]] = ForecastOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Standardise raw targets ``(n, h, k)``."""
        expected, values = (self.horizon, len(self.names)), np.asarray(targets[TARGET])
        if values.shape[1:] != expected:
            raise DataError(f"Expected targets of (horizon, series) {expected}, got {values.shape[1:]}.")
        scaled = (values - np.array(self.mean)) / np.array(self.std)
        return {TARGET: np.asarray(scaled, np.float32)}

    def connect(self, inputs: Inputs, options: ForecastOptions) -> tuple[Inputs, Level]:
        """Normalise each window by itself."""
        series = inputs.one("sequence")
        sequence, k = series.tensor, series.spec.facts.targets
        unit = self._unit(sequence[:, :, :k]) if options.error_unit == "window" else None
        plain = Level(horizon=self.horizon, targets=k, unit=unit)
        if options.instance_norm == "none":
            return inputs, plain
        if options.instance_norm == "last":
            level = sequence[:, -1:, :]
            return inputs.with_tensor(series, sequence - level), replace(plain, level=level[:, :, :k])
        if options.instance_norm != "standard":
            raise ConfigError(
                f"Expected instance_norm none, last or standard, got {options.instance_norm!r}."
            )
        level = ops.mean(sequence, axis=1, keepdims=True)
        # the offset keeps windows that stand still from being blown up; those of a small series may not
        spread = ops.sqrt(ops.var(sequence, axis=1, keepdims=True) + STILL**2)
        context = replace(plain, level=level[:, :, :k], spread=spread[:, :, :k])
        return inputs.with_tensor(series, (sequence - level) / spread), context

    def _unit(self, window: KerasTensor) -> KerasTensor:
        """Mean change from season to season within a window, ``(batch, 1, k)``; 1 of one that stands still.

        A hundredth of its deviation is the least, as series repeat themselves exactly for a while.
        """
        season = self.season if self.season < window.shape[1] else 1
        if window.shape[1] <= season:
            return ops.ones_like(window)
        change = ops.mean(ops.abs(window[:, season:] - window[:, :-season]), axis=1, keepdims=True)
        unit = ops.sqrt(change**2 + 1e-4 * ops.var(window, axis=1, keepdims=True))
        return ops.where(unit > STILL, unit, ops.ones_like(unit))

    def head(
        self, features: KerasTensor, context: Level, options: ForecastOptions
    ) -> dict[str, KerasTensor]:
        """Map features to standardised forecasts ``(n, h, k)``.

        ``(n, d)`` goes through one dense layer to all steps of all targets, ``(n, k, d)`` through one
        that all targets share.
        """
        h, k = context.horizon, context.targets
        vector = len(features.shape) == 2
        head = keras.layers.Dense(
            h * k if vector else h, kernel_initializer="zeros", dtype="float32", name="head"
        )
        if vector:
            steps = keras.layers.Reshape((h, k), dtype="float32", name="steps")
        else:
            steps = keras.layers.Permute((2, 1), dtype="float32", name="steps")
        outputs = steps(head(features))
        if context.spread is not None:
            outputs = outputs * context.spread
        outputs = outputs if context.level is None else outputs + context.level
        return {TARGET: outputs} if context.unit is None else {TARGET: outputs, UNIT: context.unit}

    def fit_head(
        self,
        model: keras.Model,
        inputs: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        options: ForecastOptions,
    ) -> bool:
        """Begin with ridge regression, see ``ForecastOptions.ridge``."""
        if options.ridge > 0:
            fit_head(model, self, inputs, targets[TARGET], options)
        return options.ridge > 0

    def loss(self, options: ForecastOptions) -> keras.losses.Loss:
        """The training loss on standardised values."""
        if options.loss not in LOSSES:
            raise ConfigError(f"Expected loss mse, mae or huber, got {options.loss!r}.")
        loss = LOSSES[options.loss]()
        return InUnits(loss) if options.error_unit == "window" else JoinedLoss({TARGET: loss})

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Back to the targets' units, ``(n, h, k)`` float64; no range bounds a forecast."""
        wide = [float(np.finfo(np.float64).max)] * len(self.names)
        low = [-value for value in wide]
        return {TARGET: within_range(outputs[TARGET], self.mean, self.std, low, wide, name="forecast")}

    def spread(self) -> dict[str, np.ndarray]:
        """Of each target over the training part."""
        return {TARGET: np.array(self.std)}

    def scorer(self) -> SingleTarget:
        """Hears of standardised targets, and of forecasts in the targets' units."""
        return SingleTarget(Decoded(ForecastScorer(self.std, self.naive_mae, self.scales), self._in_unit))

    def _in_unit(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(np.asarray(values, np.float64) * np.array(self.std) + np.array(self.mean))

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``step`` (from 1) and one for each target, the steps of one window one after another."""
        values = predictions[TARGET]
        n, h, _ = values.shape
        columns = {free_name("step", self.names): np.tile(np.arange(1, h + 1), n)}
        return columns | {name: values[:, :, place].reshape(n * h) for place, name in enumerate(self.names)}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``naive`` repeats the last value, ``seasonal_naive`` the last season where one is known."""
        series, k = inputs["series"], len(self.names)
        steps, season = series.shape[1], self.season
        forecasts = {"naive": {TARGET: np.repeat(series[:, -1:, :k], self.horizon, axis=1)}}
        if 1 < season <= steps:
            places = steps - season + np.arange(self.horizon) % season
            forecasts["seasonal_naive"] = {TARGET: series[:, places, :k]}
        return forecasts

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``ridge``: one linear map of the window behind its last value, the same for all targets."""
        outputs = ridge_forecast(self, train, targets[TARGET], inputs, ForecastOptions(ridge=RIDGE))
        return {"ridge": self.finish({TARGET: outputs})}

    def describe(self) -> dict[str, Any]:
        """The fitted task as JSON."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "mean": list(self.mean),
            "std": list(self.std),
            "naive_mae": list(self.naive_mae),
            "season": self.season,
            "horizon": self.horizon,
            "scales": {name: [list(part) for part in pair] for name, pair in self.scales.items()},
        }


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Forecasting:
    """Fit the task: everything it needs stands in the modality's facts."""
    return restore({**facts, "kind": kind, "names": names})


def restore(description: Mapping[str, Any]) -> Forecasting:
    """Bring a fitted task back from its description."""
    return Forecasting(
        names=tuple(description["names"]),
        mean=tuple(description["mean"]),
        std=tuple(description["std"]),
        naive_mae=tuple(description["naive_mae"]),
        season=int(description["season"]),
        horizon=int(description["horizon"]),
        # folders of earlier searches have none
        scales={
            name: (tuple(std), tuple(naive)) for name, (std, naive) in description.get("scales", {}).items()
        },
    )
