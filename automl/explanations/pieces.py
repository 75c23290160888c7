"""What a raw input is made of, and what is left when some of it is taken away.

A cell of a table is one piece, a text is words, a series steps and channels, a picture pixels, a sound
spans of time and frequency, a video pixels of its frames. What is taken away becomes what is usual: the
median, the most frequent category, the mean colour, silence, an unknown word of the same length, so that
nothing else moves.

Symbols: n examples, w words, t steps, c channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from automl.core.figures import rounded
from automl.core.targets import held_rows, spread_rows
from automl.data.raw_values import NO_DATE
from automl.explanations.filtered import BANDS, SPANS, Filter
from automl.explanations.method import Subject

BACKGROUND = 64
"""Examples that tell what is usual."""

LEAST_WORDS = 3
"""Words of half of all texts, from which a column of different texts is not one of names."""

LONG_WORD = 15
"""Characters of a word on average above which a text has no blanks between words."""

UNKNOWN = "\u00a4"
"""A letter that no text has."""

COLOURS = (1, 3, 4)

_NO_RATES: Mapping[str, int] = {}


class Pieces(Protocol):
    """How values of one raw input are taken apart."""

    @property
    def label(self) -> str:
        """What users call the input."""
        ...

    @property
    def blocks(self) -> tuple[int, ...]:
        """Into how many blocks along each axis pieces are put, at most, where each costs a prediction."""
        ...

    def shape(self, value: Any) -> tuple[int, ...]:
        """Return the shape in which the pieces of a value stand; ``()`` for one piece."""
        ...

    def names(self, value: Any) -> tuple[str, ...]:
        """Return what each piece is, as text; nothing where that is a place."""
        ...

    def without(self, value: Any, gone: np.ndarray) -> Any:
        """Return a value without some pieces.

        Args:
            value: of the input.
            gone: ``shape(value)`` bool.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class Whole:
    """One piece: a number, a category, a date, or what cannot be taken apart.

    Attributes:
        label: see ``Pieces``.
        usual: stands in its place.
    """

    label: str
    usual: Any
    blocks: tuple[int, ...] = ()

    def shape(self, value: Any) -> tuple[int, ...]:
        """One piece."""
        return ()

    def names(self, value: Any) -> tuple[str, ...]:
        """The value itself, a date as a day."""
        if isinstance(value, np.integer):
            return ("missing",) if value == NO_DATE else (day_of(int(value)),)
        return (_text(value),)

    def without(self, value: Any, gone: np.ndarray) -> Any:
        """The usual value."""
        return self.usual if bool(gone) else value


@dataclass(frozen=True, kw_only=True)
class Words:
    """Words of a text, or its characters where it has no blanks.

    Attributes:
        label: see ``Pieces``.
        characters: whether each character is a piece.
    """

    label: str
    characters: bool = False
    blocks: tuple[int, ...] = (200,)

    def shape(self, value: Any) -> tuple[int, ...]:
        """``(w,)``, at least one."""
        return (len(self.names(value)),)

    def names(self, value: Any) -> tuple[str, ...]:
        """The words."""
        text = _text(value)
        return tuple(text if self.characters else text.split()) or ("",)

    def without(self, value: Any, gone: np.ndarray) -> Any:
        """The text with unknown words of the same length in the place of some."""
        kept = [
            UNKNOWN * len(word) if out else word for word, out in zip(self.names(value), gone, strict=True)
        ]
        return ("" if self.characters else " ").join(kept)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Steps of a series, each channel by itself.

    Attributes:
        label: see ``Pieces``.
        usual: of each channel ``(c,)``.
    """

    label: str
    usual: np.ndarray
    blocks: tuple[int, ...] = (16, 64)

    def shape(self, value: Any) -> tuple[int, ...]:
        """``(t, c)``."""
        return tuple(np.shape(value))

    def names(self, value: Any) -> tuple[str, ...]:
        """Places."""
        return ()

    def without(self, value: Any, gone: np.ndarray) -> Any:
        """The mean of the channel; what is missing stays so."""
        return np.where(gone & ~np.isnan(value), self.usual.astype(value.dtype), value)


@dataclass(frozen=True, kw_only=True)
class _Coloured:
    """Pixels, all colours of one together, along as many axes as there are ``blocks``.

    Attributes:
        label: see ``Pieces``.
        usual: the mean colour ``(c,)``.
    """

    label: str
    usual: np.ndarray
    blocks: tuple[int, ...]

    def shape(self, value: Any) -> tuple[int, ...]:
        """Height and width, of a video the frames before them."""
        return tuple(np.shape(value)[: len(self.blocks)])

    def names(self, value: Any) -> tuple[str, ...]:
        """Places."""
        return ()

    def without(self, value: Any, gone: np.ndarray) -> Any:
        """The mean colour."""
        return np.where(gone[..., None], self.usual.astype(value.dtype), value)


@dataclass(frozen=True, kw_only=True)
class Pixels(_Coloured):
    """Pixels of a picture."""

    blocks: tuple[int, ...] = (8, 8)


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Spans of time of a sound, each band of frequencies by itself.

    Attributes:
        label: see ``Pieces``.
        filter: takes sounds apart.
    """

    label: str
    filter: Filter
    blocks: tuple[int, ...] = (SPANS, BANDS)

    def shape(self, value: Any) -> tuple[int, ...]:
        """``(spans, bands)``."""
        return (SPANS, BANDS)

    def names(self, value: Any) -> tuple[str, ...]:
        """Places."""
        return ()

    def without(self, value: Any, gone: np.ndarray) -> Any:
        """Silence there."""
        return self.filter.without(value, gone)


