"""Rows of one array, decoded from files: each once, in parallel threads; a cache may keep them."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.notes import Note
from automl.core.phases import Phases
from automl.data.cache import ArrayCache, Draft, key_of
from automl.data.many_files import in_parallel, judged

SKIPPED = ("are skipped", "were skipped")
MISSING = ("count as missing", "count as missing")
"""What becomes of files that cannot be read, while that is decided and once it is."""


def why(error: Exception) -> str:
    """Return what is wrong with a file, in the words of what could not read it."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error) or type(error).__name__


@dataclass(frozen=True, kw_only=True)
class Decoding:
    """How files of one kind become rows.

    Attributes:
        words: what they are called, such as ``sounds``.
        shape: of a row.
        dtype: of the rows.
        read: decodes a file to a row.
        unreadable: what it raises for files that are cut off, garbled or of another kind.
        key: what else the rows depend on: the version of reading, the form that files are brought to.
        empty: fills the rows of files that are not there or cannot be read.
        broken: what becomes of unreadable ones, see ``MISSING``.
        reason: from an error to what is wrong.
        hint: from the faults to what goes behind the advice on too many of them.
        files: what there should be fewer of where time is short.
    """

    words: str
    shape: tuple[int, ...]
    dtype: Any
    read: Callable[[Path], np.ndarray]
    unreadable: tuple[type[Exception], ...]
    key: tuple[object, ...]
    empty: float = 0
    broken: tuple[str, str] = MISSING
    reason: Callable[[Exception], str] = why
    hint: Callable[[Sequence[str]], str] = lambda faults: ""
    files: str = "files"

    def rows(
        self, paths: Sequence[Path | None], where: str, cache: ArrayCache | None, phases: Phases
    ) -> Decoded:
        """Decode files.

        Args:
            paths: the files; None for a gap.
            where: what messages call their source.
            cache: keeps the rows, decoded straight into a mapped file and read-only then; taken up again
                for the same names, sizes and times of change of the files. Without one they lie in memory.
            phases: is told how many are decoded.

        Raises:
            DataError: more than 5 % are unreadable.
            TimeUpError: the deadline of the phases has passed.
        """
        shape = (len(paths), *self.shape)
        if cache is None:
            rows = np.empty(shape, self.dtype)
            faults = self._fill(rows, paths, phases)
        else:

            def build(draft: Draft) -> None:
                found = self._fill(draft.empty("rows", shape, self.dtype), paths, phases)
                self._judged(found, paths, where)
                draft.put("faults", np.array(found))

            arrays = cache.entry(key_of_files(paths, "rows", *self.key), build).arrays
            rows, faults = arrays["rows"], arrays["faults"].tolist()
        return Decoded(rows=rows, faults=faults, notes=self._judged(faults, paths, where))

    def _fill(self, rows: np.ndarray, paths: Sequence[Path | None], phases: Phases) -> list[str]:
        """Decode each file into its place; what is wrong with each, or nothing."""

        def fill(position: int) -> str:
            path = paths[position]
            try:
                rows[position] = self.empty if path is None else self.read(path)
            except self.unreadable as error:
                rows[position] = self.empty
                return f"{'/'.join(path.parts[-2:]) if path else ''}: {self.reason(error)}"
            return ""

        advice = f"fewer {self.files}"
        with phases.phase(f"decoding {self.words}", len(paths), unit=self.words, advice=advice) as phase:
            return in_parallel(fill, range(len(paths)), phase)

    def _judged(self, faults: Sequence[str], paths: Sequence[Path | None], where: str) -> tuple[Note, ...]:
        doing, done = self.broken
        count = sum(path is not None for path in paths)
        advice = self.hint([fault for fault in faults if fault])
        return judged(faults, count, f"{self.words} of {where}", doing=doing, done=done, advice=advice)


@dataclass(frozen=True, kw_only=True)
class Decoded:
    """What came of it.

    Attributes:
        rows: ``(n, ...)`` of all files, in their order.
        faults: what is wrong with each, empty where nothing is.
        notes: how many could not be read, with the first of them.
    """

    rows: np.ndarray
    faults: Sequence[str]
    notes: tuple[Note, ...]


def heads_of(
    paths: Sequence[Path],
    head: Callable[[Any], tuple[float, ...]],
    *,
    words: str,
    form: tuple[int, Any],
    key: tuple[object, ...],
    cache: ArrayCache | None,
    phases: Phases,
) -> np.ndarray:
    """Return what the heads of files say, a row each, without decoding them.

    Args:
        paths: the files.
        head: reads one; zeros where it cannot.
        words: what they are called.
        form: numbers that a head has, and their type.
        key: what else they depend on, such as the version of reading.
        cache: keeps them, or None.
        phases: is told how many are read.

    Raises:
        TimeUpError: the deadline of the phases has passed.
    """
    width, dtype = form

    def looked() -> np.ndarray:
        with phases.phase(f"looking at {words}", len(paths), unit=words) as phase:
            return np.array(in_parallel(head, paths, phase), dtype).reshape(-1, width)

    if cache is None:
        return looked()
    entry = cache.entry(key_of_files(paths, *key, "heads"), lambda draft: draft.put("heads", looked()))
    return entry.arrays["heads"]


def key_of_files(paths: Sequence[Path | None], *options: object) -> str:
    """Return the key of what is made of files, by their names, sizes and times of change, and options."""
    return key_of("files", [path and _stamp(path) for path in paths], *options)


def _stamp(path: Path) -> tuple[str, int, int]:
    """What changes when the file does: name, size, time of change; of a missing one the name alone.

    The whole name, since parts of one data set may hold files of the same names, sizes and times.
    """
    name = os.path.abspath(path)
    try:
        facts = path.stat()
    except OSError:
        return name, -1, -1
    return name, facts.st_size, facts.st_mtime_ns
