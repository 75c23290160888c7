"""Layers from raw columns of a table to tensors; all fitted values stand in their configuration.

They take NumPy arrays as they are, since not every backend can hold texts, dates and float64. Numbers
are float64 until offset and scale are off.

Legend: n rows, k numeric columns, d date columns, c categorical columns, q quantiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.data.preprocessing.wide import cast, constant, space_of, widened
from automl.data.raw_values import NO_DATE
from automl.private_keras import take_arrays

DATE_NUMBERS = ("days", "day of month", "time of day")
DATE_CODES = {"month": 13, "weekday": 8, "hour": 25}
"""Categorical parts of a date and their sizes, 0 being a missing date."""

_DAY = 86_400


@keras.saving.register_keras_serializable(package="automl")
class StackColumns(keras.layers.Layer):
    """Put single columns ``(n,)`` of one type side by side: ``(n, columns)``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        take_arrays(self)

    def front(self) -> dict[str, Any]:
        """What it does, see ``automl.formats.cut``: nothing but put columns side by side."""
        return {"kind": "columns"}

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Stack."""
        return space_of(inputs[0]).stack(list(inputs), axis=1)

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Told here, because strings have no symbolic stacking."""
        return KerasTensor((inputs[0].shape[0], len(inputs)), dtype=inputs[0].dtype)


