"""Identities: who or what each example shows, such as a person, an animal or a product.

They look like classes, and what is asked of them is another thing: later examples show others than those of
training. So nobody is taken to ask for it: users name the task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.data.flags import Flags, look_alikes_note
from automl.data.label_types import LabelType
from automl.data.labels import labels
from automl.tasks.declaration import IDENTITY as NAME
from automl.tasks.declaration import TargetFacts, TaskDeclaration

LEAST = 4
"""Two to learn to tell apart, and two others to be validated on."""


class Identity:
    """The kind; see ``TargetKind``."""

    in_columns = True
    single = True

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Take none: such columns are classes unless the user says otherwise."""
        return False

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Count the identities."""
        return TargetFacts(kind=NAME, classes=len({*labels(frame.iloc[:, 0]).tolist()} - {""}))

    def flags(self, frame: pd.DataFrame) -> Flags | None:
        """None: they are names."""
        return None

    def read(self, frame: pd.DataFrame, where: str, flags: Flags | None) -> tuple[np.ndarray, np.ndarray]:
        """Read names ``(n,)`` object array of str."""
        names = labels(frame.iloc[:, 0])
        return names, names != ""

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell of names that differ by case or blanks."""
        names = list(dict.fromkeys(labels(frame.iloc[:, 0]).tolist()))
        return look_alikes_note(f"Target {frame.columns[0]!r}", names)

    def check(self, targets: np.ndarray, task: TaskDeclaration, names: Sequence[str], where: str) -> None:
        """Refuse too few identities, or ones that have a single example each."""
        found, counts = np.unique(targets.astype(str), return_counts=True)
        if len(found) < LEAST:
            raise DataError(
                f"{where}: target {names[0]!r} has {len(found)} different names, expected at least {LEAST}:"
                f" {task.words} learns on some and is validated on others."
            )
        if (counts > 1).sum() < 2:
            raise DataError(
                f"{where}: target {names[0]!r} names nearly every example differently. Expected several"
                " examples of each identity."
            )

    def label_type(self, frame: pd.DataFrame, *, typed: bool) -> LabelType:
        """Names are texts, also where they are numbers: ``unknown`` is an answer, too."""
        return "str"

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """As they were decoded."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """Tell the number of identities, and how many examples they have."""
        counts = np.unique(np.asarray(targets).astype(str), return_counts=True)[1]
        each = f"{counts.min():,}" + (f" to {counts.max():,}" if counts.max() > counts.min() else "")
        return f", {len(counts):,} identities with {each} examples each"


KIND = Identity()
