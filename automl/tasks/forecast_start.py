"""The head of a forecast fitted in closed form, on the features that the rest of a new model gives.

Symbols: n windows, L steps of input, h steps ahead, k targets, d features.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import keras
import numpy as np

from automl.core.targets import TARGET
from automl.core.tensors import Bound, Inputs, Steps, TensorSpec
from automl.tasks.closed_form import Ridge, SeasonalRidge

BATCH = 512
"""Windows at a time."""

MOST_WINDOWS, MOST_OPERATIONS = 60_000, 30_000_000_000
"""Windows, each target's counted, and multiplications; beyond, evenly spaced windows stand for all."""


class Asked(Protocol):
    """What is asked of the task."""

    @property
    def season(self) -> int: ...  # noqa: D102
    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]: ...  # noqa: D102
    def head(self, features: Any, context: Any, options: Any) -> dict[str, Any]: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What the head should give for some windows.

    Attributes:
        features: ``(n, 1, d)``, or ``(n, k, d)`` where each target has its own.
        outputs: ``(n, k, h)``.
        weights: what squared errors count ``(n, k)``.
    """

    features: np.ndarray
    outputs: np.ndarray
    weights: np.ndarray


def fit_head(
    model: keras.Model, task: Asked, inputs: Mapping[str, np.ndarray], targets: np.ndarray, options: Any
) -> None:
    """Set the weights of the layer ``head``; see ``automl.tasks.task.FitsHead``.

    Args:
        model: with the head.
        task: normalises windows by its ``connect``.
        inputs: preprocessed inputs by name, the one sequence ``(n, L, c)``.
        targets: encoded ``(n, h, k)``.
        options: with ``ridge`` and ``season_share``.
    """
    head, (_, horizon, k) = model.get_layer("head"), targets.shape
    shared, size = len(head.input.shape) == 3, int(head.input.shape[-1])
    groups = [list(range(k))] if shared else [[target] for target in range(k)]
    steps = min(size, int(next(iter(inputs.values())).shape[1]))
    seasonal = options.season_share > 0 and size == steps and 1 < task.season <= steps
    fits: list[list[Ridge | SeasonalRidge]] = [[Ridge(size, horizon)] for _ in groups]
    if seasonal:
        for fit in fits:
            fit.append(SeasonalRidge(size, horizon, task.season))
    for wanted in _wanted(model, task, inputs, targets, options):
        for group, fit in zip(groups, fits, strict=True):
            for part in fit:
                part.add(*_rows(wanted, group))
    shares = [1.0 - options.season_share, options.season_share] if seasonal else [1.0]
    kernel, bias = _mixed(fits, shares, options.ridge)
    # outputs of a head over all targets go step by step, the targets of a step side by side
    head.set_weights([kernel[0], bias[0]] if shared else [_laid_out(kernel), _laid_out(bias)])


def ridge_forecast(
    task: Asked,
    train: Mapping[str, np.ndarray],
    targets: np.ndarray,
    inputs: Mapping[str, np.ndarray],
    options: Any,
) -> np.ndarray:
    """Forecast by ridge regression on the steps of the window, one map for all targets.

    Args:
        task: normalises windows by its ``connect``.
        train: preprocessed inputs by name, the one sequence ``(n, L, c)``.
        targets: encoded ``(n, h, k)``.
        inputs: as ``train``, of what is forecast.
        options: as for ``fit_head``.

    Returns:
        raw outputs ``(m, h, k)``.
    """
    (name, windows), k = next(iter(train.items())), targets.shape[2]
    sequence, spec = _entry(name, windows.shape[1:], k)
    bound = Inputs(bound=(Bound(tensor=sequence, spec=spec),))
    connected, context = task.connect(bound, options)
    steps = keras.layers.Permute((2, 1))(connected.one("sequence").tensor[:, :, :k])
    model = keras.Model({name: sequence}, task.head(steps, context, options)[TARGET])
    fit_head(model, task, train, targets, options)
    ahead = inputs[name]
    parts = [
        model.predict_on_batch({name: np.asarray(ahead[start : start + BATCH], np.float32)})
        for start in range(0, len(ahead), BATCH)
    ]
    return np.concatenate([np.asarray(part) for part in parts])


def _entry(name: str, shape: tuple[int, ...], k: int) -> tuple[Any, TensorSpec]:
    spec = TensorSpec(name=name, kind="sequence", shape=tuple(shape), facts=Steps(targets=k))
    return keras.Input(shape, name=name), spec


def _mixed(
    fits: list[list[Ridge | SeasonalRidge]], shares: list[float], strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights ``(groups, d, h)`` and constants ``(groups, h)``."""
    solved = [[part.solve(strength) for part in fit] for fit in fits]
    pairs = [list(zip(parts, shares, strict=True)) for parts in solved]
    kernel = np.stack([sum(share * part[0] for part, share in parts) for parts in pairs])
    return kernel, np.stack([sum(share * part[1] for part, share in parts) for parts in pairs])


