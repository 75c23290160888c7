"""What a kind of target is: how target columns are recognised, read and told of.

Kinds are asked in turn whether columns are theirs; a task names the kind that it takes. So what targets
are is decided in one place, whatever the examples are: rows, pictures or series.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, runtime_checkable

import numpy as np
import pandas as pd

from automl.core.notes import Note
from automl.data.flags import Flags
from automl.data.label_types import LabelType
from automl.tasks.declaration import TargetFacts, TaskDeclaration


class TargetKind(Protocol):
    """One kind of target; implementations are modules' plain objects.

    Attributes:
        in_columns: whether it is read from columns, one row per example: it is a ``ColumnTargets`` then.
    """

    in_columns: bool

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """Return decoded predictions in the type that the targets had.

        Args:
            decoded: columns of ``Task.decode``.
            kind: what ``ColumnTargets.label_type`` found.
            spelled: leave booleans spelled as they were, for a file.
        """
        ...

    def words(self, targets: np.ndarray) -> str:
        """Return what a user is told of the values, to go on behind the targets' names."""
        ...


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A kind of target that is not read from columns, and whose predictions need no other type.

    Attributes:
        told: what a user is told of the values, see ``TargetKind.words``; nothing by default.
    """

    told: Callable[[np.ndarray], str] = lambda targets: ""

    in_columns: ClassVar[bool] = False

    def in_own_type(
        self, decoded: Mapping[str, Any], kind: LabelType, *, spelled: bool = False
    ) -> dict[str, Any]:
        """As they were decoded."""
        return dict(decoded)

    def words(self, targets: np.ndarray) -> str:
        """What is told."""
        return self.told(targets)


@runtime_checkable
class TellsUnseen(Protocol):
    """A kind of target of which a training part may lack something that occurs in another part."""

    def unseen(
        self, train: np.ndarray, held: np.ndarray, what: str, schema: Mapping[str, Any]
    ) -> tuple[Note, ...]:
        """Tell what of ``held`` the targets ``train`` lack.

        Args:
            train: raw targets of the training part.
            held: those of the other one.
            what: what the other one is: the beginning of a message.
            schema: of the data set.
        """
        ...


class ColumnTargets(TargetKind, Protocol):
    """A kind of target that is read from columns.

    Attributes:
        single: whether it takes one column only.
    """

    single: bool

    def recognises(self, frame: pd.DataFrame, where: str, *, numbered: bool) -> bool:
        """Whether target columns are of this kind.

        Args:
            frame: the target columns.
            where: what messages call the source.
            numbered: see ``class_or_amount``.

        Raises:
            DataError: they look like it, but for a slip that must be mended first.
        """
        ...

    def facts(self, frame: pd.DataFrame) -> TargetFacts:
        """Return what decides which task of this kind is meant."""
        ...

    def flags(self, frame: pd.DataFrame) -> Flags | None:
        """Return how classes of yes and no are spelled in training; None for anything else."""
        ...

    def read(self, frame: pd.DataFrame, where: str, flags: Flags | None) -> tuple[np.ndarray, np.ndarray]:
        """Return targets as ``Examples.targets`` has them, and which rows have one ``(n,)`` bool.

        Raises:
            DataError: a cell is no such target.
        """
        ...

    def notes(self, frame: pd.DataFrame) -> tuple[str, ...]:
        """Tell what is odd about the target columns."""
        ...

    def check(self, targets: np.ndarray, task: TaskDeclaration, names: Sequence[str], where: str) -> None:
        """Refuse targets, at least one, from which nothing can be learned.

        Raises:
            DataError: all are the same, or they do not fit the task.
        """
        ...

    def label_type(self, frame: pd.DataFrame, *, typed: bool) -> LabelType:
        """Return the type of the target columns, see ``label_types``.

        Args:
            frame: the target columns.
            typed: whether the columns' types are the user's own, not those of texts in a file.
        """
        ...
