"""What an ensemble teaches: its predictions of training rows, and of rows mixed from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError
from automl.core.seeds import derive
from automl.core.targets import count_rows, held_rows, joined_rows, take_rows
from automl.data.modality import Examples
from automl.jobs.assembly import Prepared
from automl.jobs.finish.more_rows import can_be_mixed, mixed_rows
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.session import Session
from automl.tasks.task import Teaches
from automl.training.engine import Part, Split

if TYPE_CHECKING:
    import numpy as np

MORE, MOST_ROWS = 4, 60_000
"""Mixed rows for each training row, and rows in all up to which there are any."""

TRUTH = 0.5
"""Share of the true targets in what training rows teach (Hinton et al., 2015). Without it a network of
saratoga_houses kept 56 % of the ensemble's gain out of fold, with it all."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """What a network is taught.

    Attributes:
        inputs: preprocessed, by name.
        targets: predictions of the teachers, encoded as targets are.
        parts: rows of each fold's network; empty for one network.
        repeats: how many rows there are for each row of the training part.
    """

    inputs: Mapping[str, np.ndarray]
    targets: Mapping[str, np.ndarray]
    parts: tuple[Part, ...]
    repeats: float

    def prepared(self, prepared: Prepared) -> Prepared:
        """The data with what is taught in the place of the training part."""
        split = Split(
            train=self.inputs,
            train_targets=self.targets,
            validation=prepared.split.validation,
            scorer=prepared.split.scorer,
        )
        return replace(prepared, split=split)


def lesson_of(session: Session, teacher: TrainedWinner, *, by_fold: bool) -> Lesson:
    """Ask an ensemble.

    Args:
        session: the job.
        teacher: the ensemble.
        by_fold: whether networks of each fold are asked apart, about rows that they were trained on,
            so that what they teach has seen nothing of the others; else all are asked about all rows.
    """
    import numpy as np

    prepared, parts = session.setting.prepared, session.setting.parts if by_fold else ()
    rows: Sequence[np.ndarray | None] = [part.train for part in parts] or [None]
    inputs, targets = [], []
    for fold, some in enumerate(rows):
        random = np.random.default_rng(derive(session.config.seed, "lesson", fold, by_fold))
        inputs.append(_with_more(session, some, random))
        answers = teacher.answers(inputs[-1], fold=fold if parts else None)
        targets.append(_with_truth(teaching(prepared).lesson(answers), prepared, some))
    sizes = [count_rows(item) for item in inputs]
    taught = tuple(
        replace(part, train=np.arange(end - size, end, dtype=np.int32))
        for part, end, size in zip(parts, np.cumsum(sizes), sizes, strict=False)
    )
    real = sum(len(part.train) for part in parts) or count_rows(prepared.split.train_targets)
    return Lesson(
        inputs=joined_rows(inputs), targets=joined_rows(targets), parts=taught, repeats=sum(sizes) / real
    )


def teaching(prepared: Prepared) -> Teaches:
    """Return the task as one that teaches.

    Raises:
        ConfigError: it does not.
    """
    if not isinstance(prepared.task, Teaches):
        raise ConfigError(f"A {prepared.task.kind} task cannot be distilled.")
    return prepared.task


def _with_truth(
    answers: Mapping[str, np.ndarray], prepared: Prepared, some: np.ndarray | None
) -> Mapping[str, np.ndarray]:
    """Answers, of which those for training rows, which come first, are mixed with the true targets."""
    import numpy as np

    mixed = {}
    for name, values in answers.items():
        truth = prepared.split.train_targets[name]
        truth = truth if some is None else truth[some]
        own = (1 - TRUTH) * values[: len(truth)] + TRUTH * truth
        mixed[name] = np.concatenate([own, values[len(truth) :]]).astype(values.dtype)
    return mixed


def _with_more(
    session: Session, some: np.ndarray | None, random: np.random.Generator
) -> Mapping[str, np.ndarray]:
    """Preprocessed training rows, all or some, followed by rows mixed from them where rows can be mixed."""
    import numpy as np

    from automl.data.preprocessing.inner_folds import dealt_rows

    intake, prepared = session.intake, session.setting.prepared
    train, raw = prepared.split.train, intake.dataset.examples.inputs
    rows = np.arange(count_rows(train)) if some is None else some
    real = train if some is None else held_rows(train, rows)
    count = min(MORE * len(rows), MOST_ROWS - len(rows))
    if count <= 0 or not can_be_mixed(raw):
        return real
    # one fold is a part that is held out, whose rows are not trained on
    places = intake.folds[0].train[rows] if len(intake.folds) == 1 else rows
    own = take_rows(raw, places)
    dealt = dealt_rows(prepared.preprocessing.inputs, count, random)
    near = {name: values for name, values in real.items() if name not in dealt}
    mixed = mixed_rows(own, near, np.arange(len(rows)), count, random)
    return joined_rows([real, {**prepared.preprocessing.transform(Examples(inputs=mixed)), **dealt}])
