"""Files of a joint task whose targets are predicted as files, such as masks beside boxes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from automl.core.catalog import at_place
from automl.tasks.catalog import TASKS
from automl.tasks.mask_files import PREDICTION

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def write_parts(table: pd.DataFrame, folder: Path, description: Mapping[str, Any]) -> pd.DataFrame:
    """Write what some targets predict as files, each by its own task.

    Args:
        table: predictions, with a column for each target.
        folder: where the files go.
        description: of the joint task.

    Returns:
        the table with names of files, relative to the folder, in place of what they hold.
    """
    for name, part in description["parts"].items():
        place = TASKS[part["kind"]].writes
        if place:
            own = table.rename(columns={name: PREDICTION})
            table = at_place(place)(own, folder, part).rename(columns={PREDICTION: name})
    return table
