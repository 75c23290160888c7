"""Tables of finished trainings that a search is replayed on, each as tasks with a search space.

A task answers a configuration with its learning curve: losses per epoch, smaller is better. What is a pool
of settings answers with the nearest one; what has one value per configuration has one long epoch.

Symbols: e epochs, n settings, d parameters.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.errors import ConfigError
from automl.core.specs import Configuration
from automl.spaces.parameters import Choice, Float, Integer, Parameter
from automl.spaces.space import SearchSpace

Curve = np.ndarray
WORST = 3.0
"""Regrets end here: by how much a diverged training is worse must not decide."""
POOL = 1000
"""Settings drawn of a surrogate to learn a portfolio from."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """One data set with all its trainings.

    Attributes:
        table: where it is from.
        name: its own.
        space: what is searched; its ``epochs`` are a full training.
        curve: from a configuration, a generator of noise and what a replay has taken of a pool to losses
            per epoch ``(e,)`` float64, fewer where the configuration trains less. What a pool answers with
            it adds to what is taken.
        seconds: seconds per epoch of a configuration.
        true_loss: the loss of a configuration without noise, from the losses that were seen of it.
        best: loss of the best configuration known.
        median: loss of the median configuration at its end.
        pool: settings that a portfolio is chosen from, the same on every task of the table; may be empty.
    """

    table: str
    name: str
    space: SearchSpace
    curve: Callable[[Configuration, np.random.Generator, set[int]], Curve]
    seconds: Callable[[Configuration], float]
    true_loss: Callable[[Configuration, float], float]
    best: float
    median: float
    pool: Callable[[], Sequence[Configuration]]

    def regret(self, loss: float) -> float:
        """Return how far a loss is from the best: 0 the best known, 1 a median configuration, at most 3."""
        return min((loss - self.best) / (self.median - self.best), WORST)


def load_tasks(folder: Path, table: str) -> list[Task]:
    """Return the tasks of a table that lie in a folder.

    Raises:
        ConfigError: the folder has none.
    """
    place = folder / _FOLDERS[table]
    tasks = list(_LOADERS[table](place)) if place.is_dir() else []
    if not tasks:
        raise ConfigError(f"{place} holds no task of the table {table!r}.")
    return tasks


def _lcbench(folder: Path) -> Iterator[Task]:
    about = json.loads((folder / "space.json").read_text())
    surrogate = _Surrogate(dict(np.load(folder / "model.npz", allow_pickle=False)), about)
    parameters = tuple(_listed(name, *item) for name, item in about["space"].items())
    space = SearchSpace(name="lcbench", epochs=52, parameters=parameters)
    reference = about["reference"]
    for name in surrogate.tasks:
        if name not in _WEAK:
            yield Task(
                table="lcbench",
                name=name,
                space=space,
                curve=surrogate.curve_of(name),
                seconds=partial(surrogate.seconds, name),
                true_loss=lambda configuration, seen: seen,
                best=-reference["y_star_found"][name],
                median=-reference["median_random_epoch52"][name],
                pool=lambda: _drawn(space),
            )


_WEAK = ("167181", "167184")
"""Tasks whose surrogate does not rank configurations (Spearman .25 and .17 by its makers)."""


class _Surrogate:
    """The surrogate of LCBench in YAHPO Gym (Pfisterer et al., 2022), in NumPy."""

    def __init__(self, weights: Mapping[str, np.ndarray], about: Mapping[str, Any]) -> None:
        self._weights, self._about = weights, about
        self._names = about["inputs_in_order"][1:]
        self._outputs = about["outputs_in_order"]
        self.tasks = [str(name) for name in weights["task_ids"]]
        self._answer = lru_cache(maxsize=100_000)(self._answered)

    def curve_of(self, task: str) -> Callable[[Configuration, np.random.Generator, set[int]], Curve]:
        """Negative validation accuracy in percent, epochs 1 to 52; there is no noise."""
        return lambda configuration, rng, taken: -self._of(task, configuration, "val_accuracy")

    def seconds(self, task: str, configuration: Configuration) -> float:
        """Time of an epoch."""
        return float(self._of(task, configuration, "time")[-1]) / 52

    def _of(self, task: str, configuration: Configuration, output: str) -> np.ndarray:
        values = tuple(float(configuration[name] or 0) for name in self._names)
        return np.asarray(self._answer(task, values)[:, self._outputs.index(output)])

    def _answered(self, task: str, values: tuple[float, ...]) -> np.ndarray:
        weights = self._weights
        raw = [np.arange(1.0, 53.0), *(np.full(52, value) for value in values)]
        scaled = [_applied(raw[item["col"]], item["ops"]) for item in self._about["input_transform"]]
        embedding = weights["task_emb"][self.tasks.index(task)]
        hidden = np.concatenate([np.tile(embedding, (52, 1)), np.stack(scaled, 1)], 1)
        hidden = hidden @ weights["first_w"].T + weights["first_b"]
        for layer in range(3):
            normed = self._normed(hidden, f"l{layer}_norm_")
            gated = normed @ weights[f"l{layer}_lin0_w"].T + weights[f"l{layer}_lin0_b"]
            value, gate = np.split(gated, 2, axis=1)
            step = (value * np.maximum(gate, 0)) @ weights[f"l{layer}_lin1_w"].T
            hidden = hidden + step + weights[f"l{layer}_lin1_b"]
        head = np.maximum(self._normed(hidden, "last_"), 0) @ weights["head_w"].T + weights["head_b"]
        outputs = 1 / (1 + np.exp(-head))
        transform = self._about["output_transform"]
        return np.stack([_applied(outputs[:, item["col"]], item["ops"]) for item in transform], 1)

    def _normed(self, values: np.ndarray, name: str) -> np.ndarray:
        weights = self._weights
        spread = np.sqrt(weights[f"{name}running_var"] + 1e-5)
        centred = (values - weights[f"{name}running_mean"]) / spread
        return np.asarray(centred * weights[f"{name}weight"] + weights[f"{name}bias"])


def _applied(values: np.ndarray, steps: Sequence[tuple[str, float]]) -> np.ndarray:
    known: dict[str, Callable[[np.ndarray, float], np.ndarray]] = {
        "Add": np.add,
        "Sub": np.subtract,
        "Mul": np.multiply,
        "Div": np.divide,
        "Log": lambda array, _: np.log(array),
        "Exp": lambda array, _: np.exp(array),
    }
    for name, constant in steps:
        values = known[name](values, constant)
    return values


def _taskset(folder: Path) -> Iterator[Task]:
    about = json.loads((folder / "space.json").read_text())
    bounds = zip(about["order"], about["log"], about["low"], about["high"], strict=True)
    parameters = tuple(
        Float(name=name, low=low, high=high, default=_middle(low, high, log), log=log)
        for name, log, low, high in bounds
    )
    space = SearchSpace(name="taskset", epochs=50, parameters=parameters)
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as file:
            settings, losses = file["params"].astype(float), file["valid"].astype(float)
        # the first checkpoint is the untrained net
        yield _pool("taskset", path.stem, space, settings, _finite(losses[:, 1:]))


def _opda(folder: Path) -> Iterator[Task]:
    for path in sorted(folder.glob("*.npz")):
        with np.load(path, allow_pickle=False) as file:
            settings, names = file["params"], [str(name) for name in file["param_names"]]
            scores = file["top1"] if "top1" in file.files else file["acc_matched"]
            seconds = file["seconds"] if "seconds" in file.files else None
        losses = np.where(np.isfinite(scores), -scores, np.nan)
        lengths = np.maximum(np.isfinite(losses).sum(1), 1)
        losses[:, 0] = np.where(np.isfinite(losses[:, 0]), losses[:, 0], 0.0)
        space = SearchSpace(
            name="opda",
            epochs=int(lengths.max()),
            parameters=tuple(_ranged(name, settings[:, place]) for place, name in enumerate(names)),
        )
        times = None if seconds is None else np.nanmax(np.nan_to_num(seconds, nan=1.0), axis=1) / lengths
        yield _pool("opda", path.stem, space, settings, losses, lengths, times)


def _pool(
    table: str,
    name: str,
    space: SearchSpace,
    settings: np.ndarray,
    losses: np.ndarray,
    lengths: np.ndarray | None = None,
    times: np.ndarray | None = None,
) -> Task:
    """A task of which only some settings ``(n, d)`` are known: the nearest one not yet taken answers.

    Else a method that proposes beside what is good would be told the same training again and again, which a
    method that proposes at random is not.
    """
    points = np.stack([_axis(item, settings[:, place]) for place, item in enumerate(space.parameters)], 1)

    def nearest(configuration: Configuration, taken: set[int]) -> int:
        values = [(item, np.array([float(configuration[item.name] or 0)])) for item in space.parameters]
        point = np.array([_axis(item, value)[0] for item, value in values])
        distances = ((points - point) ** 2).sum(1)
        if len(taken) < len(points):
            distances[list(taken)] = np.inf
        return int(distances.argmin())

    def curve(configuration: Configuration, rng: np.random.Generator, taken: set[int]) -> Curve:
        row = nearest(configuration, taken)
        taken.add(row)
        return losses[row] if lengths is None else losses[row, : lengths[row]]

    ends = np.array([row[np.isfinite(row)][-1] for row in losses])
    names = [item.name for item in space.parameters]
    return Task(
        table=table,
        name=name,
        space=space,
        curve=curve,
        seconds=lambda configuration: 1.0 if times is None else float(times[nearest(configuration, set())]),
        true_loss=lambda configuration, seen: seen,
        best=float(np.nanmin(losses)),
        median=float(np.median(ends)),
        pool=lambda: [dict(zip(names, map(float, row), strict=True)) for row in settings],
    )


def _grid(table: str) -> Callable[[Path], Iterator[Task]]:
    def load(folder: Path) -> Iterator[Task]:
        about = json.loads((folder / "space.json").read_text())
        choices = {name: about["params"][name] for name in about["order"]}
        space = SearchSpace(
            name=table,
            epochs=1,
            parameters=tuple(
                Choice(name=name, values=tuple(values), default=values[len(values) // 2])
                for name, values in choices.items()
            ),
        )
        for path in sorted(folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as file:
                values = file["values"].astype(float)
            values = -values if about["direction"] == "maximize" else np.log(values)
            yield _table(table, path.stem, space, choices, values)

    return load


def _table(
    table: str, name: str, space: SearchSpace, choices: Mapping[str, list[Any]], values: np.ndarray
) -> Task:
    """A whole grid: one row of repeated trainings ``(n, k)`` per configuration, one drawn per call.

    Errors are in their logarithm, so that a regret says by which factor the best is missed.
    """

    def row(configuration: Configuration) -> int:
        place = 0
        for parameter, known in choices.items():
            place = place * len(known) + known.index(configuration[parameter])
        return place

    def curve(configuration: Configuration, rng: np.random.Generator, taken: set[int]) -> Curve:
        repeats = values[row(configuration)]
        repeats = repeats[np.isfinite(repeats)]
        return np.array([rng.choice(repeats)])

    means = np.nanmean(values, axis=1)
    return Task(
        table=table,
        name=name,
        space=space,
        curve=curve,
        seconds=lambda configuration: 1.0,
        true_loss=lambda configuration, seen: float(means[row(configuration)]),
        best=float(np.nanmin(means)),
        median=float(np.nanmedian(means)),
        pool=lambda: _drawn(space),
    )


def _drawn(space: SearchSpace) -> list[Configuration]:
    rng = random.Random(0)
    return [space.sample(rng) for _ in range(POOL)]


def _listed(name: str, kind: str, low: float, high: float, scale: str) -> Parameter:
    log = scale == "log"
    middle = _middle(low, high, log)
    if kind == "int":
        return Integer(name=name, low=int(low), high=int(high), default=round(middle), log=log)
    return Float(name=name, low=low, high=high, default=middle, log=log)


def _ranged(name: str, values: np.ndarray) -> Float:
    low, high = float(values.min()), float(values.max())
    log = low > 0 and high / low > 100
    return Float(name=name, low=low, high=high, default=_middle(low, high, log), log=log)


def _middle(low: float, high: float, log: bool) -> float:
    return math.sqrt(low * high) if log else (low + high) / 2


def _axis(parameter: Parameter, values: np.ndarray) -> np.ndarray:
    """Values on the axis from 0 to 1 that the samplers see."""
    if not isinstance(parameter, Float | Integer):
        raise TypeError(f"{parameter.name} is no number")
    low, high = parameter.low, parameter.high
    if parameter.log:
        return np.asarray(np.log(np.maximum(values, low) / low) / math.log(high / low))
    return np.asarray((values - low) / (high - low))


def _finite(losses: np.ndarray) -> np.ndarray:
    """Losses with what diverged as large as makes no difference."""
    return np.asarray(np.nan_to_num(losses, nan=1e9, posinf=1e9))


_LOADERS: Mapping[str, Callable[[Path], Iterator[Task]]] = {
    "lcbench": _lcbench,
    "taskset": _taskset,
    "fcnet": _grid("fcnet"),
    "hpobench": _grid("hpobench"),
    "nasbench201": _grid("nasbench201"),
    "opda": _opda,
}
_FOLDERS = {
    "lcbench": "lcbench_surrogate",
    "hpobench": "hpobench_mlp",
    **{name: name for name in ("taskset", "fcnet", "nasbench201", "opda")},
}
TABLES = tuple(_LOADERS)
