"""The worst mistakes as a table, with what the model was given: numbers, words, small pictures."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np

from automl.core.figures import Cell, Picture, Table, rounded
from automl.data.modality import Examples
from automl.drawing.marks import clipped
from automl.tasks.shown import Evidence

MOST_INPUTS = 10
"""Inputs that are shown of each example."""

MOST_LETTERS = 240
"""Of a text."""

SHORT = 32
"""Letters of a heading."""

SIDE = 72
"""Of a picture, in pixels."""


def mistakes_table(evidence: Evidence, examples: Examples) -> Table | None:
    """Return the mistakes with their inputs; None where there are none."""
    if not evidence.mistakes:
        return None
    rows = np.array([item.row for item in evidence.mistakes], dtype=int)
    shown = examples.take(rows)
    names = list(shown.inputs)[:MOST_INPUTS]
    keys = {_heading(name, values): _firsts(values) for name, values in shown.keys.items()}
    made = tuple(
        (
            *(str(values[at]) for values in keys.values()),
            _answer(item.truth),
            _answer(item.answer),
            rounded(item.size, 4),
            *(cell_of(np.asarray(shown.inputs[name][at : at + 1])[0]) for name in names),
        )
        for at, item in enumerate(evidence.mistakes)
    )
    rest = len(shown.inputs) - len(names)
    note = f"Worst first, by {evidence.measure}."
    note += f" {rest} more inputs are not shown." if rest else ""
    size = evidence.measure if len(evidence.measure) <= SHORT else "size"
    columns = (*keys, "true", "predicted", size, *names)
    return Table(title="Worst mistakes", columns=columns, rows=made, note=note)


def cell_of(value: Any) -> Cell:
    """Return an input as it stands in a table."""
    if isinstance(value, str | bytes):
        text = value if isinstance(value, str) else value.decode("utf-8", "replace")
        return clipped(text, MOST_LETTERS)
    array = np.asarray(value)
    if array.size == 1 and array.dtype.kind in "biuf":
        return rounded(array.reshape(-1)[0], 5)
    if array.dtype.kind in "biuf" and array.ndim == 3 and array.shape[-1] in (1, 3, 4):
        return Picture(png=_png(array))
    if array.dtype.kind in "biuf" and array.size:
        known = array[np.isfinite(array)] if array.dtype.kind == "f" else array
        ends = f", {known.min():.4g} to {known.max():.4g}" if known.size else ""
        return f"{' × '.join(map(str, array.shape))} values{ends}"
    return cell_of(str(array.reshape(-1)[0]) if array.size == 1 else str(value))


def _heading(name: str, values: np.ndarray) -> str:
    return name if values.ndim == 1 else f"{name} from"


def _firsts(values: np.ndarray) -> np.ndarray:
    """What names each example ``(n,)``: of one with a name for each step the first."""
    return values if values.ndim == 1 else values[:, 0]


def _answer(value: str | float) -> Cell:
    return value if isinstance(value, str) else rounded(value)


def _png(pixels: np.ndarray) -> str:
    from PIL import Image

    values = np.nan_to_num(pixels.astype(np.float64))
    if values.max(initial=0.0) <= 1.0 and pixels.dtype.kind == "f":
        values = values * 255
    plain = values.clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(plain[:, :, 0] if plain.shape[-1] == 1 else plain)
    picture.thumbnail((SIDE, SIDE))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()
