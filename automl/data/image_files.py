"""Picture files and their labels: class folders, flat folders, tables of paths, single files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import numpy as np
import pandas as pd

from automl.core.errors import ConfigError, DataError, suggest
from automl.data.choice import checked_drop
from automl.data.class_folders import FileKind, any_files, class_files
from automl.data.confined import within_reach
from automl.data.modality import ReadOptions
from automl.data.source import PICTURE_SUFFIXES, Source
from automl.data.tables import listed

if TYPE_CHECKING:
    from automl.data.tables import Table


PICTURE_FILES = FileKind(words="images", suffixes=PICTURE_SUFFIXES)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Picture files that are still to be decoded.

    Attributes:
        paths: the files.
        keys: name of each, relative to the source.
        labels: one column per target, or None when there are none.
        where: what messages call the source.
        notes: what a user should know.
        groups: group of each file, or None.
        times: time of each file, or None.
        classes: whether the labels name classes even where they are numbers, as folders' names do.
        schema: what ``list_again`` must know (JSON).
        rows: row of each in the table that names it, or None.
        masks: whether the labels are paths of masks.
    """

    paths: tuple[Path, ...]
    keys: np.ndarray
    where: str
    labels: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    groups: np.ndarray | None = None
    times: np.ndarray | None = None
    classes: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict)
    rows: np.ndarray | None = None
    masks: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each target."""
        return () if self.labels is None else tuple(str(name) for name in self.labels.columns)

    def take(self, rows: np.ndarray) -> Listing:
        """Return the files at positions ``rows``."""
        return replace(
            self,
            paths=tuple(self.paths[row] for row in rows),
            keys=self.keys[rows],
            labels=None if self.labels is None else self.labels.iloc[rows],
            groups=None if self.groups is None else self.groups[rows],
            times=None if self.times is None else self.times[rows],
            rows=None if self.rows is None else self.rows[rows],
        )

    def companions(self, rows: np.ndarray) -> dict[str, Any]:
        """The fields of ``Examples`` that go beside inputs and targets, at positions ``rows``."""
        return {
            "keys": {"file": self.keys[rows]},
            "groups": None if self.groups is None else self.groups[rows],
            "times": None if self.times is None else self.times[rows],
            "rows": None if self.rows is None else self.rows[rows],
        }


def list_files(source: Source, options: ReadOptions) -> Listing:
    """List the labelled pictures of a folder or a table.

    Raises:
        DataError: there are none, or the labels cannot be found.
    """
    if source.kind == "folder":
        return _class_folders(source, options.target, fewest=2)
    return _labelled_table(source, options)


def list_again(source: Source, schema: Mapping[str, Any], *, targets: bool) -> Listing:
    """List pictures of another source; without ``targets`` any folder or a single picture will do.

    Raises:
        DataError: there are none, or a column of training is missing.
    """
    if source.path is not None and source.path.is_file() and PICTURE_FILES.has(source.path):
        if targets:
            raise DataError(f"{source.path}: a single image has no label. Pass a folder per class.")
        return Listing(paths=(source.path,), keys=_texts([source.path.name]), where=str(source.path))
    if source.kind != "folder":
        return _table_again(source, schema, targets=targets)
    return _class_folders(source, (), fewest=1) if targets else _any_folder(source)


def _class_folders(source: Source, target: tuple[str, ...], *, fewest: int) -> Listing:
    walked = class_files(_root(source), PICTURE_FILES, fewest=fewest)
    told = (f"The folders' names are the labels; the target {target[0]!r} was not used.",) if target else ()
    return Listing(
        paths=walked.files,
        keys=_texts(walked.names),
        where=str(walked.root),
        labels=pd.DataFrame({"class": list(walked.classes)}, dtype=object),
        classes=True,
        notes=(*walked.notes, *told),
    )


def _any_folder(source: Source) -> Listing:
    walked = any_files(_root(source), PICTURE_FILES)
    return Listing(
        paths=walked.files, keys=_texts(walked.names), where=str(walked.root), notes=walked.notes
    )


def _labelled_table(source: Source, options: ReadOptions) -> Listing:
    table = _read(source, options.header)
    names = list(table.frame.columns)
    if not options.target:
        raise DataError(
            f"{table.where}: name the column with the labels (target). Columns: {', '.join(names)}."
        )
    wanted = [options.group_column, options.time_column]
    for name in (*options.target, *filter(None, wanted)):
        _require_column(name, names, table.where)
    if options.keep:
        raise ConfigError(
            f"{table.where}: keep makes columns features, and images alone are read here. Leave it out,"
            " or read all columns: --modality mixed."
        )
    dropped = checked_drop(names, options, options.target, table.where)
    named = {*options.target, *filter(None, wanted)} | dropped
    column = _path_column(table, named)
    listing = _listing(
        table,
        column,
        source,
        targets=options.target,
        group=options.group_column,
        time=options.time_column,
        schema={
            "path_column": column,
            "header": options.header,
            "target": list(options.target),
        },
    )
    unread = [name for name in names if name not in {*named, column, options.id_column}]
    told = (f"Images alone are read, and not the columns {listed(unread)}.",) if unread else ()
    return replace(listing, notes=(*listing.notes, *told))


def _table_again(source: Source, schema: Mapping[str, Any], *, targets: bool) -> Listing:
    table = _read(source, schema.get("header", True))
    wanted = tuple(schema.get("target", schema["names"])) if targets else ()
    for name in wanted:
        _require_column(name, list(table.frame.columns), table.where)
    column = str(schema.get("path_column", ""))
    if column not in table.frame.columns:
        column = _path_column(table, set(schema.get("target", ())))
    return _listing(table, column, source, targets=wanted)


def _read(source: Source, header: bool) -> Table:
    from automl.data.tables import read_table

    return read_table(source, header=header)


def _require_column(name: str, names: list[str], where: str) -> None:
    if name not in names:
        raise DataError(f"{where} has no column {name!r}. {suggest(name, names)}")


def _path_column(table: Table, taken: set[str]) -> str:
    """The first free column most of whose cells are names of picture files."""
    for name in table.frame.columns:
        if name not in taken and _share_of_pictures(table.frame[name]) > 0.5:
            return str(name)
    raise DataError(
        f"{table.where}: expected a column with paths of images (ending in "
        f"{', '.join(PICTURE_SUFFIXES)}), found none among: {', '.join(table.frame.columns)}."
    )


def _share_of_pictures(column: pd.Series[Any]) -> float:
    return float(column.head(200).astype(str).str.strip().str.lower().str.endswith(PICTURE_SUFFIXES).mean())


def _listing(
    table: Table,
    column: str,
    source: Source,
    *,
    targets: tuple[str, ...],
    group: str | None = None,
    time: str | None = None,
    schema: Mapping[str, Any] | None = None,
) -> Listing:
    from automl.data.tables import as_text
    from automl.data.time_cells import sortable_times

    base = source.path.parent if source.path is not None else Path.cwd()
    cells = as_text(table.frame[column])
    return Listing(
        paths=tuple(path_of(base, cell) for cell in cells),
        keys=cells,
        where=table.where,
        labels=table.frame[list(targets)] if targets else None,
        notes=table.notes,
        groups=as_text(table.frame[group]) if group else None,
        times=sortable_times(table.frame[time], table.where) if time else None,
        schema=schema or {},
        rows=np.arange(len(cells)),
    )


def path_of(base: Path, cell: str) -> Path:
    """The file that a cell names: relative, absolute, or a ``file:`` URL; also as Windows writes it."""
    if cell.lower().startswith("file:"):
        return within_reach(base / url2pathname(urlsplit(cell).path), cell)
    plain = base / cell
    windows = "\\" in cell and not plain.exists()
    return within_reach(base / cell.replace("\\", "/") if windows else plain, cell)


def _root(source: Source) -> Path:
    return source.path or Path()


def _texts(values: Any) -> np.ndarray:
    return np.array(list(values), dtype=object)
