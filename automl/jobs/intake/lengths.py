"""How long a trial is trained: in epochs, and in passes over the training part."""

from __future__ import annotations

from collections.abc import Mapping

from automl.data.modality import Dataset, Handling
from automl.jobs.intake.cost import seconds_per_pass
from automl.spaces.space import SearchSpace

PASSES = "passes"
"""The parameter of spaces that say how often a trial sees each row; they have a number of epochs for it."""

MOST_IN_FOLDS = 25
"""Epochs of a trial in folds at most: each one scores every fold, which would take longer than the training
where a pass over few rows is a step or two. An epoch is then several passes."""

FIRST_SHARE, LEAST_PASSES = 0.5, 5
"""Share of the time that a trial may take at full length where a part is held out and examples are dear to
train on, and passes that it gets in any case."""

MOST_PER_PASS = 10
"""Epochs of a pass at most: each one scores the validation part."""


def epochs_per_pass(handling: Handling, rows: int) -> int:
    """Return how many epochs a pass over so many examples is divided into."""
    return min(MOST_PER_PASS, -(-rows // handling.examples_per_epoch)) or 1


def full_length(asked: int | None, space: SearchSpace, dataset: Dataset, per_pass: int) -> int:
    """Return the epochs of a trial's full length.

    Args:
        asked: passes that the user wants, or None.
        space: of the family; one with the parameter ``passes`` has as many epochs for any number of them.
        dataset: how many examples there are, and how they are handled.
        per_pass: epochs of a pass.
    """
    if asked:
        return per_pass * asked
    if PASSES in space.names:
        return space.epochs
    return per_pass * _passes(space, dataset)


def in_folds(lengths: Mapping[str, int], asked: int | None) -> tuple[dict[str, int], dict[str, int]]:
    """Return epochs by family, and how many passes they are where an epoch is several.

    Args:
        lengths: epochs by family, each a pass.
        asked: passes that the user wants, or None; each of them is an epoch then.
    """
    passes = {name: length for name, length in lengths.items() if length > MOST_IN_FOLDS and not asked}
    return {**lengths, **dict.fromkeys(passes, MOST_IN_FOLDS)}, passes


def in_time(passes: int, handling: Handling, rows: int, seconds: float | None) -> int | None:
    """Return the passes of trials that would not end in time at their full length; None where they do.

    Args:
        passes: of the longest.
        handling: says what examples cost.
        rows: examples that are trained on.
        seconds: wall time of the search, or None.
    """
    each = seconds_per_pass(handling, rows)
    if seconds is None or not each:
        return None
    fitting = max(LEAST_PASSES, int(FIRST_SHARE * seconds / each))
    return fitting if fitting < passes else None


def of_passes(space: SearchSpace, passes: int) -> SearchSpace:
    """Return a space whose trials see each row so often, where it says how often."""
    return space.fix(PASSES, passes) if PASSES in space.names else space


def note_of_parts(per_pass: int, rows: int) -> tuple[str, ...]:
    """Return what the user is told where a pass has several epochs."""
    if per_pass == 1:
        return ()
    return (f"{rows:,} examples: an epoch is 1/{per_pass} of a pass over them.",)


def _passes(space: SearchSpace, dataset: Dataset) -> int:
    """The space's own epochs; more where few examples make epochs of few steps."""
    handling = dataset.handling
    few = handling.least_examples // max(len(dataset.examples), 1)
    return max(space.epochs, min(handling.most_epochs, few))