@dataclass(frozen=True, kw_only=True)
class Clip(_Coloured):
    """Pixels of the frames of a video."""

    blocks: tuple[int, ...] = (8, 4, 4)


def value_text(value: Any) -> str:
    """Return a cell of a table as text: a date as a day, a number with six digits."""
    if isinstance(value, np.integer):
        return "(missing)" if value == NO_DATE else day_of(int(value))
    if isinstance(value, np.floating):
        return "(missing)" if np.isnan(value) else str(rounded(value, 6))
    return _text(value) or "(missing)"


def day_of(seconds: int) -> str:
    """Return the day of a date in seconds since 1970, as raw inputs hold it."""
    return str(np.datetime64(seconds, "s"))[:10]


def pieces_of(
    inputs: Mapping[str, np.ndarray], labels: Mapping[str, str], rates: Mapping[str, int] = _NO_RATES
) -> dict[str, Pieces]:
    """Return how each input is taken apart.

    Args:
        inputs: raw examples by name, which tell what is usual.
        labels: what users call inputs; by default their names.
        rates: samples of a second of those that are sounds.
    """
    made: dict[str, Pieces] = {}
    for name, values in inputs.items():
        label = labels.get(name, name)
        if name in rates:
            made[name] = Sound(label=label, filter=Filter(rate=rates[name]))
        else:
            made[name] = _pieces(label, np.asarray(values))
    return made


def pieces_beside(subject: Subject) -> dict[str, Pieces]:
    """Return how the inputs of a subject are taken apart, by some of its examples, evenly spread."""
    some = spread_rows(len(subject.examples), BACKGROUND)
    return pieces_of(held_rows(subject.examples.inputs, some), subject.labels, subject.rates)


def block_numbers(pieces: Pieces, shape: tuple[int, ...]) -> np.ndarray:
    """Return in which block each piece is ``shape`` int, from 0 without gaps."""
    number = np.zeros(shape, int)
    for axis, size in enumerate(shape):
        count = min(size, pieces.blocks[axis])
        along = np.arange(size) * count // size
        number = number * count + along.reshape([-1 if at == axis else 1 for at in range(len(shape))])
    return number


def _pieces(label: str, values: np.ndarray) -> Pieces:
    if values.dtype == object:
        texts = [_text(value) for value in values]
        counts = [len(text.split()) for text in texts]
        characters = sum(map(len, texts)) > LONG_WORD * max(1, sum(counts))
        differ = 2 * len(set(texts)) > len(texts)
        if differ and (characters or np.median(counts) >= LEAST_WORDS):
            return Words(label=label, characters=characters)
        known, often = np.unique(np.array(texts, dtype=str), return_counts=True)
        return Whole(label=label, usual=str(known[often.argmax()]))
    if values.ndim in (4, 5) and values.shape[-1] in COLOURS:
        kind = Pixels if values.ndim == 4 else Clip
        return kind(label=label, usual=values.reshape(-1, values.shape[-1]).mean(axis=0))
    if values.ndim == 3 and values.dtype.kind == "f":
        return Steps(label=label, usual=_mean(values.reshape(-1, values.shape[-1])))
    return Whole(label=label, usual=_median(values).astype(values.dtype))


def _median(values: np.ndarray) -> np.ndarray:
    """Of the numbers that are known; of what has several axes, missing ones count as 0."""
    if values.dtype.kind == "f":
        known = values[np.isfinite(values)] if values.ndim == 1 else np.nan_to_num(values)
        values = known if len(known) else np.zeros_like(values[:1])
    return np.asarray(np.median(values, axis=0))


def _mean(values: np.ndarray) -> np.ndarray:
    known = np.isfinite(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
