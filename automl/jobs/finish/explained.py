"""What the winner relies on, for the report: what can be told within seconds, on rows not trained on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from automl.core.reports import Section
from automl.core.targets import count_rows
from automl.data.forecast_table import channels_of
from automl.data.modality import Examples
from automl.explanations.catalog import METHODS
from automl.explanations.method import NotExplainedError, Subject
from automl.explanations.methods.attention import attends
from automl.explanations.pieces import COLOURS
from automl.jobs.explaining import labels_of, rates_of
from automl.jobs.finish.exported import load_model
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.report.judging import Judged
from automl.jobs.session import Session

SECONDS = 3.0
"""Time for each method."""

SHARE, LEAST = 0.3, 0.5
"""Share of the time left that each may take where it is limited, and seconds below which none is begun."""

IMPORTANCE, MAPS, ATTENTION = "importance", "maps", "attention"

MOST_MISTAKES = 6
"""Of the worst, that maps are drawn of."""

LARGEST = 300 * 300
"""Pixels of a picture up to which maps take seconds."""


def explained_sections(session: Session, winner: TrainedWinner, judged: Judged) -> tuple[Section, ...]:
    """Return the sections of methods that suit the winner; none where there is no time."""
    seconds = session.share(SHARE, SECONDS)
    if seconds < LEAST:
        return ()
    validation = winner.prepared.validation
    mistakes = tuple(item.row for item in judged.evidence.mistakes[:MOST_MISTAKES])
    subject = Subject(
        task=winner.prepared.task,
        examples=validation,
        rows=mistakes,
        predict=HeldOut(winner=winner),
        objective=session.intake.objectives[0],
        model=cache(lambda: load_model(session.folder.model)),
        labels=labels_of(session.intake.dataset.schema),
        channels=channels_of(session.intake.dataset.schema),
        rates=rates_of(session.intake.dataset.schema),
        seconds=seconds,
        seed=session.config.seed,
    )
    names = [IMPORTANCE, *([MAPS] if mistakes and _small_pictures(validation) else [])]
    if mistakes and any(attends(member.core) for member in winner.members):
        names.append(ATTENTION)
    sections = []
    for name in names:
        try:
            section = METHODS[name].section(METHODS[name].explain(subject))
        except NotExplainedError:
            continue  # the report tells what it can
        told = "Of the worst mistakes." if name == ATTENTION else _rows_told(winner, judged)
        sections.append(replace(section, text=f"{told} {section.text}"))
    return tuple(sections)


def _rows_told(winner: TrainedWinner, judged: Judged) -> str:
    if winner.parts and not all(member.folds for member in winner.members):
        return f"On rows that the network was trained on, too, as it was trained on all {judged.rows:,}."
    return f"On rows that were not trained on ({judged.part})."


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Asks the winner, each row by networks that were not trained on the example it is made from.

    Attributes:
        winner: with its networks.
    """

    winner: TrainedWinner

    def __call__(
        self, inputs: Mapping[str, np.ndarray], of: np.ndarray | None = None, /
    ) -> Mapping[str, np.ndarray]:
        """Predict raw inputs; see ``automl.explanations.method.Predict``."""
        encoded = self.winner.prepared.preprocessing.transform(Examples(inputs=inputs))
        if of is None or not self.winner.parts:
            return self.winner.answers(encoded)
        count = count_rows(inputs)
        folds = self._folds[of]
        # all folds are asked in calls of one size, as each new one is compiled for
        size = max(np.bincount(folds).max(), 1)
        found: dict[str, np.ndarray] = {}
        for fold in np.unique(folds).tolist():
            rows = np.flatnonzero(folds == fold)
            answers = self.winner.answers(encoded, np.resize(rows, size), fold=fold)
            for name, values in answers.items():
                whole = found.setdefault(name, np.zeros((count, *values.shape[1:]), values.dtype))
                whole[rows] = values[: len(rows)]
        return found

    @cached_property
    def _folds(self) -> np.ndarray:
        """The fold that holds each example of the validation part out ``(n,) int``."""
        folds = np.zeros(len(self.winner.prepared.validation), int)
        for fold, part in enumerate(self.winner.parts):
            folds[part.validation] = fold
        return folds


def _small_pictures(examples: Examples) -> bool:
    """Whether some input is a picture that is not too large."""
    shapes = [values.shape for values in examples.inputs.values()]
    return any(
        len(shape) == 4 and shape[-1] in COLOURS and shape[1] * shape[2] <= LARGEST for shape in shapes
    )
