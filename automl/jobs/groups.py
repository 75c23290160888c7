"""Protected groups compared: what a model's answers are worth in each, with intervals.

What is undefined in a group is named so and never counted as 0. Symbols: g groups, d draws.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.core.notes import Note
from automl.core.protected import GROUP, JOINT, Protected
from automl.core.targets import TARGET, count_rows, take_rows
from automl.data.modality import Examples
from automl.tasks.task import ComparesGroups, Task

if TYPE_CHECKING:
    import numpy as np

DRAWS = 1000
"""Resamples of rates."""

COSTLY_DRAWS, MOST_ROWS = 60, 2000
"""Resamples of metrics of any task, and rows of each; of more rows the interval is narrowed accordingly."""

MOST_GROUPS = 30
"""Of a column: the largest ones."""


def encoded_with_groups(task: Task, examples: Examples) -> dict[str, np.ndarray]:
    """Return encoded targets, and beside them the protected group of each row where these are known."""
    encoded = task.encode(examples.targets or {})
    if isinstance(task, ComparesGroups):
        encoded |= task.grouped(examples.compared)
    return encoded


def without_groups(schema: Mapping[str, Any], columns: Collection[str]) -> tuple[Note, ...]:
    """Return a note where groups are to be compared and data lacks columns that make them.

    Args:
        schema: how the data of the search was read.
        columns: those by which rows of the data can be compared.
    """
    protected = Protected.of(schema.get("protected"))
    named = () if protected is None else protected.columns
    lacking = [name for name in named if name not in columns]
    if not lacking:
        return ()
    return (Note(f"Groups are not compared: the data lacks {', '.join(map(repr, lacking))}.", 1.0),)


def groups_in(protected: Protected | None, examples: Examples) -> dict[str, np.ndarray]:
    """Return the groups of rows ``(n,)`` by each protected column, and by all of them together.

    Small ones are merged as the metrics of the search have them: of few rows rates say nothing, and the
    difference between groups would be theirs.

    Nothing where none are protected, or the data lacks them.
    """
    if protected is None:
        return {}
    joint = protected.of_rows(examples.compared)
    if joint is None:
        return {}
    return {**protected.by_column(examples.compared), JOINT.join(protected.columns): joint}


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Rows with known truth, and what a model answers.

    Attributes:
        task: the fitted task.
        encoded: encoded targets, with the protected groups where the task compares them.
        predictions: by name.
    """

    task: Task
    encoded: Mapping[str, np.ndarray]
    predictions: Mapping[str, np.ndarray]


