"""Our side of the training benchmark: the loop, study and engine of a search, on the row's models."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.errors import SearchError
from automl.core.specs import Configuration, TrialRecord
from automl.core.targets import TARGET
from automl.execution.executor import Channel
from automl.execution.inline import Inline
from automl.execution.leases import Leases
from automl.jobs.folder import JobFolder
from automl.jobs.progress import SilentProgress
from automl.jobs.search.budget import Budget
from automl.jobs.search.loop import Loop, run_trials
from automl.jobs.search.shelf import Shelf
from automl.jobs.trial.kept import keep
from automl.jobs.trial.messages import epoch_message
from automl.jobs.trial.plan import Found, Plan, TrialEnd
from automl.metrics.classification import ClassScorer
from automl.metrics.scorer import score_at_once
from automl.study.opening import open_proposer
from automl.study.optuna.optuna_study import OptunaProposer
from automl.tasks.objectives import parse_objective
from automl.tracking.memory import NullTracker
from automl.training.engine import Candidate, Engine, Epoch, Observer, Outcome, Split, TrainingOptions
from automl.training.scoring import Collected
from benchmarks.training.record import STEADY_EPOCHS, Job, Measurement, Recorder
from benchmarks.training.rows import Data, Row, build

if TYPE_CHECKING:
    import keras
    import numpy as np

OBJECTIVE = parse_objective("accuracy")


def measure_ours(job: Job, row: Row, data: Data) -> Measurement:
    """Search the row's space at random, with study, journal and files as in a job."""
    from automl.training.compile_cache import keeping_programs
    from automl.training.compiled import CompiledEngine
    from automl.training.memory import settled

    engine, split = CompiledEngine(), _split(data)
    _warm_up()
    # programs are kept for later searches, as a user's are
    with tempfile.TemporaryDirectory() as folder, settled(), keeping_programs(wanted=True):
        recorder = Recorder()
        run_trials(_loop(job, row, engine, split, recorder, Path(folder)))
    return recorder.measurement(job, _epoch_ends(row, engine, split))


def _loop(job: Job, row: Row, engine: Engine, split: Split, recorder: Recorder, folder: Path) -> Loop:
    from automl.training.memory import release, seldom

    collect, files = seldom(release), JobFolder(folder)

    def runner(plans: Sequence[Plan], channels: Sequence[Channel]) -> list[TrialEnd]:
        ends = _run(plans, channels, job, row, engine, split, recorder)
        kept = [keep(end, plan, OBJECTIVE, files, print) for end, plan in zip(ends, plans, strict=True)]
        ends.clear()  # what they have found is to be released
        collect()
        for _ in plans:
            recorder.trial_ended()
        return kept

    shelf = Shelf(files, OBJECTIVE)
    return Loop(
        name=row.name,
        objectives=(OBJECTIVE,),
        proposer=_proposer(job, row, folder),
        tracker=NullTracker(),
        progress=SilentProgress(),
        budget=Budget(trials=job.trials, deadline=None),
        seed=job.seed,
        executor=Inline(runner, leases=Leases(files.leases)),
        keep=lambda end, best: shelf.put(end),
        bar=shelf.bar,
        structure=lambda configuration: {
            name: value for name, value in configuration.items() if not isinstance(value, float)
        },
        show=lambda configuration: (configuration, job.epochs),
    )


def _proposer(job: Job, row: Row, folder: Path) -> OptunaProposer:
    return open_proposer(
        folder=folder,
        name=row.name,
        space=row.space,
        objectives=(OBJECTIVE,),
        sampler="random",
        pruner="none",
        seed=job.seed,
    )


def _run(
    plans: Sequence[Plan],
    channels: Sequence[Channel],
    job: Job,
    row: Row,
    engine: Engine,
    split: Split,
    recorder: Recorder,
) -> list[TrialEnd]:
    """Run the trials that were begun together."""

    def observer(channel: Channel) -> Observer:
        def observe(epoch: Epoch) -> Any:
            recorder.epoch_ended(epoch.number)
            return "pruned" if channel.say(epoch_message(epoch)) else ""

        return observe

    started = time.monotonic()
    candidates = [
        _candidate(row, {**plan.configuration, "trial": plan.number}, job.epochs, plan.seed)
        for plan in plans
    ]
    recorder.training_starts(len(plans))
    observers = [observer(channel) for channel in channels]
    outcomes = engine.train(candidates, split, objective=OBJECTIVE, observers=observers)
    seconds = (time.monotonic() - started) / len(plans)
    return [_end(plan, outcome, recorder, seconds) for plan, outcome in zip(plans, outcomes, strict=True)]


