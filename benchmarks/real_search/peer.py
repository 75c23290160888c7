"""KerasTuner's Hyperband on a real job: our data, space and models, trained by Keras ``fit``.

The oracle is KerasTuner's own; what it proposes is trained as its tuner would, from the weights of the
trial that it goes on from. Run by ``benchmarks.real_search``: the order is JSON on the command line, the
last line of the output says what was found when.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl.core.optional import require
from automl.core.seeds import derive
from automl.jobs.config import JobConfig
from automl.jobs.intake.setting import Setting
from automl.study.promotion.rungs import ETA
from benchmarks.kerastuner import hyperparameters_of


def main() -> None:
    """Search until the deadline and print what was found when."""
    order = json.loads(sys.argv[1])
    began = float(order["began"])
    # what libraries print must not be taken for the result
    with contextlib.redirect_stdout(sys.stderr), tempfile.TemporaryDirectory() as folder:
        peer = _open(order["job"], Path(folder), began)
        peer.search(time.monotonic() + order["seconds"] - (time.time() - began))
    maximize = peer.setting.objectives[0].direction == "maximize"
    print(json.dumps({"maximize": maximize, "found": peer.found}))


@dataclass
class Peer:
    """One search.

    Attributes:
        setting: data, families and engine, as in a job of ours.
        oracle: of KerasTuner.
        seed: of weights and batches.
        began: ``time.time()`` of the start of the command.
        found: seconds since then, and score, of each training that ended.
        weights: of each trial, for those that go on from it.
    """

    setting: Setting
    oracle: Any
    seed: int
    began: float
    found: list[tuple[float, float]] = field(default_factory=list)
    weights: dict[str, list[np.ndarray]] = field(default_factory=dict)

    def search(self, deadline: float) -> None:
        """Ask, train and tell until ``time.monotonic()`` is past the deadline."""
        while time.monotonic() < deadline:
            trial = self.oracle.create_trial("one")
            if trial.status != "RUNNING":
                return
            score = self._trained(trial, deadline)
            if score is None:
                trial.status = "INVALID"
            else:
                self.found.append((time.time() - self.began, score))
                self.oracle.update_trial(trial.trial_id, {"score": score}, step=0)
                trial.status = "COMPLETED"
            self.oracle.end_trial(trial)
            self.setting.release()

    def _trained(self, trial: Any, deadline: float) -> float | None:
        """The best score of a training; None when it came to nothing."""
        from automl.jobs.assembly import build_candidate

        values: Mapping[str, Any] = trial.hyperparameters.values
        setting, prepared = self.setting, self.setting.prepared
        name, dealt = setting.dealt(setting.space.walk(lambda item: values[item.name]))
        # a family's own full length may be shorter than the longest one
        length = setting.epochs[name] / max(setting.epochs.values())
        first, last = (values.get(f"tuner/{key}", 0) for key in ("initial_epoch", "epochs"))
        epochs = max(1, round(length * (last - first)))
        seed = derive(self.seed, "peer", len(self.found))
        with setting.building():
            candidate = build_candidate(dealt, prepared, epochs=epochs, seed=seed)
        if (parent := values.get("tuner/trial_id")) in self.weights:
            candidate.model.set_weights(self.weights[str(parent)])
        objective = setting.objectives[0]
        try:
            (outcome,) = setting.engine.train(
                [candidate],
                prepared.split,
                objective=objective,
                observers=[lambda epoch: ""],
                deadline=deadline,
                states=[None],
            )
        except Exception as error:  # as its tuner: the trial has failed, the search goes on
            print(f"failed: {error}", file=sys.stderr)
            return None
        if outcome.best < 0:
            return None
        self.weights[trial.trial_id] = candidate.model.get_weights()
        return float(outcome.epochs[outcome.best].metrics[objective.label])


def _open(job: Mapping[str, Any], folder: Path, began: float) -> Peer:
    from automl.jobs.intake.intake import check_early, take_in
    from automl.jobs.intake.setting import open_setting
    from automl.training.precision import choose_precision

    config = replace(JobConfig(**job), engine="streaming")
    intake = take_in(config, check_early(config), folder / "cache")
    # only now: it loads Keras
    config = replace(config, precision=choose_precision(config.precision))
    setting = open_setting(config, intake, lambda text: None)
    library: Any = require("keras_tuner", extra="bench", purpose="to compare with KerasTuner")
    direction = "max" if setting.objectives[0].direction == "maximize" else "min"
    oracle = library.oracles.HyperbandOracle(
        objective=library.Objective("score", direction),
        max_epochs=max(setting.epochs.values()),
        factor=ETA,
        hyperband_iterations=100,
        hyperparameters=hyperparameters_of(library, setting.space),
        seed=config.seed,
        max_consecutive_failed_trials=1000,
    )
    oracle._set_project_dir(str(folder), "search")
    oracle.verbose = 0
    return Peer(setting=setting, oracle=oracle, seed=config.seed, began=began)


if __name__ == "__main__":
    main()
