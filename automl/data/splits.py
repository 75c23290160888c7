"""Which examples train and which validate.

* forecasts: by time, so that no target step of the training part reaches into the validation part;
* rows with a time: the last ones validate; rows of one time stay together;
* rows with a group: a group stays on one side;
* identities, such as persons: each with all of its examples on one side;
* else as the task says: by class, with shares as in the whole, or at random.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from automl.core.errors import ConfigError, DataError
from automl.core.seeds import derive
from automl.core.targets import TARGET
from automl.data.modality import Dataset
from automl.tasks.catalog import TASKS
from automl.tasks.declaration import BY_CLASS, BY_IDENTITY, BY_TIME

MINIMUM_ROWS = 10
"""Fewer examples than this are refused: nothing can be learned and nothing measured."""


LEAST_IDENTITIES = 2
"""In a part that validates: pairs of one alone are all of the same."""

TRIED = 20
"""Splits by group of which the one is taken that is nearest to the share asked for."""


@dataclass(frozen=True, kw_only=True)
class Fold:
    """Positions of examples, ascending int64, without common members.

    Attributes:
        train: what is learned from.
        validation: what is scored.
    """

    train: np.ndarray
    validation: np.ndarray


def make_folds(dataset: Dataset, *, folds: int | None, share: float = 0.2, seed: int) -> tuple[Fold, ...]:
    """Split a data set once, or into ``folds`` parts each of which validates once.

    By time, folds grow: each validates on the block that follows its training part.

    Args:
        dataset: the examples, with targets.
        folds: number of folds, or None for one split.
        share: share of the examples that validate when ``folds`` is None.
        seed: of the shuffling.

    Raises:
        ConfigError: a number of folds or a share that cannot be.
        DataError: too few examples, too few groups, too short a series, or no time where the task goes by
            it.
    """
    _check(dataset, folds, share)
    examples = dataset.examples
    windows = dataset.windows
    identities = identities_of(dataset)
    together = examples.groups if identities is None else identities
    if windows is not None:
        return _by_time(windows.origins, folds, windows.held_out or share, windows.horizon, None)
    if examples.times is not None:
        return _by_time(examples.times, folds, share, None, together)
    task = TASKS[dataset.task]
    if task.split == BY_TIME:
        raise DataError(f"Data for {task.words} is split by time: name the time column (--time-column).")
    if identities is not None:
        return _by_identity(identities, folds, share, seed)
    labels = next(iter(labels_of(dataset).values()), None) if task.split == BY_CLASS else None
    if examples.groups is not None:
        return _by_group(examples.groups, labels, folds, share, seed)
    if labels is not None:
        return _by_class(labels, folds, share, seed)
    return _at_random(len(examples), folds, share, seed)


def split_of_source(dataset: Dataset) -> Fold:
    """Return the parts that a source divides its examples into itself.

    Raises:
        DataError: it leaves too few to train on.
    """
    _check(dataset, None, 0.5)
    rows = len(dataset.examples)
    fold = _fold(np.asarray(dataset.validates, np.int64), rows)
    if not len(fold.train):
        raise DataError("The data has a validation part and no training part. Add one, or give folds.")
    return fold


def is_split_by_time(dataset: Dataset) -> bool:
    """Whether the examples that validate come after those that train."""
    by_task = TASKS[dataset.task].split == BY_TIME
    return by_task or dataset.windows is not None or dataset.examples.times is not None


def labels_of(dataset: Dataset) -> dict[str, np.ndarray]:
    """Return the labels ``(n,)`` of each target that is a class, by its name."""
    targets = dataset.examples.targets or {}
    classes = [name for name, task in dataset.tasks.items() if TASKS[task].classifies]
    return {name: targets[name] for name in classes if name in targets}


def identities_of(dataset: Dataset) -> np.ndarray | None:
    """Return who or what each example shows ``(n,)`` where that decides about the split, else None.

    Raises:
        ConfigError: a group column is named as well.
    """
    if TASKS[dataset.task].split != BY_IDENTITY or dataset.examples.targets is None:
        return None
    if dataset.examples.groups is not None:
        raise ConfigError(
            f"group_column: {TASKS[dataset.task].words} keeps all examples of an identity on one side of"
            " the split by itself. Leave the group column out."
        )
    return np.asarray(dataset.examples.targets[TARGET])


def _check(dataset: Dataset, folds: int | None, share: float) -> None:
    rows = len(dataset.examples)
    if folds is not None and folds < 2:
        raise ConfigError(f"Cross-validation needs at least 2 folds, got {folds}.")
    if not 0 < share < 1:
        raise ConfigError(f"The share of examples for validation must be between 0 and 1, got {share}.")
    if folds is not None and rows < folds:
        raise DataError(
            f"{folds} folds need at least {folds} examples, the data has {rows}. Use fewer folds."
        )
    if rows < MINIMUM_ROWS:
        each = f" Each is {dataset.windows.words}." if dataset.windows is not None else ""
        raise DataError(f"A search needs at least {MINIMUM_ROWS} examples, the data has {rows}.{each}")


def _by_time(
    times: np.ndarray, folds: int | None, share: float, horizon: int | None, groups: np.ndarray | None
) -> tuple[Fold, ...]:
    """Cut at times; with a ``horizon`` in steps, targets of the training part end before each cut."""
    ordered = np.sort(times)
    rows = len(ordered)
    shares = [1 - share] if folds is None else [part / (folds + 1) for part in range(1, folds + 1)]
    cuts = [ordered[min(rows - 1, max(1, round(rows * part)))] for part in shares]
    made = []
    for cut, end in zip(cuts, [*cuts[1:], None], strict=True):
        validation = (times >= cut) if end is None else (times >= cut) & (times < end)
        train = times < cut if horizon is None else times + horizon <= cut
        if groups is not None:
            train &= ~np.isin(groups, np.unique(groups[validation]))
        made.append(Fold(train=np.flatnonzero(train), validation=np.flatnonzero(validation)))
    if not all(len(fold.train) and len(fold.validation) for fold in made):
        raise DataError(_too_short(times, folds, horizon, groups))
    return tuple(made)


def _too_short(times: np.ndarray, folds: int | None, horizon: int | None, groups: np.ndarray | None) -> str:
    parts = "a training and a validation part" if folds is None else f"{folds} folds"
    different = len(np.unique(times))
    if horizon is not None:
        return (
            f"The series is too short for {parts}: it holds {different} different windows and each "
            f"forecasts {horizon} steps. Give more data, or a shorter horizon or look-back."
        )
    if groups is not None:
        return (
            f"The data cannot be cut by time into {parts} while each group stays on one side: "
            "every early row belongs to a group that also has late rows. Drop one of the two options."
        )
    return f"The time column has {different} different values: too few to cut the data into {parts}."


def _by_group(
    groups: np.ndarray, labels: np.ndarray | None, folds: int | None, share: float, seed: int
) -> tuple[Fold, ...]:
    from sklearn.model_selection import GroupKFold, GroupShuffleSplit, StratifiedGroupKFold

    count = len(np.unique(groups))
    if count < (folds or 2):
        raise DataError(
            f"The group column has {count} different value(s), {folds or 2} are needed "
            f"{'to split' if folds is None else f'for {folds} folds'}."
        )
    state = derive(seed, "split")
    parts = folds or max(2, round(1 / share))
    splitter: object
    if labels is not None and count >= parts and np.unique(labels, return_counts=True)[1].max() >= parts:
        splitter = StratifiedGroupKFold(parts, shuffle=True, random_state=state)
    elif folds is not None:
        splitter = GroupKFold(folds, shuffle=True, random_state=state)
    else:
        splitter = GroupShuffleSplit(TRIED, test_size=share, random_state=state)
    found = _split_with(splitter, labels, groups)
    if folds is not None:
        return found
    # groups differ in size, so a fifth of them may be nearly all rows
    return (min(found, key=lambda fold: abs(len(fold.validation) - share * len(groups))),)


def _by_identity(identities: np.ndarray, folds: int | None, share: float, seed: int) -> tuple[Fold, ...]:
    """Hold out identities until their examples are a share of all, or deal them to folds; at least two to
    each part, so that pairs differ.
    """
    names, codes, counts = np.unique(identities.astype(str), return_inverse=True, return_counts=True)
    several = int((counts > 1).sum())
    if len(names) < 4 or several < LEAST_IDENTITIES * (folds or 1):
        raise DataError(
            f"Identities cannot be split: {len(names)} of them, {several} with two examples or more."
            " Expected at least two to learn from and two others"
            f" {'to be validated on' if folds is None else 'in each fold'}, with several examples each."
        )
    # identities with one example tell nothing of what is the same, so they are held out last
    order = np.random.default_rng(derive(seed, "split")).permutation(len(names))
    if folds is not None:
        order = order[np.argsort(-counts[order], kind="stable")]
        return tuple(
            _fold(np.flatnonzero(np.isin(codes, order[part::folds])), len(codes)) for part in range(folds)
        )
    order = order[np.argsort(counts[order] < 2, kind="stable")]
    wanted = int(np.searchsorted(np.cumsum(counts[order]), share * len(codes)) + 1)
    held = order[: min(max(LEAST_IDENTITIES, wanted), len(names) - 2)]
    return (_fold(np.flatnonzero(np.isin(codes, held)), len(codes)),)


def _split_with(splitter: object, labels: np.ndarray | None, groups: np.ndarray) -> tuple[Fold, ...]:
    blank = np.zeros(len(groups))
    with warnings.catch_warnings():
        # a class with fewer members than parts is fine: not each part has one
        warnings.simplefilter("ignore", UserWarning)
        pairs = list(splitter.split(blank, labels, groups))  # type: ignore[attr-defined]
    return tuple(Fold(train=np.sort(train), validation=np.sort(rest)) for train, rest in pairs)


def _by_class(labels: np.ndarray, folds: int | None, share: float, seed: int) -> tuple[Fold, ...]:
    random = np.random.default_rng(derive(seed, "split"))
    _, codes, counts = np.unique(labels.astype(str), return_inverse=True, return_counts=True)
    if folds is None:
        taken = _allot(counts, share)
        members = [random.permutation(np.flatnonzero(codes == code)) for code in range(len(counts))]
        chosen = [rows[:take] for rows, take in zip(members, taken, strict=True)]
        return (_fold(np.concatenate(chosen), len(labels)),)
    shuffled = random.permutation(len(labels))
    ordered = shuffled[np.argsort(codes[shuffled], kind="stable")]
    return tuple(_fold(ordered[part::folds], len(labels)) for part in range(folds))


def _allot(counts: np.ndarray, share: float) -> np.ndarray:
    """How many of each class validate: their share, rounded so that the sum is right; never all."""
    exact = counts * share
    taken = np.floor(exact).astype(int)
    missing = max(1, round(counts.sum() * share)) - taken.sum()
    for code in np.argsort(-(exact - taken), kind="stable"):
        if missing > 0 and taken[code] < counts[code] - 1:
            taken[code] += 1
            missing -= 1
    if not taken.sum():
        raise DataError(
            f"No class has two examples ({counts.sum()} examples, {len(counts)} classes), so none can be "
            "set aside for validation. Is the target a number? Then choose regression."
        )
    return taken


def _at_random(rows: int, folds: int | None, share: float, seed: int) -> tuple[Fold, ...]:
    shuffled = np.random.default_rng(derive(seed, "split")).permutation(rows)
    if folds is None:
        return (_fold(shuffled[: max(1, round(rows * share))], rows),)
    return tuple(_fold(shuffled[part::folds], rows) for part in range(folds))


def _fold(validation: np.ndarray, rows: int) -> Fold:
    held = np.zeros(rows, dtype=bool)
    held[validation] = True
    return Fold(train=np.flatnonzero(~held), validation=np.flatnonzero(held))
