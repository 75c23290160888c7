"""Boxes with labels: annotation files give them, see ``data.scenes``; they are not read from columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.data.label_types import LabelType


class Boxes:
    """The kind; see ``TargetKind``. Raw targets are ragged, see ``core.boxes``."""

    in_columns = False

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """They are text already."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """Tell how many there are."""
        counts = [len(boxes) for boxes in targets]
        return f", {sum(counts):,} of them, {min(counts)} to {max(counts)} in an image"


KIND = Boxes()
