"""The audit of a job's data, told before anything is trained."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from automl.data.audit.finding import Finding
from automl.data.modality import Dataset, Examples
from automl.data.source import Source

if TYPE_CHECKING:
    from automl.data.alike.sets import Alike
    from automl.data.splits import Fold

MOST_TOLD = 5
"""Findings that are told one by one; the report has all of them."""


def audited(
    source: Source,
    dataset: Dataset,
    folds: tuple[Fold, ...],
    validation: Examples | None,
    alike: Alike | None,
    note: Callable[[str], None],
) -> tuple[Finding, ...]:
    """Return what is suspicious about the data, and tell it; nothing that is found stops a search.

    Args:
        source: where the data came from.
        dataset: what reading it gave.
        folds: of the split.
        validation: validation data of the user's, or None.
        alike: which examples are equal or nearly so, or None.
        note: tells the user something.
    """
    from automl.data.audit.audit import audit

    with source.phases.phase("auditing the data"):
        try:
            found = audit(dataset, folds, validation, alike)
        except Exception:  # odd data is no reason not to search
            logging.getLogger("automl").debug("The data could not be audited.", exc_info=True)
            return ()
    for item in found[:MOST_TOLD]:
        note(f"Audit: {item.text}")
    if len(found) > MOST_TOLD:
        note(f"Audit: {len(found) - MOST_TOLD} more findings; `automl audit DATA` lists all.")
    return found
