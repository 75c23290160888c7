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

    Raises:
        ValueError: a window reaches over an end of the text.
    """

    text: str | bytes
    starts: np.ndarray
    length: int

    def __post_init__(self) -> None:
        last = len(self.text) - self.length
        if len(self.starts) and not 0 <= self.starts.min() <= self.starts.max() <= last:
            raise ValueError(f"a window of {self.length} units reaches over a text of {len(self.text)}")

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
        return TextWindows(self.text, self.starts[rows], self.length)

    def over(self, base: np.ndarray) -> Windows:
        """Return the windows at the same places of what each unit became ``(T, channels)``."""
        return Windows(base, self.starts, self.length)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, index: Any) -> Any:
        chosen = self.starts[index]
        if np.ndim(chosen) == 0:
            return self.text[int(chosen) : int(chosen) + self.length]
        made = np.empty(len(chosen), dtype=object)
        made[:] = [self.text[start : start + self.length] for start in chosen.tolist()]
        return made

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        """All stretches, copied."""
        return np.asarray(self[:], dtype)
