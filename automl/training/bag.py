"""The parts of a bag: what each is trained with, and how their outputs become one.

Legend: k parts, n rows of the validation part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from automl.core.errors import ConfigError
from automl.core.seeds import derive
from automl.core.targets import count_rows
from automl.training.engine import Candidate, Split
from automl.training.program import MemberPortions
from automl.training.scoring import Portions
from automl.training.state import StateError

_SEED_STEP, _SEEDS = 0x9E3779B1, 2**31


def seed_of(seed: int, part: int) -> int:
    """Return the seed of a part's weights, batches and random layers: of the first one the candidate's."""
    return derive(seed, "part", part) if part else seed


def members_of(candidate: Candidate) -> tuple[Candidate, ...]:
    """Return the candidates that are trained at once: one per part, each with its own seed, or the one."""
    if not candidate.parts:
        return (candidate,)
    return tuple(
        replace(candidate, parts=(), drawn=None, learned=None, seed=seed_of(candidate.seed, number))
        for number in range(len(candidate.parts))
    )


def training_rows(candidate: Candidate, split: Split) -> list[np.ndarray | int]:
    """Return which rows each member is trained on, or how many where it is all."""
    own = count_rows(split.train_targets) if candidate.rows is None else candidate.rows
    return [part.train for part in candidate.parts] or [own]


def chosen_rows(candidate: Candidate) -> list[np.ndarray | None]:
    """Return which rows each member is scored on; None for all."""
    return [part.validation for part in candidate.parts] or [None]


def check_parts(candidate: Candidate, split: Split) -> None:
    """Raise ConfigError unless parts name rows that there are and together validate every row."""
    if not candidate.parts:
        return
    rows = count_rows(split.train_targets)
    held = len(next(iter(split.validation.values())))
    for number, part in enumerate(candidate.parts):
        for name, positions, most in (
            ("training", part.train, rows),
            ("validation", part.validation, held),
        ):
            if not len(positions) or positions.min() < 0 or positions.max() >= most:
                raise ConfigError(
                    f"Part {number} of {len(candidate.parts)} must name 1 or more of the {most} rows of "
                    f"the {name} part, by positions from 0 on."
                )
        if (np.diff(part.validation) <= 0).any():
            raise ConfigError(f"The validation rows of part {number} must ascend.")
    covered = np.zeros(held, bool)
    for part in candidate.parts:
        covered[part.validation] = True
    if not covered.all():
        raise ConfigError(
            f"No part validates row {int(covered.argmin())} of the validation part, so "
            f"{held - covered.sum()} of {held} rows could not be scored. Leave them out of the split."
        )


def first_values(candidate: Candidate, values: Sequence[np.ndarray]) -> list[Sequence[np.ndarray]]:
    """Return what each member begins with, in the order of ``model.variables``.

    Args:
        candidate: says how other parts than the first are drawn, and what each learns of its rows.
        values: those of the model as it stands.
    """
    own: list[Sequence[np.ndarray]] = [values]
    for number in range(1, len(candidate.parts)):
        if candidate.drawn is not None:
            own.append(candidate.drawn(seed_of(candidate.seed, number)))
        else:
            own.append(_reseeded(candidate, values, number))
    if candidate.learned is None:
        return own
    rows: list[np.ndarray | None] = [part.train for part in candidate.parts]
    rows = rows or [candidate.rows]
    return [
        candidate.learned(each, some, seed_of(candidate.seed, number))
        for number, (each, some) in enumerate(zip(own, rows, strict=True))
    ]


def _reseeded(candidate: Candidate, values: Sequence[np.ndarray], number: int) -> list[np.ndarray]:
    return [
        _other_seed(value, number) if "seed_generator" in variable.path else value
        for variable, value in zip(candidate.model.variables, values, strict=True)
    ]


def _other_seed(state: np.ndarray, number: int) -> np.ndarray:
    """A seed state ``(2,)``, seed and count, with another seed."""
    changed = state.copy()
    changed[0] = (int(state[0]) + number * _SEED_STEP) % _SEEDS
    return changed


def pooled(candidate: Candidate, rows: int, portions: Callable[[], MemberPortions]) -> Portions:
    """Put together what each part gave for its rows: one portion of all ``rows``, in order.

    A row that several parts validate gets the mean of their outputs; whole numbers are taken from the last.
    """
    chosen = [part.validation for part in candidate.parts]
    times = np.zeros(rows, np.int32)
    for positions in chosen:
        times[positions] += 1
    whole: dict[str, np.ndarray] = {}
    for member, positions, outputs in portions():
        _add(whole, rows, chosen[member][positions], outputs)
    yield np.arange(rows), {name: _mean(values, times) for name, values in whole.items()}


def _add(
    whole: dict[str, np.ndarray], rows: int, positions: np.ndarray, outputs: Mapping[str, np.ndarray]
) -> None:
    for name, values in outputs.items():
        if name not in whole:
            whole[name] = np.zeros((rows, *values.shape[1:]), values.dtype)
        if values.dtype.kind == "f":
            whole[name][positions] += values
        else:
            whole[name][positions] = values


def _mean(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    if values.dtype.kind != "f" or times.max() == 1:
        return values
    shape = (-1, *(1,) * (values.ndim - 1))
    mean: np.ndarray = values / times.reshape(shape).astype(values.dtype)
    return mean


def members_first(candidate: Candidate, values: tuple[np.ndarray, ...]) -> tuple[np.ndarray, ...]:
    """Return what a state holds with the members as the first axis.

    Raises:
        StateError: it is not that of as many parts.
    """
    if not candidate.parts:
        return tuple(value[None] for value in values)
    if any(value.shape[:1] != (len(candidate.parts),) for value in values):
        raise StateError(
            f"The state does not fit: it is not one of {len(candidate.parts)} parts. A state only fits the "
            "model, the parts and the options it was saved with."
        )
    return values
