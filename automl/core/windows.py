"""Windows of time series as positions in the series: many overlapping windows in the memory of one series.

T  steps of the base, n  windows, L  steps of each, c  channels
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


@dataclass(frozen=True, eq=False)
class Windows:
    """A read-only array ``(n, L, c)`` of which only the series and each window's start are kept.

    Indexing gives a NumPy array, as of an array of that shape; ``take`` gives windows again.

    Args:
        base: ``(T, c)``; several series lie end to end in it.
        starts: position in ``base`` of each window's first step ``(n,) int64``.
        length: steps of each window, at most T.

    Raises:
        ValueError: a window reaches over an end of the base.
    """

    base: np.ndarray
    starts: np.ndarray
    length: int

    def __post_init__(self) -> None:
        last = len(self.base) - self.length
        if last < 0 or (len(self.starts) and not 0 <= self.starts.min() <= self.starts.max() <= last):
            raise ValueError(f"a window of {self.length} steps reaches over {len(self.base)} rows")

    @property
    def shape(self) -> tuple[int, int, int]:
        """``(n, L, c)``."""
        return len(self.starts), self.length, self.base.shape[1]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.base.dtype

    @property
    def ndim(self) -> int:
        """Three axes."""
        return 3

    @property
    def nbytes(self) -> int:
        """Bytes of series and starts, which is what these windows take."""
        return self.base.nbytes + self.starts.nbytes

    def take(self, rows: np.ndarray | slice) -> Windows:
        """Return the windows at positions ``rows``, of the same base."""
        return Windows(self.base, self.starts[rows], self.length)

    def over(self, base: np.ndarray) -> Windows:
        """Return the windows at the same places of another base ``(T, channels)``."""
        return Windows(base, self.starts, self.length)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Any) -> np.ndarray:
        rows, *rest = index if isinstance(index, tuple) else (index,)
        if rows is None or rows is Ellipsis:
            return np.asarray(np.asarray(self)[index])
        if isinstance(rows, slice):
            return np.asarray(self._every[(slice(None), *rest)][self.starts[rows]])
        return np.asarray(self._every[(self.starts[rows], *rest)])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All windows: a view where they follow each other at one distance, else copied."""
        steps = np.unique(np.diff(self.starts))
        if len(steps) == 1 and steps[0] > 0:
            values = self._every[self.starts[0] : self.starts[-1] + 1 : steps[0]]
        elif copy is False:
            raise ValueError("windows at irregular places need a copy")
        else:
            values = self._every[self.starts]
        return np.array(values, dtype=dtype) if copy else np.asarray(values, dtype=dtype)

    @cached_property
    def _every(self) -> np.ndarray:
        """The window at each position of the base ``(T - L + 1, L, c)``, a read-only view."""
        return sliding_window_view(self.base, self.length, axis=0).transpose(0, 2, 1)
