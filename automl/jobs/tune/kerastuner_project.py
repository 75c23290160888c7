"""A finished project of KerasTuner, read from its files and written down as a study of ours.

``oracle.json`` holds the space, ``trial_*/trial.json`` one trial each. The objective stands in neither: it
is the metric whose best value is every trial's score.
"""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.core.errors import ConfigError
from automl.core.files import write_whole
from automl.core.job_names import name_of
from automl.core.specs import Direction, Objective, Scalar, TrialRecord, is_label, metric_of, of_validation
from automl.jobs.config import JobConfig, dump_config
from automl.jobs.folder import new_folder
from automl.jobs.lock import discarded_unused, locked
from automl.spaces.kerastuner import described
from automl.spaces.parameters import Parameter
from automl.spaces.space import SearchSpace

DIRECTIONS: Mapping[str, Direction] = {"min": "minimize", "max": "maximize"}
"""Our words for KerasTuner's directions."""


@dataclass(frozen=True, kw_only=True)
class PastTrial:
    """One trial of a project.

    Attributes:
        values: by name, those of schedules (``tuner/...``) left out.
        known: what of them a study can learn from, by name.
        score: of the objective, None of a trial that failed or was not finished.
        step: the epoch of the score, from 0.
        metrics: best values by name.
    """

    values: Mapping[str, Scalar]
    known: Mapping[str, tuple[Parameter, Scalar]]
    score: float | None
    step: int
    metrics: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What was read.

    Attributes:
        folder: of the job that was made.
        objective: what the project optimised.
        trials: how many of its trials were taken.
        best: the best score.
    """

    folder: Path
    objective: Objective
    trials: int
    best: float


def import_project(path: Path, *, out: str | None = None, metric: str | None = None) -> Imported:
    """Make a job folder of a project, for ``--warm-start`` and for every tool that reads studies.

    Args:
        path: the project's folder, which has ``oracle.json``.
        out: the job folder, ``runs/<project>-<time>`` by default.
        metric: what the project optimised, where its files leave that open.

    Raises:
        ConfigError: no project, a damaged one, none of its trials was completed, or the objective is open.
    """
    from automl.study.opening import open_proposer

    trials = [(plain, past_trial(plain)) for plain in read_trials(path)]
    done = [trial for _, trial in trials if trial.score is not None]
    if not done:
        raise ConfigError(f"{path}: none of its {len(trials)} trials was completed, so nothing is known.")
    objective = _objective([plain for plain, trial in trials if trial.score is not None], metric, path)
    name = name_of(path.absolute().name)
    folder = new_folder(out, name)
    with locked(folder), discarded_unused(folder, made=True):
        write_whole(folder.job, dump_config(JobConfig(name=name, sampler="random", pruner="none")))
        proposer = open_proposer(
            folder=folder.path,
            name=name,
            space=SearchSpace(name=name, epochs=1, parameters=()),
            objectives=(objective,),
            sampler="random",
            pruner="none",
            use_portfolio=False,
        )
        for trial in done:
            number = proposer.begin(trial.values, trial.known, "warm start").number
            proposer.tell(_record(number, trial), {})
    choose = max if objective.direction == "maximize" else min
    best = choose(trial.score for trial in done if trial.score is not None)
    return Imported(folder=folder.path, objective=objective, trials=len(done), best=best)


def is_project(path: Path) -> bool:
    """Whether a folder is a project of KerasTuner."""
    return (path / "oracle.json").is_file()


def past_trial(plain: Mapping[str, Any]) -> PastTrial:
    """Return a trial that ``trial.json`` describes."""
    space, values = plain["hyperparameters"]["space"], plain["hyperparameters"]["values"]
    known: dict[str, tuple[Parameter, Scalar]] = {}
    for item in space:
        name = item["config"]["name"]
        if name in values and name not in known:
            words = described(item["class_name"], item["config"])
            kept = words.turned(values[name])
            if words.parameter.contains(kept):
                known[f"{name}{words.suffix}"] = (words.parameter, kept)
    score = math.nan if plain.get("score") is None else float(plain["score"])
    completed = plain.get("status") == "COMPLETED" and math.isfinite(score)
    return PastTrial(
        values={name: value for name, value in values.items() if not name.startswith("tuner/")},
        known=known,
        score=score if completed else None,
        step=int(plain.get("best_step") or 0),
        metrics={name: _best(item) for name, item in plain["metrics"]["metrics"].items()},
    )


def read_trials(path: Path) -> list[dict[str, Any]]:
    """Return what the files of a project say of its trials, by number.

    Raises:
        ConfigError: no project, or a damaged one.
    """
    if not is_project(path):
        raise ConfigError(
            f"{path}: expected a project of KerasTuner, a folder with oracle.json and trial_*/trial.json."
        )
    files = sorted(path.glob("trial_*/trial.json"))
    trials = []
    for file in files:
        try:
            trial = json.loads(file.read_text(encoding="utf-8"))
            past_trial(trial)
            int(trial["trial_id"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigError(f"{file} cannot be read as a trial of KerasTuner: {error!r:.200}.") from error
        trials.append(trial)
    if not trials:
        raise ConfigError(f"{path}: it has no trial_*/trial.json.")
    return sorted(trials, key=lambda trial: int(trial["trial_id"]))


def _objective(trials: Sequence[Mapping[str, Any]], metric: str | None, path: Path) -> Objective:
    """What the scores are scores of."""
    tracked = [trial["metrics"]["metrics"] for trial in trials]
    found = {
        name: item["direction"]
        for name, item in tracked[0].items()
        if all(_is_score(trial, name) for trial in trials)
    }
    if metric is not None and metric not in found:
        known = ", ".join(found) or "none"
        raise ConfigError(f"--metric {metric}: the scores of {path} are of others: {known}.")
    names = [metric] if metric is not None else _likely(list(found))
    if len(names) != 1:
        listed = ", ".join(names or sorted(tracked[0]))
        raise ConfigError(f"{path} does not tell what it optimised; say --metric, one of: {listed}.")
    direction = DIRECTIONS[found[names[0]]]
    return Objective(name=metric_of(names[0]), direction=direction, called=names[0])


def _likely(names: list[str]) -> list[str]:
    """Of several metrics that are equal everywhere those of the validation part."""
    held = [name for name in names if is_label(name)]
    return held if len(held) == 1 else names


def _is_score(trial: Mapping[str, Any], name: str) -> bool:
    item = trial["metrics"]["metrics"].get(name)
    return item is not None and math.isclose(_best(item), trial["score"], rel_tol=1e-9, abs_tol=1e-12)


def _best(item: Mapping[str, Any]) -> float:
    means = [statistics.fmean(seen["value"]) for seen in item["observations"]] or [math.nan]
    return max(means) if item["direction"] == "max" else min(means)


def _record(number: int, trial: PastTrial) -> TrialRecord:
    finite = {name: value for name, value in trial.metrics.items() if math.isfinite(value)}
    return TrialRecord(
        number=number,
        configuration=dict(trial.values),
        state="complete",
        scores=() if trial.score is None else (trial.score,),
        metrics=of_validation(finite),
        epochs=trial.step + 1,
        best_epoch=trial.step + 1,
        origin="warm start",
    )