def compare(answered: Answered, groups: Mapping[str, np.ndarray], *, seed: int = 0) -> dict[str, Any]:
    """Compare groups (JSON).

    Args:
        answered: rows that are compared.
        groups: of each row, by what makes them.
        seed: of the resampling.

    Returns:
        by column ``{"groups": {name: {"rows": ..., metric: {"value", "low", "high"}}}, "differences":
        {metric: the same}, "undefined": [sentences]}``. Values are None where they are undefined, ends of
        95% intervals where they cannot be told. Differences are of answers of yes and no alone.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    found = {}
    for name, values in groups.items():
        names, counts = np.unique(np.asarray(values).astype(str), return_counts=True)
        largest = [str(names[at]) for at in np.argsort(-counts, kind="stable")[:MOST_GROUPS]]
        compared = _of_answers if answered.task.declaration.compares_groups else _of_metrics
        found[name] = compared(answered, np.asarray(values).astype(str), largest, random)
    return found


def lines_of(found: Mapping[str, Any]) -> Iterator[str]:
    """Give lines on what ``compare`` returned."""
    for column, item in found.items():
        for name, own in item["groups"].items():
            values = ", ".join(f"{key} {_text(value)}" for key, value in own.items() if key != "rows")
            yield f"where {column} is {name}: {own['rows']} rows, {values}"
        for name, value in item["differences"].items():
            yield f"{name} by {column}: {_text(value)}"
        yield from item["undefined"]


def _text(value: Mapping[str, Any]) -> str:
    if value["value"] is None:
        return "undefined"
    span = "" if value["low"] is None else f" ({value['low']:.4g} to {value['high']:.4g})"
    return f"{value['value']:.4g}{span}"


def _of_answers(
    answered: Answered, groups: np.ndarray, largest: list[str], random: np.random.Generator
) -> dict[str, Any]:
    """Rates of answers of yes and no; rows of each group are drawn anew, which are counts of four kinds."""
    import numpy as np

    from automl.metrics.fairness import count_groups, differences_of, rates_of

    task: Any = answered.task
    encoded = answered.encoded
    truth = np.asarray(encoded[TARGET]).argmax(axis=1) == task.positive
    answer = task.answers(answered.predictions, encoded.get(GROUP)) == task.positive
    known = count_groups(groups, truth, answer)
    counts = np.stack([known[name] for name in largest])
    shares = [own.ravel() / own.sum() for own in counts]
    draws = [random.multinomial(own.sum(), share, DRAWS) for own, share in zip(counts, shares, strict=True)]
    drawn = np.stack(draws, axis=1).reshape(DRAWS, len(largest), 2, 2)
    rates, spread = rates_of(counts), rates_of(drawn)
    differences, wide = differences_of(counts), differences_of(drawn)
    return {
        "groups": {
            name: {
                "rows": int(counts[at].sum()),
                **{key: _told(values[at], spread[key][:, at]) for key, values in rates.items()},
            }
            for at, name in enumerate(largest)
        },
        "differences": {key: _told(value, wide[key]) for key, value in differences.items()},
        "undefined": [
            f"{key} is undefined where the group is {name}: it has no row of the class that decides it."
            for key, values in rates.items()
            for at, name in enumerate(largest)
            if not math.isfinite(values[at])
        ],
    }


def _of_metrics(
    answered: Answered, groups: np.ndarray, largest: list[str], random: np.random.Generator
) -> dict[str, Any]:
    """Metrics of the task in each group."""
    import numpy as np

    from automl.metrics.scorer import score_at_once

    task = answered.task
    found: dict[str, Any] = {}
    for name in largest:
        rows = np.flatnonzero(groups == name)
        truth, answer = take_rows(answered.encoded, rows), take_rows(answered.predictions, rows)
        metrics = score_at_once(task.scorer(), truth, answer)
        size = min(count_rows(answer), MOST_ROWS)
        draws: dict[str, list[float]] = {}
        for _ in range(COSTLY_DRAWS):
            some = random.integers(0, len(rows), size)
            parts = take_rows(truth, some), take_rows(answer, some)
            for key, value in score_at_once(task.scorer(), *parts).items():
                draws.setdefault(key, []).append(value)
        share = size / len(rows)
        found[name] = {
            "rows": len(rows),
            **{
                key: _told(value, _narrowed(np.array(draws[key]), value, share))
                for key, value in metrics.items()
            },
        }
    undefined = [
        f"{key} is undefined where the group is {name}: its rows are too few or too alike."
        for name, own in found.items()
        for key, value in own.items()
        if key != "rows" and value["value"] is None
    ]
    return {"groups": found, "differences": {}, "undefined": undefined}


def _narrowed(draws: np.ndarray, value: float, share: float) -> np.ndarray:
    """Values of resamples of a share of the rows ``(d,)``, as near to the value as those of all rows."""
    import numpy as np

    if share == 1.0 or not np.isfinite(draws).any():
        return draws
    return np.asarray(value + math.sqrt(share) * (draws - np.nanmean(draws)))


def _told(value: Any, draws: np.ndarray) -> dict[str, float | None]:
    """A value with its 95% interval; without one where it is undefined in half of the draws."""
    import numpy as np

    if not math.isfinite(value):
        return {"value": None, "low": None, "high": None}
    known = draws[np.isfinite(draws)]
    if 2 * len(known) < len(draws):
        return {"value": float(value), "low": None, "high": None}
    low, high = np.quantile(known, [0.025, 0.975])
    # the difference of the highest and the lowest of rates is larger in most draws than it is
    return {"value": float(value), "low": float(min(low, value)), "high": float(max(high, value))}
