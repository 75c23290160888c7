"""Windows of a running text as positions in it: many texts in the memory of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.windows import Windows


@dataclass(frozen=True, eq=False)
class TextWindows:
    """A read-only object array ``(n,)`` of stretches of one text, of which only each start is kept.

    Indexing gives NumPy arrays of ``str`` or ``bytes``; ``take`` gives windows again.

    Args:
        text: characters, or bytes of UTF-8 of which a window may cut a character.
        starts: position of each window's first unit ``(n,) int64``.
        length: units of each window.
        ends: position behind each window's last unit ``(n,) int64``, of windows of different lengths, up to
            ``length``; or None.

    Raises:
        ValueError: a window reaches over an end of the text.
    """

    text: str | bytes
    starts: np.ndarray
    length: int
    ends: np.ndarray | None = None

    def __post_init__(self) -> None:
        stops = self.stops
        if len(stops) and not (self.starts.min() >= 0 and stops.max() <= len(self.text)):
            raise ValueError(f"a window of {self.length} units reaches over a text of {len(self.text)}")

    @property
    def stops(self) -> np.ndarray:
        """Position behind each window's last unit ``(n,)``."""
        return self.starts + self.length if self.ends is None else self.ends

    @property
    def shape(self) -> tuple[int]:
        """``(n,)``."""
        return (len(self.starts),)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Objects."""
        return np.dtype(object)

    @property
    def ndim(self) -> int:
        """One axis."""
        return 1

    @property
    def nbytes(self) -> int:
        """Bytes of text and starts, about."""
        return len(self.text) + self.starts.nbytes

    def take(self, rows: np.ndarray | slice) -> TextWindows:
        """Return the windows at positions ``rows``, of the same text."""
        ends = None if self.ends is None else self.ends[rows]
        return TextWindows(self.text, self.starts[rows], self.length, ends)

    def over(self, base: np.ndarray) -> Windows:
        """Return the windows, all of one length, at the same places of what each unit became
        ``(T, channels)``.
        """
        return Windows(base, self.starts, self.length)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Any) -> Any:
        starts, stops = self.starts[index], self.stops[index]
        if np.ndim(starts) == 0:
            return self.text[int(starts) : int(stops)]
        made = np.empty(len(starts), dtype=object)
        made[:] = [
            self.text[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        ]
        return made

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All stretches, copied."""
        return np.asarray(self[:], dtype)
