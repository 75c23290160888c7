"""Plans and ends travel as plain JSON and arrive as they were."""

from __future__ import annotations

import json

from automl.core.specs import Objective, Rung, TrialRecord
from automl.jobs.trial.plan import (
    Found,
    Plan,
    TrialEnd,
    end_from_json,
    end_to_json,
    in_order,
    plan_from_json,
    plan_to_json,
)

RECORD = TrialRecord(
    number=3,
    configuration={"family": "mlp", "mlp.width": 64, "mlp.norm": None, "mlp.rate": 0.1, "mlp.bias": True},
    state="paused",
    scores=(0.5, float("inf")),
    metrics={"accuracy": 0.5},
    epochs=6,
    rungs=(Rung(epochs=2, scores=(0.4, 1.0), time=1.5), Rung(epochs=6, scores=(0.5, 1.0))),
    constraints=(-0.5,),
)


def travelled(values):
    return json.loads(json.dumps(values))


def test_a_plan_arrives_as_it_was():
    plan = Plan(
        number=3,
        configuration=RECORD.configuration,
        until=18,
        levels=(2, 6, 18),
        paused=RECORD,
        seed=2**40,
        run_id="a",
        best=RECORD,
        bar=RECORD,
    )

    assert plan_from_json(travelled(plan_to_json(plan))) == plan


def test_a_first_plan_arrives_as_it_was():
    plan = Plan(number=0, configuration={}, seed=1, run_id="")

    assert plan_from_json(travelled(plan_to_json(plan))) == plan


def test_an_end_arrives_without_what_was_found():
    end = TrialEnd(record=RECORD, found=Found(variables=()), kept=True)

    assert end_from_json(travelled(end_to_json(end))) == TrialEnd(record=RECORD, kept=True)


def test_limits_come_before_scores_scores_before_losses_and_failures_last():
    def trial(number, *scores, state="complete", loss=0.0, **facts):
        metrics = {"log_loss": loss}
        return TrialRecord(
            number=number, configuration={}, state=state, scores=scores, metrics=metrics, **facts
        )

    trials = [
        trial(0, state="failed"),
        trial(1, 0.99, constraints=(1.0,)),
        trial(2, 0.9, state="pruned"),
        trial(3, 0.9, loss=0.2),
        trial(4, 0.9, loss=0.1),
        trial(5, 0.95),
        trial(6, 0.95),
    ]

    found = in_order(trials, Objective(name="accuracy", direction="maximize"))

    assert [item.number for item in found] == [5, 6, 4, 3, 2, 1, 0]