def _laid_out(values: np.ndarray) -> np.ndarray:
    """From ``(k, ..., h)`` to ``(..., h * k)``."""
    moved = np.moveaxis(values, 0, -1)
    return moved.reshape(*moved.shape[:-2], -1)


def _rows(wanted: Wanted, group: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features ``(m, d)``, outputs ``(m, h)`` and weights ``(m,)`` of the targets in a group."""
    outputs, weights = wanted.outputs[:, group], wanted.weights[:, group]
    features = wanted.features
    return (
        features.reshape(-1, features.shape[-1]),
        outputs.reshape(-1, outputs.shape[-1]),
        weights.reshape(-1),
    )


def _wanted(
    model: keras.Model, task: Asked, inputs: Mapping[str, np.ndarray], targets: np.ndarray, options: Any
) -> Iterator[Wanted]:
    """Batches of what the head should give, in the units that it works in."""
    (name, windows), k = next(iter(inputs.items())), targets.shape[2]
    feature = model.get_layer("head").input
    reader = keras.Model(model.inputs, feature)
    framed = _frame(task, name, windows.shape[1:], k, options)
    each = k if len(feature.shape) == 3 else 1
    rows = len(windows) * each
    thinned = max(-(-rows // MOST_WINDOWS), -(-rows * int(feature.shape[-1]) ** 2 // MOST_OPERATIONS))
    chosen = np.arange(0, len(windows), max(1, thinned))
    for start in range(0, len(chosen), BATCH):
        some = chosen[start : start + BATCH]
        batch = {name: np.asarray(windows[some], np.float32)}
        features = np.asarray(reader.predict_on_batch(batch), np.float64)
        frame = {
            part: np.asarray(value, np.float64) for part, value in framed.predict_on_batch(batch).items()
        }
        level, spread, unit = frame["level"], frame["spread"], frame["unit"]
        yield Wanted(
            features=features if features.ndim == 3 else features[:, None],
            outputs=((targets[some] - level) / spread).transpose(0, 2, 1),
            weights=((spread / unit) ** 2)[:, 0],
        )


def _frame(task: Asked, name: str, shape: tuple[int, ...], k: int, options: Any) -> keras.Model:
    """From a window to what the task takes off it, each ``(batch, 1, k)``."""
    sequence, spec = _entry(name, shape, k)
    _, context = task.connect(Inputs(bound=(Bound(tensor=sequence, spec=spec),)), options)
    nothing = sequence[:, :1, :k] * 0.0
    parts = {"level": context.level, "spread": context.spread, "unit": context.unit}
    neutral = {"level": nothing, "spread": nothing + 1.0, "unit": nothing + 1.0}
    given = {part: neutral[part] if value is None else value for part, value in parts.items()}
    return keras.Model({name: sequence}, given)
