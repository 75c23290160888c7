"""Several targets: columns of different kinds, each a target of its own; see ``data.target_columns``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from automl.data.label_types import LabelType
from automl.data.tables import as_number
from automl.data.target_kinds.catalog import kind_of
from automl.data.target_kinds.flags import is_flag
from automl.tasks.catalog import TASKS
from automl.tasks.declaration import SEVERAL as NAME
from automl.tasks.declaration import TargetFacts


class Several:
    """The kind; see ``TargetKind``. How each column is read is said by the kind of that column."""

    in_columns = True
    single = False

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Take several columns that are neither all numbers nor all yes and no.

        Numbers beside a column of yes and no are an amount and a class, also where those are 0 and 1.
        """
        if frame.shape[1] == 1:
            return False
        flags = sum(is_flag(frame[name]) for name in frame.columns)
        words = any(as_number(frame[name])[1] for name in frame.columns)
        return flags < frame.shape[1] and (flags > 0 or words)

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Say what they are."""
        return TargetFacts(kind=NAME)

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """Bring each target's column to its type, by the kind of that target."""
        facts = cast(Mapping[str, Any], kind)
        own = {}
        for name, task in facts["tasks"].items():
            answer, of_one = {"prediction": decoded[name]}, kind_of(TASKS[task])
            own[name] = of_one.in_own_type(answer, facts["types"][name], spelled=spelled)["prediction"]
        return {**decoded, **own}

    def words(self, targets: np.ndarray) -> str:
        """Nothing: each target is told of by itself."""
        return ""


KIND = Several()
