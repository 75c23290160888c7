"""Protected groups: rows that are compared so that no group of people is treated worse.

Plain data, so that it can stand in options and in a fitted task.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, suggest

if TYPE_CHECKING:
    import numpy as np

GROUP = "protected"
"""Name under which the group of each row travels beside the encoded targets."""

OTHERS = "all others"
"""The group of rows whose own is small, or was not met in the search."""

JOINT = ", "
"""Between the values of several columns, which together are a group."""

REWEIGHING, THRESHOLDS = "reweighing", "thresholds"
MITIGATIONS = (REWEIGHING, THRESHOLDS)
"""What makes answers of groups more alike: weights of training rows, a threshold for each group."""


@dataclass(frozen=True, kw_only=True)
class Protected:
    """Which columns are protected, and which groups they make.

    Attributes:
        columns: by name.
        groups: those that stand for themselves; rows of any other count as ``OTHERS``.
    """

    columns: tuple[str, ...]
    groups: tuple[str, ...]

    def of_rows(self, compared: Mapping[str, np.ndarray]) -> np.ndarray | None:
        """Return the group of each row ``(n,)`` object array of str; None where a column is missing.

        Args:
            compared: the cells of columns, by name.
        """
        import numpy as np

        if not set(self.columns) <= compared.keys():
            return None
        names = joint_names(self.columns, compared)
        names[~np.isin(names.astype(str), np.array(self.groups, str))] = OTHERS
        return names

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return {"columns": list(self.columns), "groups": list(self.groups)}

    @classmethod
    def of(cls, values: Mapping[str, Any] | None) -> Protected | None:
        """Return what ``plain`` was of; None of None."""
        if values is None:
            return None
        return cls(columns=tuple(values["columns"]), groups=tuple(values["groups"]))


def columns_named(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the columns that options name, each once; a comma stands between several in one."""
    parts = (part for text in texts for part in str(text).split(","))
    return tuple(dict.fromkeys(part for part in parts if part.strip()))


def check_mitigation(mitigate: Iterable[str], protected: tuple[str, ...], *, kept: bool) -> None:
    """Refuse to make answers alike by unknown means, or without groups.

    Args:
        mitigate: by what.
        protected: the columns that make groups.
        kept: whether these are to be features.

    Raises:
        ConfigError: see the message.
    """
    for name in mitigate:
        if name not in MITIGATIONS:
            raise ConfigError(f"Unknown mitigate {name!r}. {suggest(name, MITIGATIONS)}")
    if (tuple(mitigate) or kept) and not protected:
        text = "mitigate and keep_protected are about protected columns: name them by protected."
        raise ConfigError(text)


def joint_names(columns: tuple[str, ...], compared: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the values of several columns as one name for each row ``(n,)`` object array of str."""
    import numpy as np

    parts = [np.asarray(compared[name], object) for name in columns]
    names = parts[0].copy()
    for part in parts[1:]:
        names = names + JOINT + part
    return np.asarray(names, object)
