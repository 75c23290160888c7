"""Sets of classes: all whose probability is not less than what true classes of held-out rows usually have.

Of all sets with a coverage these have the fewest classes on average (LAC: Sadinle et al., 2019), and they
need no chance: adaptive sets (Romano et al., 2020) hold the coverage exactly only where a draw decides on
the last class, so that the same row would be answered differently twice. The class that is answered is
always in its set, so no set is empty; where a model is right more often than asked for, so are its sets.

Symbols: n rows, k classes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from automl.core.protected import GROUP
from automl.core.targets import TARGET
from automl.tasks.conformal.kept import Case, Kept, bound, by_group, finite
from automl.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class Sets:
    """Sets of classes.

    Attributes:
        members: which classes are in the set of each row ``(n, k) bool``.
    """

    members: np.ndarray

    def columns(self, case: Case, labels: Sequence[object]) -> dict[str, np.ndarray]:
        """``set``: a JSON list of classes, the most probable first."""
        order = np.argsort(-np.asarray(case.predictions[TARGET]), axis=1, kind="stable")
        ranked = np.where(np.take_along_axis(self.members, order, axis=1), order, -1)
        kinds, places = np.unique(ranked, axis=0, return_inverse=True)
        texts = [
            json.dumps([labels[code] for code in kind if code >= 0], ensure_ascii=False, default=str)
            for kind in kinds.tolist()
        ]
        return {"set": np.array(texts, object)[places.reshape(-1)]}

    def held(self, case: Case) -> tuple[np.ndarray, np.ndarray]:
        """Whether each holds the truth, and its number of classes."""
        true = np.asarray(case.encoded[TARGET]).argmax(axis=1)
        inside = self.members[np.arange(len(true)), true]
        return inside[:, None, None], self.members.sum(axis=1, dtype=np.float64)[:, None, None]


class OfClasses:
    """Sets of classes by their probabilities ``(n, k)``; see ``tasks.conformal.kept.Conformal``.

    Scores are the probabilities that are not the true class's ``(n,)``.
    """

    size = "classes in a set, on average"
    two_sided = False
    in_blocks = False
    reads: tuple[str, ...] = ()

    def scored(self, case: Case) -> Kept:
        """Scores of the true classes."""
        true = np.asarray(case.encoded[TARGET]).argmax(axis=1)
        return Kept(scores=_others(case)[np.arange(len(true)), true], groups=case.groups)

    def tell(self, kept: Kept, case: Case, coverage: float) -> Sets:
        """Return sets."""
        others = _others(case)
        members = np.zeros(others.shape, bool)
        for rows, scores in by_group(kept, case):
            members[rows] = others[rows] <= bound(scores, coverage)
        answer = cast(Any, case.task).answers(case.predictions, case.encoded.get(GROUP))
        members[np.arange(len(members)), answer] = True
        return Sets(members=members)

    def plain(self, kept: Kept, task: Task, coverage: float) -> dict[str, Any]:
        """Return ``bound``: what is not of a class may be no more, for it to be in the set."""
        own = kept.plain(lambda scores: {"bound": finite(bound(scores, coverage))})
        return {"kind": "sets", "coverage": coverage, **own}


OF_CLASSES = OfClasses()


def _others(case: Case) -> np.ndarray:
    """What is not of each class ``(n, k)``; float32 in both places, so that equal probabilities tie."""
    return np.float32(1) - np.asarray(case.predictions[TARGET], np.float32)
