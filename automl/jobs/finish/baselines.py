"""Trivial rules, scored as trials are: on a part that is held out, or on each fold by the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from automl.core.specs import COSTS, TrialRecord
from automl.jobs.intake.setting import Setting
from automl.tasks.task import TaskScorer

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


def _parts(
    setting: Setting,
) -> Iterator[tuple[dict[str, np.ndarray], dict[str, dict[str, np.ndarray]], np.ndarray | None]]:
    """Encoded targets, the predictions of each rule for them, and the group of each."""
    prepared = setting.prepared
    task, train = prepared.task, prepared.split.train_targets
    if not setting.parts:
        targets = dict(prepared.targets)
        examples = prepared.validation
        yield targets, task.baselines(train, targets, examples.inputs), examples.groups
    for part in setting.parts:
        targets = {name: values[part.validation] for name, values in prepared.targets.items()}
        seen = {name: values[part.train] for name, values in train.items()}
        examples = prepared.validation.take(part.validation)
        yield targets, task.baselines(seen, targets, examples.inputs), examples.groups
