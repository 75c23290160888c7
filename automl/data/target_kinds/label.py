"""Labels: one class of several for each example. Yes and no are two classes however they are spelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from automl.core.errors import DataError
from automl.core.names import first_names
from automl.data.class_or_amount import are_amounts
from automl.data.flags import Flags, find_flags, look_alikes_note, spellings_note
from automl.data.kinds.date import date_forms
from automl.data.label_types import LabelType, class_type, in_own_type
from automl.data.labels import labels, no_number
from automl.data.raw_values import BAD_SHARE
from automl.data.tables import as_number
from automl.tasks.declaration import LABEL as NAME
from automl.tasks.declaration import TargetFacts, TaskDeclaration

TOLD = 6
"""Classes that a user is told the shares of; of more the number."""


class Label:
    """The kind; see ``TargetKind``."""

    in_columns = True
    single = True

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Take any single column but dates, and amounts among which a few cells are words."""
        if frame.shape[1] > 1:
            return False
        series = frame.iloc[:, 0]
        _refuse_dates(series, where)
        _refuse_amounts_with_words(series, where, numbered=numbered)
        return True

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Count the classes."""
        names = labels(frame.iloc[:, 0])
        count = 2 if find_flags(names) else len(set(names.tolist()) - {""})
        return TargetFacts(kind=NAME, classes=count)

    def flags(self, frame: pd.DataFrame) -> Flags | None:
        """Look at the only column."""
        return find_flags(labels(frame.iloc[:, 0]))

    def read(self, frame: pd.DataFrame, where: str, flags: Flags | None) -> tuple[np.ndarray, np.ndarray]:
        """Read class names ``(n,)`` object array of str."""
        names = labels(frame.iloc[:, 0])
        return (flags.spell(names) if flags else names), names != ""

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell of several spellings, and of classes that differ by case or blanks."""
        name, words = str(frame.columns[0]), list(dict.fromkeys(labels(frame.iloc[:, 0]).tolist()))
        if find_flags(np.array(words, object)):
            return spellings_note(name, words)
        return look_alikes_note(f"Target {name!r}", words)

    def check(self, targets: np.ndarray, task: TaskDeclaration, names: Sequence[str], where: str) -> None:
        """Refuse one class, more than the task has, or nearly a class per row."""
        name, classes = names[0], sorted(set(targets.tolist()))
        if len(classes) < 2:
            raise DataError(
                f"{where}: target {name!r} has only one class ({classes[0]!r}): nothing to learn."
            )
        if task.classes is not None and len(classes) > task.classes:
            shown = ", ".join(repr(item) for item in classes[:5])
            raise DataError(
                f"{where}: target {name!r} has {len(classes)} classes ({shown}, ...), expected"
                f" {task.classes}. Choose the task multiclass."
            )
        if len(classes) > 50 and len(classes) > len(targets) / 2:
            raise DataError(
                f"{where}: target {name!r} has {len(classes)} different texts in {len(targets)} rows:"
                " expected classes that repeat, or numbers. Is it the right column?"
            )

    def label_type(self, frame: pd.DataFrame, *, typed: bool) -> LabelType:
        """Look at the only column."""
        return class_type(frame.iloc[:, 0], typed=typed)

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """Bring the predicted class to its type."""
        return {**decoded, "prediction": in_own_type(decoded["prediction"], kind, spelled=spelled)}

    def words(self, targets: np.ndarray) -> str:
        """Tell the number of classes, and the shares of the largest."""
        names, counts = np.unique(np.asarray(targets).astype(str), return_counts=True)
        order = np.argsort(-counts, kind="stable")[:TOLD]
        shares = [f"{names[place]} ({100 * counts[place] / len(targets):.3g}%)" for place in order]
        return f", {len(names)} classes: {first_names(shares, TOLD, of=len(names))}"


KIND = Label()


def _refuse_dates(series: pd.Series[Any], where: str) -> None:
    """Refuse dates as targets: each would be a class of its own."""
    if date_forms(series):
        raise DataError(
            f"{where}: target {series.name!r} holds dates, which are neither amounts nor classes. Turn them"
            " into numbers, such as days since a date, or treat them as classes: --task multiclass."
        )


def _refuse_amounts_with_words(series: pd.Series[Any], where: str, *, numbered: bool) -> None:
    """Refuse amounts among which a few cells are words: they would be classes, one for each amount."""
    if pd.api.types.is_bool_dtype(series.dtype):
        return
    numbers, bad = as_number(series)
    known = numbers[~np.isnan(numbers)]
    if bad and bad <= BAD_SHARE * (len(known) + bad) and are_amounts(known, numbered=numbered):
        expected = "a number as in most rows of this target"
        advice = "Fix or empty them, or treat them as classes: --task multiclass."
        raise no_number(series, numbers, bad, where, expected=expected, advice=advice)
