"""Trivial rules, scored as trials are: on a part that is held out, or on each fold by the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from automl.core.specs import COSTS, TrialRecord
from automl.core.targets import count_rows, take_rows
from automl.jobs.intake.setting import Setting
from automl.tasks.task import LearnsBaselines, TaskScorer

if TYPE_CHECKING:
    import numpy as np


def baseline_records(setting: Setting) -> tuple[TrialRecord, ...]:
    """Score the task's trivial rules on the validation part; with folds each row out of fold."""
    prepared, objectives = setting.prepared, setting.objectives
    scorers: dict[str, TaskScorer] = {}
    for targets, rules, groups in _parts(setting):
        for name, predictions in rules.items():
            scorer = scorers.setdefault(name, prepared.task.scorer())
            scorer.update(targets, predictions, groups)
    records = []
    for index, (name, scorer) in enumerate(scorers.items()):
        metrics = scorer.result()
        known = {**metrics, **dict.fromkeys(COSTS, 0.0)}
        record = TrialRecord(
            number=-1 - index,
            configuration={},
            state="complete",
            scores=tuple(known[item.name] for item in objectives),
            metrics=metrics,
            baseline=name,
        )
        records.append(record)
    return tuple(records)


def baseline_predictions(setting: Setting) -> dict[str, dict[str, np.ndarray]]:
    """Return what trivial rules say of the validation part, by rule; with folds of each row out of fold.

    Those that have to be learned are left out.
    """
    import numpy as np

    total = count_rows(setting.prepared.targets)
    places = [part.validation for part in setting.parts] or [np.arange(total)]
    found: dict[str, dict[str, np.ndarray]] = {}
    for rows, (_, rules, _) in zip(places, _parts(setting, learned=False), strict=True):
        for rule, predictions in rules.items():
            for name, values in predictions.items():
                known = found.setdefault(rule, {})
                if name not in known:
                    known[name] = np.zeros((total, *values.shape[1:]), values.dtype)
                known[name][rows] = values
    return found


def _parts(
    setting: Setting, *, learned: bool = True
) -> Iterator[tuple[dict[str, np.ndarray], dict[str, dict[str, np.ndarray]], np.ndarray | None]]:
    """Encoded targets, the predictions of each rule for them, and the group of each."""
    prepared, task = setting.prepared, setting.prepared.task
    for part in setting.parts or (None,):
        split, examples, targets = prepared.split, prepared.validation, prepared.targets
        train, ahead, seen = split.train, split.validation, split.train_targets
        if part is not None:
            examples, targets = examples.take(part.validation), take_rows(targets, part.validation)
            train, seen = take_rows(train, part.train), take_rows(seen, part.train)
            ahead = take_rows(ahead, part.validation)
        rules = task.baselines(seen, targets, examples.inputs)
        if learned and isinstance(task, LearnsBaselines):
            rules |= task.learned_baselines(train, seen, ahead)
        yield dict(targets), rules, examples.groups
