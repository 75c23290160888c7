"""Which modality a source holds, when the user does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from automl.data.source import PICTURE_SUFFIXES, Source

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from automl.data.modality import ReadOptions


def infer_modality(source: Source, options: ReadOptions) -> str:
    """Return ``tabular``, ``image``, ``text`` or ``series``.

    Rules, in this order: a ``.ts`` file or a given horizon is a series; a folder, ``sklearn:digits``
    and pixel-like arrays are images; a table whose column holds file names of pictures is images; a
    table that is mostly free text is text; any other table is tabular.
    """
    if source.kind == "ts" or options.forecasts:
        return "series"
    if source.kind == "folder":
        return "image"
    if source.kind == "sklearn":
        return "image" if source.name == "digits" else "tabular"
    if source.kind in ("npz", "arrays"):
        return _of_array(_first_array(source))
    return _of_table(source, options)


def _first_array(source: Source) -> Any:
    import numpy as np

    if source.kind == "arrays":
        content = source.content
        return np.asarray(content[0] if isinstance(content, tuple) else content)
    from automl.data.npz import read_npz

    return max(read_npz(source).values(), key=lambda item: item.ndim)


def _of_array(array: Any) -> str:
    if array.ndim == 1 and array.dtype.kind in "OU":
        return "text" if isinstance(array[0], str) else "series"
    if array.ndim <= 2:
        return "tabular"
    return "image" if array.ndim >= 4 or array.dtype.kind == "u" else "series"


def _of_table(source: Source, options: ReadOptions) -> str:
    from automl.data.modalities.text import looks_like_text
    from automl.data.tables import read_table

    frame = read_table(source, header=options.header).frame
    frame = frame.drop(columns=list(options.drop), errors="ignore")
    if _names_pictures(frame):
        return "image"
    return "text" if options.target and looks_like_text(frame, options.target) else "tabular"


def _names_pictures(frame: pd.DataFrame) -> bool:
    from automl.data.tables import as_text

    head = frame.head(50)
    return not head.empty and any(_are_pictures(as_text(head[column])) for column in head.columns)


def _are_pictures(cells: np.ndarray) -> bool:
    named = sum(cell.lower().endswith(PICTURE_SUFFIXES) for cell in cells.tolist())
    return bool(named > 0.9 * len(cells))
