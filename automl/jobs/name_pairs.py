"""Files that name pairs of examples, as ``pairs.txt`` of Labeled Faces in the Wild does.

That is Huang et al. (2007). A line of three fields, ``name 1 2``, is a pair of the same; one of four,
``name 1 other 2``, a pair of others. Fields stand apart by tabs, or by blanks where there are none. Lines
of one or two numbers alone, such as the header that tells how many pairs there are, are passed over.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from automl.core.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

MOST_MISSING = 0.05
"""Share of the pairs that may name examples which are not there."""


def rows_of_pairs(
    path: Path, names: Sequence[str] | np.ndarray, files: Sequence[str] | np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Find the examples that a file of pairs names.

    Args:
        path: of the file.
        names: name of each example.
        files: file of each example; the number at the end of its stem is the one that pairs name.

    Returns:
        positions of the examples of each pair ``(m, 2)``, whether both show the same ``(m,) bool``, and how
        many pairs were left out as an example is not there.

    Raises:
        DataError: the file is no such list, or more than a twentieth of the examples are not there.
    """
    import numpy as np

    places = _numbered(names, files)
    found: list[tuple[int, int]] = []
    same: list[bool] = []
    missing: list[str] = []
    for first, second in _pairs(path):
        at = places.get(first, -1), places.get(second, -1)
        if -1 in at:
            missing.append("{} {}".format(*(first if at[0] < 0 else second)))
            continue
        found.append(at)
        same.append(first[0] == second[0])
    if len(missing) > MOST_MISSING * (len(found) + len(missing)) or not found:
        raise DataError(
            f"{path}: {len(missing)} of {len(found) + len(missing)} pairs name images that are not there,"
            f" the first is {missing[0]}. Expected a folder for each name, in which files end in a number"
            " (name/name_0001.jpg)."
        )
    return np.array(found), np.array(same), len(missing)


def _numbered(
    names: Sequence[str] | np.ndarray, files: Sequence[str] | np.ndarray
) -> dict[tuple[str, int], int]:
    """Position of each example by name and number."""
    places: dict[tuple[str, int], int] = {}
    for place, (name, file) in enumerate(zip(names, files, strict=True)):
        number = re.search(r"(\d+)$", PurePosixPath(str(file).replace("\\", "/")).stem)
        if number is None:
            continue
        key = (str(name), int(number[1]))
        if key in places:
            raise DataError(
                f"{files[places[key]]} and {file} both are number {key[1]} of {key[0]!r}: pairs cannot tell"
                " them apart."
            )
        places[key] = place
    return places


def _pairs(path: Path) -> list[tuple[tuple[str, int], tuple[str, int]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read: {error}.") from None
    pairs = []
    for number, line in enumerate(lines, start=1):
        fields = line.strip().split("\t") if "\t" in line.strip() else line.split()
        if not fields or (len(fields) < 3 and all(field.isdigit() for field in fields)):
            continue
        first, second = (fields[0], *fields[1:2]), (fields[0], *fields[2:3])
        if len(fields) == 4:
            second = (fields[2], fields[3])
        if len(fields) not in (3, 4) or not (first[1].isdigit() and second[1].isdigit()):
            raise DataError(
                f"{path}, line {number}: expected 'name number number' or 'name number name number', got"
                f" {line[:80]!r}."
            )
        pairs.append(((first[0], int(first[1])), (second[0], int(second[1]))))
    if not pairs:
        raise DataError(f"{path} names no pairs.")
    return pairs
