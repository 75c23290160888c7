"""The state of a training between two epochs, and how it is written down: arrays and JSON, no pickle."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.archives import arrays_in
from automl.core.errors import ConfigError
from automl.core.files import whole
from automl.training.engine import Epoch, TrainingState

_FORM = 1
_GROUPS = ("variables", "optimizer", "best_variables")
_OUTPUTS = "best_outputs"


class StateError(ConfigError):
    """A state is not that of the training that is to go on from it."""


def save_state(state: TrainingState, path: Path) -> None:
    """Write a state to one file (NumPy's ``.npz``), whole or not at all.

    Args:
        state: what to write.
        path: ends with ``.npz``.

    Raises:
        DiskFullError: the disk is full.
    """
    facts = {
        "form": _FORM,
        "engine": state.engine,
        "epochs": [[item.number, dict(item.metrics), item.seconds] for item in state.epochs],
        "best": state.best,
        "stale": state.stale,
        "rate_factor": state.rate_factor,
        "counts": [len(getattr(state, group)) for group in _GROUPS],
        "steps_per_epoch": state.steps_per_epoch,
        "outputs": list(state.best_outputs),
    }
    arrays = {
        f"{group}.{position}": array
        for group in _GROUPS
        for position, array in enumerate(getattr(state, group))
    }
    arrays |= {
        f"{_OUTPUTS}.{position}": array for position, array in enumerate(state.best_outputs.values())
    }
    with whole(path) as draft:
        np.savez(draft, facts=np.asarray(json.dumps(facts)), **arrays)


def load_state(path: Path) -> TrainingState:
    """Read what ``save_state`` wrote.

    Raises:
        ConfigError: the file is absent, damaged or something else.
    """
    with arrays_in(path, called="a training state") as file:
        facts: dict[str, Any] = json.loads(str(file["facts"]))
        if facts["form"] != _FORM:
            raise ConfigError(
                f"{path}: expected a training state of form {_FORM}, got {facts['form']}: it was "
                "written by another version."
            )
        groups = {
            group: tuple(file[f"{group}.{position}"] for position in range(count))
            for group, count in zip(_GROUPS, facts["counts"], strict=True)
        }
        outputs = {
            str(name): file[f"{_OUTPUTS}.{position}"]
            for position, name in enumerate(facts.get("outputs", ()))
        }
        return _restored(facts, groups, outputs)


def _restored(
    facts: Mapping[str, Any],
    groups: Mapping[str, tuple[np.ndarray, ...]],
    outputs: Mapping[str, np.ndarray],
) -> TrainingState:
    state = TrainingState(
        engine=str(facts["engine"]),
        epochs=tuple(_epoch(item) for item in facts["epochs"]),
        best=int(facts["best"]),
        stale=int(facts["stale"]),
        rate_factor=float(facts["rate_factor"]),
        steps_per_epoch=int(facts.get("steps_per_epoch", 0)),
        best_outputs=outputs,
        **groups,
    )
    _check(state)
    return state


def _check(state: TrainingState) -> None:
    """Raise ValueError where parts of a state cannot belong together."""
    if [epoch.number for epoch in state.epochs] != list(range(1, len(state.epochs) + 1)):
        raise ValueError("its epochs do not follow each other")
    if not -1 <= state.best < len(state.epochs):
        raise ValueError(f"its best epoch is number {state.best} of {len(state.epochs)}")
    arrays = [array for group in _GROUPS for array in getattr(state, group)]
    if any(array.dtype.kind in "OSUMm" for array in (*arrays, *state.best_outputs.values())):
        raise ValueError("its arrays hold other things than numbers")
    best = [array.shape for array in state.best_variables]
    if best and best != [array.shape for array in state.variables]:
        raise ValueError("the weights of its best epoch are those of another model")


def values_of(variables: Sequence[Any]) -> tuple[np.ndarray, ...]:
    """Copy the values of Keras variables."""
    return tuple(np.array(variable.numpy()) for variable in variables)


def assign(variables: Sequence[Any], values: Sequence[np.ndarray], what: str) -> None:
    """Give Keras variables the values of a state.

    Args:
        variables: of a model or an optimizer.
        values: one array per variable.
        what: what the message calls them.

    Raises:
        StateError: number or shapes differ.
    """
    check_fit(variables, values, what)
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def check_fit(variables: Sequence[Any], values: Sequence[np.ndarray], what: str) -> None:
    """Raise StateError unless there is a value of its shape for each variable; see ``assign``."""
    shapes = [tuple(variable.shape) for variable in variables]
    given = [tuple(value.shape) for value in values]
    if shapes != given:
        raise StateError(
            f"The state does not fit: the {what} has {len(shapes)} variables, the state {len(given)}"
            f"{_first_difference(shapes, given)}. A state only fits the model "
            "and the options it was saved with."
        )


def _first_difference(shapes: list[tuple[int, ...]], given: list[tuple[int, ...]]) -> str:
    for place, (wanted, got) in enumerate(zip(shapes, given, strict=False)):
        if wanted != got:
            return f", and number {place} has the shape {wanted}, in the state {got}"
    return ""


def _epoch(item: list[Any]) -> Epoch:
    number, metrics, seconds = item
    values = {str(name): float(value) for name, value in metrics.items()}
    return Epoch(number=number, metrics=values, seconds=float(seconds))
