"""Which layout a source has, and what its annotations say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from automl.core.errors import DataError
from automl.data.modality import ReadOptions
from automl.data.scenes import coco, table, voc, yolo
from automl.data.scenes.scene import Scenes
from automl.data.source import TABLES, Source
from automl.data.tables import read_table


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a folder keeps boxes.

    Attributes:
        words: what users are told it is.
        recognises: whether a source is such a folder.
        read: what its annotations say.
    """

    words: str
    recognises: Callable[[Source], bool]
    read: Callable[[Source], Scenes]


LAYOUTS = tuple(
    Layout(words=module.LAYOUT, recognises=module.recognises, read=module.read)
    for module in (voc, coco, yolo)
)
"""The first that recognises a folder reads it."""


def layout_of(source: Source, options: ReadOptions) -> str:
    """Return what layout a source has, in words; empty where it holds no boxes."""
    if source.kind == "folder":
        found = next((layout for layout in LAYOUTS if layout.recognises(source)), None)
        return "" if found is None else found.words
    if source.kind not in TABLES:
        return ""
    frame = read_table(source, header=options.header).frame
    return table.LAYOUT if table.columns_of(frame.head(1000), options.target) else ""


def read_scenes(source: Source, options: ReadOptions) -> tuple[Scenes, dict[str, Any]]:
    """Read the boxes of a source, and what is needed to read others of its kind (JSON).

    Raises:
        DataError: there are none.
    """
    if source.kind == "folder":
        for layout in LAYOUTS:
            if layout.recognises(source):
                return layout.read(source), {}
    elif source.kind in TABLES:
        whole = read_table(source, header=options.header)
        columns = table.columns_of(whole.frame, options.target)
        if columns is not None:
            kept = {"columns_of_boxes": asdict(columns), "header": options.header}
            return table.read(source, whole.frame, columns, whole.where), kept
    words = ", ".join(layout.words for layout in LAYOUTS)
    corners = " or ".join(", ".join(table.FORMS[at]) for at in (0, 4))
    raise DataError(
        f"{source.path or source.name} holds no boxes: expected a folder of {words}, or a table with a"
        f" column of image paths, a label, and {corners}."
    )


def read_scenes_again(source: Source, kept: Mapping[str, Any]) -> Scenes:
    """Read the boxes of another source, a table by the columns of training.

    Raises:
        DataError: there are none.
    """
    if source.kind in TABLES and "columns_of_boxes" in kept:
        whole = read_table(source, header=kept["header"])
        columns = table.columns_again(whole.frame, kept["columns_of_boxes"], whole.where)
        return table.read(source, whole.frame, columns, whole.where)
    return read_scenes(source, ReadOptions())[0]
