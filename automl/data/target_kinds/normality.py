"""Normality: whether rows are normal, as far as that is known. Nothing is learned from it.

There may be no such column at all, and any cell of it may be empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.data.flags import Flags
from automl.data.label_types import LabelType
from automl.data.target_kinds.label import KIND as LABEL
from automl.tasks.declaration import NORMALITY as NAME
from automl.tasks.declaration import TargetFacts, TaskDeclaration


class Normality:
    """The kind; see ``TargetKind``."""

    in_columns = True
    single = True

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Leave every column to the other kinds: a task must be asked for."""
        return False

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Nothing but the kind."""
        return TargetFacts(kind=NAME)

    def flags(self, frame: pd.DataFrame) -> Flags | None:
        """Look at the only column, where there is one."""
        return LABEL.flags(frame) if frame.shape[1] else None

    def read(self, frame: pd.DataFrame, where: str, flags: Flags | None) -> tuple[np.ndarray, np.ndarray]:
        """Read class names ``(n,)`` object array of str, empty where nothing is known; every row counts."""
        rows = np.ones(len(frame), dtype=bool)
        if not frame.shape[1]:
            return np.full(len(frame), "", dtype=object), rows
        return LABEL.read(frame, where, flags)[0], rows

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell of several spellings of a class."""
        return LABEL.notes(frame) if frame.shape[1] else ()

    def check(self, targets: np.ndarray, task: TaskDeclaration, names: Sequence[str], where: str) -> None:
        """Refuse more than two classes."""
        classes = sorted({*targets.tolist()} - {""})
        if len(classes) > 2:
            shown = ", ".join(repr(item) for item in classes[:5])
            raise DataError(
                f"{where}: expected at most two classes in {names[0]!r}, normal and not, got "
                f"{len(classes)} ({shown}, ...). Join them to two, or leave the target out."
            )

    def label_type(self, frame: pd.DataFrame, *, typed: bool) -> LabelType:
        """Look at the only column, where there is one."""
        return LABEL.label_type(frame, typed=typed) if frame.shape[1] else "str"

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """Leave scores as they are."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """Tell how many rows are labelled."""
        known = np.asarray(targets).astype(str)
        known = known[known != ""]
        return (
            LABEL.words(known) + f" among {len(known):,} labelled rows" if len(known) else ", not labelled"
        )


KIND = Normality()
