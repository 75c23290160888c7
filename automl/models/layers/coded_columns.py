"""What layers that read codes of categories have in common: which of the columns they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras


class CodedColumns(keras.layers.Layer):
    """Takes some of the categorical columns, to be derived from.

    Args:
        sizes: number of codes of every column.
        columns: positions of the columns to take.
    """

    def __init__(self, sizes: Sequence[int], columns: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sizes, self.columns = [int(size) for size in sizes], [int(column) for column in columns]

    def get_config(self) -> dict[str, Any]:
        """The columns."""
        return {**super().get_config(), "sizes": self.sizes, "columns": self.columns}
