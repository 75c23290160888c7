"""Continuation: what follows at each place of a text. It stands in the text itself, not in columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.data.label_types import LabelType


class Continuation:
    """The kind; see ``TargetKind``."""

    in_columns = False

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """They are numbers already."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """Nothing: the text is told of."""
        return ""


KIND = Continuation()
