"""Which files are parts of one recording: guessed by a column's name, or by the names of the files.

Clips cut from one video share place, light and people. A split that puts some of them on both sides tells
how well a model knows that video, and not how well it does on others.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from automl.data.cells import as_text, is_missing

PART = re.compile(
    r"(?i)^(?P<whole>.*[^\W_].*?)[ _.-]+(?:c|clip|part|seg|segment|shot|chunk|scene)[ _-]?\d+$"
)
"""A name that tells a part: ``v_Run_g01_c02`` of UCF101 (Soomro et al., 2012), ``cam3-clip-07``."""

MOST_SHARE = 0.6
"""Groups for each file at most: where nearly each file has one of its own, nothing is kept apart."""

FEWEST = 4
"""Groups at least: with fewer there is hardly a split."""


@dataclass(frozen=True, kw_only=True)
class GroupWords:
    """What files may be parts of.

    Attributes:
        one: what messages call it.
        many: the same in the plural.
        columns: words in the name of a column of such groups, in lower case.
    """

    one: str
    many: str
    columns: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class NameGroups:
    """Groups that names of files tell.

    Attributes:
        groups: of each file.
        example: one name and its group, for the user.
    """

    groups: tuple[str, ...]
    example: str


def column_of_groups(frame: pd.DataFrame, free: Sequence[str], words: GroupWords) -> str | None:
    """Return the column of groups of a table, or None.

    Its name consists of words for groups, and of ``id`` and the like; its values repeat.

    Args:
        frame: the table.
        free: columns without a role.
        words: see there.
    """
    for name in free:
        parts = {part for part in re.split(r"[\W_]+", name.lower()) if part}
        if parts & words.columns and parts <= words.columns | _COMMON:
            cells = as_text(frame[name]).tolist()
            if not any(map(is_missing, cells)) and _repeat(cells):
                return name
    return None


def groups_by_name(names: Sequence[str]) -> NameGroups | None:
    """Return the groups that names without suffixes tell, or None where not every one tells its own.

    Args:
        names: of the files, without suffixes.
    """
    found = [PART.match(name) for name in names]
    groups = [match["whole"] for match in found if match is not None]
    if len(groups) < len(names) or not _repeat(groups):
        return None
    return NameGroups(groups=tuple(groups), example=f"{names[0]} of {groups[0]}")


_COMMON = frozenset({"id", "name", "number", "no", "nr", "index", "file", "original"})


def _repeat(cells: Sequence[str]) -> bool:
    return FEWEST <= len(set(cells)) <= MOST_SHARE * len(cells)