@keras.saving.register_keras_serializable(package="automl")
class JoinColumns(keras.layers.Layer):
    """Put blocks of numbers ``(n, ...)`` side by side, in float64."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float64", "autocast": False, **kwargs})
        take_arrays(self)

    def call(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """``(n, k)`` each to ``(n, sum of k) float64``."""
        blocks = [widened(block) for block in inputs]
        return space_of(blocks[0]).concatenate(blocks, axis=1)

    def compute_output_spec(self, inputs: Sequence[KerasTensor]) -> KerasTensor:
        """Shape and type."""
        width = sum(block.shape[1] for block in inputs)
        return KerasTensor((inputs[0].shape[0], width), dtype="float64")


@keras.saving.register_keras_serializable(package="automl")
class RobustScale(keras.layers.Layer):
    """Centre, scale and smoothly clip numbers, and tell where they were missing.

    Each column becomes ``f((x - centre) * factor)`` with ``f(z) = z / sqrt(1 + (z / 3)^2)`` in (-3, 3),
    as in RealMLP (Holzmüller et al., 2024); missing is 0. A column of 0 and 1 per position in ``flagged``
    follows, 1 where that column is missing.

    Args:
        centres: median of each column.
        factors: one over the spread of each column, 0 for constant ones.
        flagged: positions of the columns that get an indicator.
    """

    def __init__(
        self, centres: Sequence[float], factors: Sequence[float], flagged: Sequence[int], **kwargs: Any
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        take_arrays(self)
        self.centres = [float(value) for value in centres]
        self.factors = [float(value) for value in factors]
        self.flagged = [int(value) for value in flagged]

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k) float64`` with NaN to ``(n, k + len(flagged)) float32``."""
        numbers = widened(inputs)
        space = space_of(numbers)
        missing = space.isnan(numbers)
        centres, factors = constant(self.centres, numbers), constant(self.factors, numbers)
        filled = space.where(missing, centres, numbers)
        # At 1e15 spreads the clipped value is 3; the square of more might overflow.
        scaled = space.clip((filled - centres) * factors, -1e15, 1e15)
        clipped = cast(scaled / space.sqrt(1.0 + space.square(scaled / 3.0)), "float32")
        if not self.flagged:
            return clipped
        flags = cast(space.take(missing, np.asarray(self.flagged, np.int32), axis=1), "float32")
        return space.concatenate([clipped, flags], axis=1)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((inputs.shape[0], inputs.shape[1] + len(self.flagged)), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Everything fitted."""
        own = {"centres": self.centres, "factors": self.factors, "flagged": self.flagged}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class Components(keras.layers.Layer):
    """Replace collinear numbers by the directions that they vary in, clipped as ``RobustScale`` clips.

    Missing numbers count as the mean.

    Args:
        centres: mean of each column.
        factors: one over the deviation of each column, 0 for constant ones.
        weights: of the columns ``(k, m)``, see ``data.collinear.Directions``.
    """

    def __init__(
        self,
        centres: Sequence[float],
        factors: Sequence[float],
        weights: Sequence[Sequence[float]],
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        take_arrays(self)
        self.centres = [float(value) for value in centres]
        self.factors = [float(value) for value in factors]
        self.directions = [[float(value) for value in column] for column in weights]

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k) float64`` with NaN to ``(n, m) float32``."""
        numbers = widened(inputs)
        space = space_of(numbers)
        centres, factors = constant(self.centres, numbers), constant(self.factors, numbers)
        filled = space.where(space.isnan(numbers), centres, numbers)
        scaled = space.clip((filled - centres) * factors, -1e12, 1e12)
        found = space.matmul(scaled, constant(self.directions, numbers))
        return cast(found / space.sqrt(1.0 + space.square(found / 3.0)), "float32")

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((inputs.shape[0], len(self.directions[0])), dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Everything fitted."""
        own = {"centres": self.centres, "factors": self.factors, "weights": self.directions}
        return {**super().get_config(), **own}


@keras.saving.register_keras_serializable(package="automl")
class RankScale(keras.layers.Layer):
    """Replace numbers by their place among edges, linear in between: 0 at the first, 1 at the last.

    Where the edges are quantiles, uniform bins of a rank are quantile bins of the number, as piecewise
    linear encodings need (Gorishniy et al., 2022). Missing is 0.5.

    Args:
        edges: for each column two rising values or more.
    """

    def __init__(self, edges: Sequence[Sequence[float]], **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        take_arrays(self)
        self.edges = [[float(value) for value in column] for column in edges]

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, k) float64`` with NaN to ``(n, k) float32``."""
        numbers = widened(inputs)
        if isinstance(numbers, np.ndarray):
            return self._of_arrays(numbers)
        most = max(len(column) for column in self.edges) - 1
        # a piece at infinity is never reached
        low = np.array([[*column[:-1], *[np.inf] * (most + 1 - len(column))] for column in self.edges])
        width = np.array([[*np.diff(column), *[1.0] * (most + 1 - len(column))] for column in self.edges])
        missing = ops.isnan(numbers)
        filled = ops.where(missing, constant([column[0] for column in self.edges], numbers), numbers)
        above = ops.expand_dims(filled, -1) - constant(low, numbers)
        pieces = cast(ops.clip(above / constant(width, numbers), 0.0, 1.0), "float32")
        counts = np.array([len(column) - 1 for column in self.edges], np.float32)
        return ops.where(missing, np.float32(0.5), ops.sum(pieces, axis=-1) / counts)

    def _of_arrays(self, numbers: np.ndarray) -> np.ndarray:
        ranks = [
            np.interp(numbers[:, at], column, np.linspace(0.0, 1.0, len(column)))
            for at, column in enumerate(self.edges)
        ]
        placed = np.where(np.isnan(numbers), 0.5, np.stack(ranks, axis=1))
        return placed.astype(np.float32)

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor(inputs.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Everything fitted."""
        return {**super().get_config(), "edges": self.edges}


@keras.saving.register_keras_serializable(package="automl")
class DateParts(keras.layers.Layer):
    """Expand dates, int64 seconds since 1970 with ``NO_DATE`` for missing, into parts.

    The calendar is the proleptic Gregorian one, computed in integers from the day number with years that
    begin in March, so that the leap day comes last.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        take_arrays(self)

    def call(self, inputs: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
        """``(n, d) int64`` to ``(n, 3 d) float32``, see ``DATE_NUMBERS``, and ``(n, 3 d) int32``."""
        space = space_of(inputs)
        missing = space.equal(inputs, np.int64(NO_DATE))
        seconds = space.where(missing, space.zeros_like(inputs), inputs)
        days = space.floor_divide(seconds, _DAY)
        clock = seconds - days * _DAY
        month, day_of_month = _calendar(days)
        weekday = space.mod(days + 3, 7) + 1
        hour = space.floor_divide(clock, 3600) + 1
        numbers = cast(space.concatenate([days, day_of_month, clock], axis=1), "float32")
        gone = space.concatenate([missing] * 3, axis=1)
        codes = cast(space.concatenate([month, weekday, hour], axis=1), "int32")
        return space.where(gone, np.float32("nan"), numbers), space.where(
            gone, space.zeros_like(codes), codes
        )

    def compute_output_spec(self, inputs: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
        """Shapes and types of numbers and codes."""
        shape = (inputs.shape[0], 3 * inputs.shape[1])
        return KerasTensor(shape, dtype="float32"), KerasTensor(shape, dtype="int32")

    def front(self) -> dict[str, Any]:
        """What its outputs are, see ``automl.formats.cut``."""
        return {"kind": "dates", "parts": ["numbers", "codes"]}


@keras.saving.register_keras_serializable(package="automl")
class CategoryLookup(keras.layers.Layer):
    """Replace the text of categorical columns by codes from 1; 0 is missing or never seen in training.

    On TensorFlow one table holds the words of all columns, and a sorted list tells which word of which
    column has which code: quick to build and to save also for hundreds of columns. Other backends have no
    texts; there arrays of them are looked up in dictionaries, and TensorFlow need not be loaded.

    Args:
        vocabularies: for each column its known words.
    """

    def __init__(self, vocabularies: Sequence[Sequence[str]], **kwargs: Any) -> None:
        super().__init__(autocast=False, **kwargs)
        take_arrays(self)
        self.vocabularies = [[str(word) for word in column] for column in vocabularies]
        if keras.backend.backend() == "tensorflow":
            self._make_table()
        else:
            self._known = [_numbered(words) for words in self.vocabularies]

    def _make_table(self) -> None:
        words = list(dict.fromkeys(word for column in self.vocabularies for word in column))
        self._lookup = keras.layers.StringLookup(vocabulary=words or ["-"], num_oov_indices=1)
        number = _numbered(words)
        self._stride = len(words) + 2
        pairs = sorted(
            (column * self._stride + number[word], code)
            for column, known in enumerate(self.vocabularies)
            for code, word in enumerate(known, start=1)
        )
        self._keys = np.array([key for key, _ in pairs] or [-1], np.int32)
        self._codes = np.array([code for _, code in pairs] or [0], np.int32)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Nothing to create: the table of words is made with the layer."""

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """``(n, c) string`` to ``(n, c) int32``."""
        if keras.backend.backend() != "tensorflow":
            return ops.convert_to_tensor(self._looked_up(np.asarray(inputs)))
        words = ops.cast(self._lookup(inputs), "int32")
        columns = np.arange(len(self.vocabularies), dtype=np.int32) * np.int32(self._stride)
        keys = ops.reshape(words + columns, (-1,))
        places = ops.searchsorted(ops.convert_to_tensor(self._keys), keys)
        places = ops.minimum(places, len(self._keys) - 1)
        known = ops.equal(ops.take(self._keys, places), keys)
        codes = ops.where(known, ops.take(self._codes, places), 0)
        return ops.reshape(codes, (-1, len(self.vocabularies)))

    def _looked_up(self, texts: np.ndarray) -> np.ndarray:
        codes = np.zeros(texts.shape, np.int32)
        for place, known in enumerate(self._known):
            words = texts[:, place].tolist()
            if set(map(type, words)) != {str}:
                words = list(map(_text, words))
            codes[:, place] = list(map(known.get, words, repeat(0)))
        return codes

    def front(self) -> dict[str, Any]:
        """How texts become codes, see ``automl.formats.cut``."""
        return {"kind": "codes", "vocabularies": self.vocabularies}

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Shape of the codes."""
        return KerasTensor(inputs.shape, dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """The known words."""
        return {**super().get_config(), "vocabularies": self.vocabularies}


@keras.saving.register_keras_serializable(package="automl")
class NoInnerFold(keras.layers.Layer):
    """Say that each row is in no inner fold: from codes ``(n, c) int32`` to zeros ``(n, 1) int32``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        take_arrays(self)

    def call(self, inputs: KerasTensor) -> KerasTensor:
        """Zeros."""
        return space_of(inputs).zeros_like(inputs[:, :1])

    def compute_output_spec(self, inputs: KerasTensor) -> KerasTensor:
        """Shape and type."""
        return KerasTensor((inputs.shape[0], 1), dtype="int32")


def _text(word: Any) -> Any:
    return word.decode("utf-8", "replace") if isinstance(word, bytes) else word


def _numbered(words: Sequence[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(words, start=1)}


def _calendar(days: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    """Month (1-12) and day of the month (1-31) of days since 1970-01-01."""
    space = space_of(days)
    shifted = days + 719_468
    day_of_era = space.mod(shifted, 146_097)
    leaps = (
        space.floor_divide(day_of_era, 1_460)
        - space.floor_divide(day_of_era, 36_524)
        + space.floor_divide(day_of_era, 146_096)
    )
    year = space.floor_divide(day_of_era - leaps, 365)
    before = 365 * year + space.floor_divide(year, 4) - space.floor_divide(year, 100)
    day_of_year = day_of_era - before
    since_march = space.floor_divide(5 * day_of_year + 2, 153)
    day_of_month = day_of_year - space.floor_divide(153 * since_march + 2, 5) + 1
    return space.mod(since_march + 2, 12) + 1, day_of_month
