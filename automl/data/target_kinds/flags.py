"""Flags: yes or no for each of several columns, as 0 and 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.notes import Note
from automl.data.flags import NO, YES, Flags
from automl.data.label_types import LabelType, flag_type, flags_in_own_type
from automl.data.labels import labels
from automl.data.target_kinds.amount import refuse_constant
from automl.tasks.declaration import FLAGS as NAME
from automl.tasks.declaration import TargetFacts, TaskDeclaration

_VALUES = {**dict.fromkeys(YES, 1.0), **dict.fromkeys(NO, 0.0)}


class FlagColumns:
    """The kind; see ``TargetKind``."""

    in_columns = True
    single = False

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Take several columns of nothing but yes and no; a single one holds two classes."""
        return frame.shape[1] > 1 and all(is_flag(frame[name]) for name in frame.columns)

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Say what they are."""
        return TargetFacts(kind=NAME)

    def flags(self, frame: pd.DataFrame) -> None:
        """Nothing: values are 0 and 1."""

    def read(self, frame: pd.DataFrame, where: str, flags: Flags | None) -> tuple[np.ndarray, np.ndarray]:
        """Read 0 and 1 ``(n, k)`` float32."""
        values = np.stack([_values(frame[name], where) for name in frame.columns], axis=1)
        return values, ~np.isnan(values).any(axis=1)

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell of targets of which each row has just one, as one-hot codes of classes do."""
        values, present = self.read(frame, "", None)
        if frame.shape[1] == 1 or not (values[present].sum(axis=1) == 1).all():
            return ()
        text = f"Each row has exactly one of the {frame.shape[1]} targets, but each is predicted by itself"
        hint = "if they are one-hot codes, use one column of classes instead, for example by argmax"
        return (Note(f"{text}: {hint}.", 1.0),)

    def check(self, targets: np.ndarray, task: TaskDeclaration, names: Sequence[str], where: str) -> None:
        """Refuse a column of one value."""
        refuse_constant(targets, names, where)

    def label_type(self, frame: pd.DataFrame, *, typed: bool) -> LabelType:
        """Look at each column."""
        return {"columns": {str(name): flag_type(frame[name], typed=typed) for name in frame.columns}}

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """Bring each column to its type, where that is known."""
        kinds = kind.get("columns", {}) if isinstance(kind, Mapping) else {}
        flags = {
            name: flags_in_own_type(decoded[name], own, spelled=spelled) for name, own in kinds.items()
        }
        return {**decoded, **flags}

    def words(self, targets: np.ndarray) -> str:
        """Nothing: the names say it."""
        return ""


KIND = FlagColumns()


def is_flag(series: pd.Series[Any]) -> bool:
    """Whether a column holds nothing but yes and no."""
    present = set(labels(series).tolist()) - {""}
    return all(text.lower() in _VALUES for text in present)


def _values(series: pd.Series[Any], where: str) -> np.ndarray:
    texts = labels(series)
    odd = [row for row, text in enumerate(texts) if text and text.lower() not in _VALUES]
    if odd:
        raise DataError(
            f"{where}, column {series.name!r}, row {odd[0] + 1}: expected 0 or 1 (true/false, yes/no)"
            f" in one of several targets, got {texts[odd[0]]!r}."
        )
    return np.array([_VALUES.get(text.lower(), np.nan) for text in texts], dtype=np.float32)
