"""Boxes with labels: annotation files give them, see ``data.scenes``; ragged, see ``core.boxes``."""

from __future__ import annotations

import numpy as np

from automl.data.target_kinds.kind import Elsewhere


def _told(targets: np.ndarray) -> str:
    """How many there are."""
    counts = [len(boxes) for boxes in targets]
    return f", {sum(counts):,} of them, {min(counts)} to {max(counts)} in an image"


KIND = Elsewhere(told=_told)
