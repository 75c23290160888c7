"""Protected groups: rows that are compared so that no group of people is treated worse.

Plain data, so that it can stand in options and in a fitted task.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
        alone: of several columns, the groups of each by itself that do.
    """

    columns: tuple[str, ...]
    groups: tuple[str, ...]
    alone: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of_rows(self, compared: Mapping[str, np.ndarray]) -> np.ndarray | None:
        """Return the group of each row ``(n,)`` object array of str; None where a column is missing.

        Args:
            compared: the cells of columns, by name.
        """
        if not set(self.columns) <= compared.keys():
            return None
        return _merged(joint_names(self.columns, compared), self.groups)

    def by_column(self, compared: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the group of each row ``(n,)`` by each of several columns, small ones merged as well."""
        return {name: _merged(compared[name], groups) for name, groups in self.alone.items()}

    def plain(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        alone = {name: list(groups) for name, groups in self.alone.items()}
        told = {"columns": list(self.columns), "groups": list(self.groups)}
        return {**told, "alone": alone} if alone else told

    @classmethod
    def of(cls, values: Mapping[str, Any] | None) -> Protected | None:
        """Return what ``plain`` was of; None of None."""
        if values is None:
            return None
        alone = {name: tuple(groups) for name, groups in values.get("alone", {}).items()}
        return cls(columns=tuple(values["columns"]), groups=tuple(values["groups"]), alone=alone)


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


def _merged(names: np.ndarray, groups: tuple[str, ...]) -> np.ndarray:
    """Names of groups ``(n,)``, those that do not stand for themselves as one."""
    import numpy as np

    known = np.isin(names.astype(str), np.array(groups, str))
    return np.where(known, names, OTHERS).astype(object)
