"""What others than the winner predict for the rows that trials were scored on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError
from automl.jobs.finish.baselines import baseline_predictions
from automl.jobs.finish.records import Records
from automl.jobs.finish.winner import TrainedWinner
from automl.jobs.report.choosing import MOST_VALUES, Choice, Rivals, choice_of
from automl.jobs.session import Session
from automl.jobs.trial.kept import load_outputs
from automl.jobs.trial.plan import in_order
from automl.tasks.decoding import finished

if TYPE_CHECKING:
    import numpy as np

LEAST_RIVALS = 3
"""So many rivals must fit beside the winner, or nothing is compared."""


def chosen(session: Session, records: Records, winner: TrainedWinner) -> Choice | None:
    """Return what the choice among trials made of the winner's scores; None where it cannot be told."""
    prepared = winner.prepared
    declaration = prepared.task.declaration
    if declaration.lists or declaration.compares:
        return None
    predictions = winner.held_out()
    if (1 + LEAST_RIVALS) * _size(predictions) > MOST_VALUES:
        return None
    members = [member.record.number for member in winner.members]
    rivals = Rivals(
        winner=predictions,
        trials=_trials(session, records, winner, _size(predictions)),
        rules=baseline_predictions(session.setting),
        alone=members[0] if len(members) == 1 else None,
    )
    return choice_of(
        prepared.task,
        prepared.targets,
        prepared.validation.groups,
        rivals,
        session.intake.objectives[0],
        seed=session.config.seed,
    )


def _trials(
    session: Session, records: Records, winner: TrainedWinner, size: int
) -> dict[int, Mapping[str, np.ndarray]]:
    """Predictions of the trials of which outputs are kept, the best first, as many as fit."""
    found: dict[int, Mapping[str, np.ndarray]] = {}
    objective = session.intake.objectives[0]
    scored = [record for record in records.trials if record.scores and record.state != "failed"]
    for record in in_order(scored, objective):
        if (len(found) + 1 + LEAST_RIVALS) * size > MOST_VALUES:
            break
        try:
            outputs = load_outputs(session.folder.found_by(record.number), record)
        except ConfigError:
            continue  # not among the best
        if outputs:
            found[record.number] = finished(winner.prepared.task, outputs)
    return found


def _size(predictions: Mapping[str, np.ndarray]) -> int:
    return sum(values.size for values in predictions.values())
