"""Class maps: the class of each pixel of a picture. They are read from mask files beside the pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.data.label_types import LabelType


class ClassMap:
    """The kind; see ``TargetKind``."""

    in_columns = False

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """Masks have the values of training's already."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """Tell the number of classes, and the share of pixels without one."""
        unknown = float((targets < 0).mean())
        left_out = f", {100 * unknown:.2g}% of the pixels without one" if unknown else ""
        return f", {int(targets.max()) + 1} classes of pixels{left_out}"


KIND = ClassMap()
