"""Which trials make the winner, judged by what they predict for examples that they were not trained on."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from automl.core.catalog import at_place
from automl.core.errors import ConfigError
from automl.core.members import Winner, joined_winner, sole_winner
from automl.core.seeds import derive
from automl.core.specs import COSTS, TrialRecord
from automl.core.targets import count_rows, spread_rows, take_rows
from automl.jobs.finish.selection import Counts, Judge, Worth, select
from automl.jobs.intake.setting import Setting
from automl.jobs.session import Session
from automl.jobs.trial.kept import load_outputs
from automl.tasks.catalog import metric_named
from automl.tasks.decoding import finished
from automl.tasks.limits import excesses
from automl.tasks.objectives import tie_breaker
from automl.tasks.prefixes import unprefixed

if TYPE_CHECKING:
    import numpy as np

MOST_VALUES = 2_000_000
"""Predicted values of a trial that are compared; of more examples so many as make these, evenly spread."""

SECONDS, SHARE = 10.0, 0.25
"""Most seconds that the selection takes, and share of the time left."""


def choose_winner(session: Session, kept: Sequence[TrialRecord], best: TrialRecord) -> Winner:
    """Return the winner of a search, or who teaches it: the best trial, or a blend in which it has a part.

    Args:
        session: the job.
        kept: trials whose outputs are kept, the best first.
        best: by the first objective.
    """
    setting, alone = session.setting, sole_winner(best.number)
    if not (setting.joins or setting.distills) or not best.feasible:
        return alone
    predictions = _predictions(session, [best, *kept])
    if len(predictions) < 2 or best.number not in predictions:
        return alone
    until = time.monotonic() + session.share(SHARE, SECONDS)
    with session.intake.source.phases.phase("choosing the members of the ensemble"):
        counts = select(
            predictions, _judge(setting, predictions, session.config.seed), first=best.number, until=until
        )
    return joined_winner(counts)


def _predictions(session: Session, records: Sequence[TrialRecord]) -> dict[int, Mapping[str, np.ndarray]]:
    """Predictions by number of the trial, of as many examples as are compared."""
    task = session.setting.prepared.task
    found: dict[int, Mapping[str, np.ndarray]] = {}
    rows: np.ndarray | None = None
    for record in records:
        if record.number in found:
            continue
        try:
            outputs = load_outputs(session.folder.found_by(record.number), record)
        except ConfigError:
            continue  # it is trained again where it is the best
        if outputs:
            # the same of each trial, also where their outputs differ in width
            rows = _compared(outputs) if rows is None else rows
            found[record.number] = finished(task, take_rows(outputs, rows))
    return found


def _compared(outputs: Mapping[str, np.ndarray]) -> np.ndarray:
    each = sum(math.prod(values.shape[1:]) for values in outputs.values())
    return spread_rows(count_rows(outputs), max(MOST_VALUES // max(each, 1), 1))


def _judge(setting: Setting, predictions: Mapping[int, Mapping[str, np.ndarray]], seed: int) -> Judge:
    import numpy as np

    prepared = setting.prepared
    rows = spread_rows(count_rows(prepared.targets), count_rows(next(iter(predictions.values()))))
    targets = take_rows(prepared.targets, rows)
    groups = None if prepared.validation.groups is None else prepared.validation.groups[rows]
    blend = at_place(prepared.task.declaration.blend)

    def worth(counts: Counts, some: np.ndarray) -> Worth:
        total = sum(counts.values())
        parts = [take_rows(predictions[number], some) for number in counts]
        blended = dict(blend(parts, [count / total for count in counts.values()]))
        scorer = prepared.task.scorer()
        truth = take_rows(targets, some)
        scorer.update(truth, blended, None if groups is None else groups[some])
        return _worth(setting, scorer.result())

    order = np.random.default_rng(derive(seed, "choice")).permutation(len(rows))
    halves = np.sort(order[::2]), np.sort(order[1::2])
    return Judge(
        whole=lambda counts: worth(counts, np.arange(len(rows))),
        halves=tuple(partial(worth, some=half) for half in halves),
    )


def _worth(setting: Setting, metrics: Mapping[str, float]) -> Worth:
    objective = setting.objectives[0]
    value = metrics[objective.name]
    own = {item.name: item for item in setting.prepared.task.declaration.metrics}
    metric = own.get(objective.name) or metric_named(unprefixed(objective.name))
    stepped = metric is not None and metric.stepped
    # what several networks cost is asked where they only teach one
    limits = tuple(limit for limit in setting.limits if limit.name not in COSTS)
    return Worth(
        error=1.0 - value if objective.direction == "maximize" else value,
        loss=tie_breaker(metrics) if stepped else 0.0,
        feasible=all(excess <= 0 for excess in excesses(limits, metrics)),
    )