def _end(plan: Plan, outcome: Outcome, recorder: Recorder, seconds: float) -> TrialEnd:
    if outcome.stopped:
        raise SearchError(f"Trial {plan.number} ended early ({outcome.stopped}); its time says nothing.")
    recorder.engine_said(outcome.facts)
    best = outcome.epochs[outcome.best]
    metrics = {name.removeprefix("val_"): value for name, value in best.metrics.items() if name != "loss"}
    record = TrialRecord(
        number=plan.number,
        configuration=plan.configuration,
        state="complete",
        scores=(metrics[OBJECTIVE.name],),
        metrics=metrics,
        epochs=len(outcome.epochs),
        best_epoch=best.number,
        seconds=seconds,
        seed=plan.seed,
        effort={
            "compile_seconds": outcome.facts["compile_seconds"],
            "gains_together": float(outcome.facts["gains_together"]),
        },
    )
    return TrialEnd(record=record, found=Found(variables=outcome.variables, outputs=outcome.outputs))


def _candidate(row: Row, configuration: Configuration, epochs: int, seed: int) -> Candidate:
    from automl.private_keras import names_from_the_start
    from automl.training.devices import quick_to_build
    from automl.training.seeding import seed_models

    seed_models(seed)
    values: Mapping[str, Any] = configuration
    options = TrainingOptions(
        optimizer="adam",
        learning_rate=values["learning_rate"],
        schedule="constant",
        batch_size=row.batch,
    )
    with names_from_the_start(), quick_to_build():
        model = build(row, configuration, named=True)
    return _candidate_of(model, options, epochs, seed)


def _candidate_of(model: keras.Model, options: TrainingOptions, epochs: int, seed: int) -> Candidate:
    import keras

    from automl.tasks.losses import JoinedLoss

    loss = JoinedLoss({TARGET: keras.losses.CategoricalCrossentropy(from_logits=True)})
    return Candidate(model=model, loss=loss, options=options, epochs=epochs, seed=seed)


def _train(engine: Engine, candidate: Candidate, split: Split, observe: Observer) -> Outcome:
    return engine.train([candidate], split, objective=OBJECTIVE, observers=[observe])[0]


def _epoch_ends(row: Row, engine: Engine, split: Split) -> list[float]:
    """When each epoch of the fixed configuration ended."""
    ends: list[float] = []

    def observe(epoch: Epoch) -> Any:
        ends.append(time.perf_counter())
        return ""

    _train(engine, _candidate(row, row.space.default(), STEADY_EPOCHS, seed=0), split, observe)
    return ends


def _split(data: Data) -> Split:
    return Split(
        train={"x": data.x},
        train_targets={TARGET: data.y},
        validation={"x": data.held_x},
        scorer=lambda: Collected(
            len(data.held_y),
            lambda outputs: score_at_once(ClassScorer(), data.held_y, _softmax(outputs[TARGET])),
        ),
    )


def _softmax(logits: np.ndarray) -> np.ndarray:
    import numpy as np

    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: np.ndarray = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities


def _warm_up() -> None:
    """Make engine and backend set up what they set up once, on a shape that no row has."""
    import keras
    import numpy as np

    from automl.training.compiled import CompiledEngine

    first = keras.Input((7,), name="x")
    model = keras.Model({"x": first}, {TARGET: keras.layers.Dense(3)(first)})
    candidate = _candidate_of(model, TrainingOptions(batch_size=16), epochs=1, seed=0)
    x, y = np.zeros((40, 7), "float32"), np.eye(3, dtype="float32")[np.arange(40) % 3]
    _train(CompiledEngine(), candidate, _split(Data(x=x, y=y, held_x=x, held_y=y)), lambda epoch: "")
