"""Pictures of the winner on the validation part, those that its task names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automl.core.catalog import at_place
from automl.core.pages import write_page
from automl.jobs.finish.winner import TrainedWinner


def validation_plots(winner: TrainedWinner, folder: Path) -> list[Path]:
    """Draw the pictures that fit the task, each as an HTML page that needs no network.

    Args:
        winner: what is shown on the validation part, each example as predicted by weights that were not
            trained on it.
        folder: created when missing.

    Returns:
        the files; some pictures are not drawn where they would show nothing.
    """
    from automl.tasks.shown import Shown

    prepared, task = winner.prepared, winner.prepared.task
    shown = Shown(
        task=task,
        encoded=prepared.targets,
        truth=prepared.validation.targets or {},
        predictions=winner.held_out(),
        inputs=prepared.validation.inputs,
    )
    drawn = []
    for place in task.declaration.plots:
        figure: Any = at_place(place)(shown)
        if figure is not None:
            drawn.append(folder / f"{place.rpartition(':')[2]}.html")
            write_page(drawn[-1], figure.to_html(include_plotlyjs="directory"))
    return drawn
