"""What the replays of a search benchmark came to: tables of regrets, and a plot."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

IN_LOGARITHM = ("fcnet",)
"""Tables whose losses are logarithms of errors that others publish."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One replay.

    Attributes:
        table: of the task.
        task: its name.
        method: who searched.
        workers: simulated ones.
        seed: of the method and the noise.
        regrets: by full trainings.
        losses: the smallest loss seen, by full trainings.
    """

    table: str
    task: str
    method: str
    workers: int
    seed: int
    regrets: Mapping[int, float]
    losses: Mapping[int, float]


def report(runs: Sequence[Run]) -> str:
    """Return a table of regrets per table, and of errors where others publish those."""
    parts = []
    for table in dict.fromkeys(run.table for run in runs):
        own = [run for run in runs if run.table == table]
        tasks, seeds = {run.task for run in own}, {run.seed for run in own}
        title = f"{table}: {len(tasks)} tasks x {len(seeds)} seeds, regret after full trainings"
        parts.append(f"{title}\n\n{_table(own, _mean_regret)}")
        if table in IN_LOGARITHM:
            parts += [_of_task(own, task) for task in sorted(tasks)]
    return "\n\n".join(parts)


def _of_task(runs: Sequence[Run], task: str) -> str:
    own = [run for run in runs if run.task == task]
    return f"{task}: median of the smallest error seen\n\n{_table(own, _median_error)}"


def _table(runs: Sequence[Run], cell: Callable[[Sequence[Run], int], str]) -> str:
    budgets = sorted({budget for run in runs for budget in run.regrets})
    lines = [_line(["method", "workers", *map(str, budgets)]), _line(["---"] * (len(budgets) + 2))]
    for method, workers in dict.fromkeys((run.method, run.workers) for run in runs):
        own = [run for run in runs if (run.method, run.workers) == (method, workers)]
        cells = [cell([run for run in own if budget in run.regrets], budget) for budget in budgets]
        lines.append(_line([method, str(workers), *cells]))
    return "\n".join(lines)


def _mean_regret(runs: Sequence[Run], budget: int) -> str:
    values = [run.regrets[budget] for run in runs]
    return f"{np.mean(values):.3f} ({np.std(values) / len(values) ** 0.5:.3f})"


def _median_error(runs: Sequence[Run], budget: int) -> str:
    return f"{np.exp(np.median([run.losses[budget] for run in runs])):.3g}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def draw(runs: Sequence[Run], path: Path) -> None:
    """Mean regret against full trainings, one page with a plot per table."""
    from plotly import graph_objects

    pages: list[str] = []
    for table in dict.fromkeys(run.table for run in runs):
        figure = graph_objects.Figure()
        own = [run for run in runs if run.table == table]
        for method, workers in dict.fromkeys((run.method, run.workers) for run in own):
            points = _means([run for run in own if (run.method, run.workers) == (method, workers)])
            name = method if workers == 1 else f"{method}, {workers} workers"
            figure.add_scatter(x=list(points), y=list(points.values()), name=name, mode="lines+markers")
        figure.update_layout(
            title=table, xaxis_title="full trainings", yaxis_title="regret", xaxis_type="log"
        )
        pages.append(figure.to_html(full_html=False, include_plotlyjs=not pages))
    path.write_text("\n".join(['<!doctype html><meta charset="utf-8">', *pages]), encoding="utf-8")


def _means(runs: Sequence[Run]) -> dict[int, float]:
    budgets = sorted({budget for run in runs for budget in run.regrets})
    return {
        item: float(np.mean([run.regrets[item] for run in runs if item in run.regrets])) for item in budgets
    }
