"""Inner folds of training rows, from which a network learns means of targets before it is trained.

Preprocessing knows no targets and says of each row that it is in none; here those that are trained on are
dealt out, once for all trials.

Legend: n rows, m columns of all encoded targets side by side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from automl.core.tensors import InnerFolds, TensorSpec
from automl.data.preprocessing.kept import Preprocessed

MOST_COLUMNS = 10
"""Columns of a target that means are taken of: those that vary most."""


def with_inner_folds(
    done: Preprocessed, targets: Mapping[str, np.ndarray], groups: np.ndarray | None, seed: int
) -> Preprocessed:
    """Return the tensors with training rows dealt out to inner folds, and validation rows in none.

    Args:
        done: tensors as they are preprocessed; where none asks for inner folds it is returned as it is.
        targets: encoded targets of the training part by name.
        groups: of the training rows ``(n,)``: those of one are in one inner fold; or None.
        seed: of the draw.
    """
    specs = done.preprocessing.inputs
    asking = [spec for spec in specs if isinstance(spec.facts, InnerFolds)]
    if not asking:
        return done
    columns = telling_columns(targets)
    known = tuple(
        replace(spec, facts=replace(spec.facts, columns=columns)) if spec in asking else spec
        for spec in specs
    )
    first = asking[0].name
    dealt = dealt_rows(specs, len(done.train[first]), np.random.default_rng(seed), groups)
    none = {spec.name: np.zeros((len(done.validation[spec.name]), 1), np.int32) for spec in asking}
    return replace(
        done,
        preprocessing=replace(done.preprocessing, inputs=known),
        train={**done.train, **dealt},
        validation={**done.validation, **none},
    )


def dealt_rows(
    specs: Sequence[TensorSpec],
    rows: int,
    random: np.random.Generator,
    groups: np.ndarray | None = None,
) -> dict[str, np.ndarray]:
    """Return tensors of inner folds ``(n, 1) int32`` for rows that are trained on, by name.

    Args:
        specs: of all tensors; often none is of inner folds.
        rows: n.
        random: draws.
        groups: as in ``with_inner_folds``.
    """
    dealt = {}
    for spec in specs:
        if isinstance(spec.facts, InnerFolds):
            places = np.arange(rows) if groups is None else np.unique(groups, return_inverse=True)[1]
            order = random.permutation(int(places.max(initial=-1)) + 1)
            folds = 1 + order[places] % spec.facts.count
            dealt[spec.name] = folds[:, None].astype(np.int32)
    return dealt


def telling_columns(targets: Mapping[str, np.ndarray]) -> tuple[int, ...]:
    """Return which of the m columns tell something that the others do not.

    Of the shares of classes, which sum to 1, the first one follows from the others.
    """
    found: list[int] = []
    start = 0
    for values in targets.values():
        flat = np.asarray(values, np.float64).reshape(len(values), -1)
        spread = flat.std(axis=0)
        first = int(flat.shape[1] > 1 and np.allclose(flat.sum(axis=1), 1.0))
        varied = [column for column in range(first, flat.shape[1]) if spread[column] > 0]
        chosen = sorted(varied, key=lambda column: -spread[column])[:MOST_COLUMNS]
        found += [start + column for column in sorted(chosen)]
        start += flat.shape[1]
    return tuple(found)
