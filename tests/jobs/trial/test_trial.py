"""One trial: what it does when memory is short, and what its record says."""

from __future__ import annotations

import gc
import math
import re
import time
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tensorflow.errors import ResourceExhaustedError

from automl.core.specs import Objective, TrialRecord
from automl.data.modality import Examples, Preprocessing
from automl.execution.executor import INTERRUPTED, Message
from automl.jobs.assembly import Prepared, build_candidate, build_core, deal
from automl.jobs.intake.setting import Setting
from automl.jobs.intake.settings import with_setting
from automl.jobs.trial import trial
from automl.jobs.trial.plan import Plan, TrialEnd
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trial, run_trials
from automl.models.catalog import FAMILIES
from automl.spaces.loading import load_space
from automl.spaces.space import join
from automl.tasks.catalog import fit_task
from automl.tasks.limits import parse_limit
from automl.testing.tensors import numbers
from automl.training.accelerator import CERTAIN
from automl.training.batches.transforms.mixup import Mixup
from automl.training.batches.transforms.transform import Kinds
from automl.training.engine import Candidate, Epoch, Observer, Outcome, Split, StopReason, TrainingState
from automl.training.engine_choice import EngineChoice
from automl.training.footprint import Footprint, footprint
from automl.training.scoring import Collected
from automl.training.state import check_fit
from automl.training.strategies.single import Single, single

ROWS = 40
ERRORS = {
    "tensorflow": ResourceExhaustedError(None, None, "OOM when allocating tensor with shape[40,9]"),
    "machine": MemoryError("Unable to allocate 9 GiB"),
    "jax": RuntimeError("RESOURCE_EXHAUSTED: Out of memory allocating 9 bytes."),
}


@dataclass
class SmallDevice:
    """Trains only micro-batches of at most ``limit`` examples, after ``epochs`` epochs of any size."""

    limit: int
    error: Exception | None = None
    epochs: int = 0
    name: str = "small"
    tried: list[int] = field(default_factory=list)
    models: list[weakref.ref[keras.Model]] = field(default_factory=list)
    policies: list[str] = field(default_factory=list)

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
        states: Sequence[object] = (),
    ) -> Sequence[Outcome]:
        options = candidates[0].options
        self.tried.append(options.accumulation)
        self.models.append(weakref.ref(candidates[0].model))
        self.policies.append(candidates[0].model.dtype_policy.name)
        short = (
            min(options.batch_size, len(split.train_targets["target"])) / options.accumulation > self.limit
        )
        epochs = [Epoch(number=n, metrics={"val_rmse": 1.0}, seconds=0.0) for n in (1, 2)]
        for epoch in epochs[: self.epochs if short else 2]:
            observers[0](epoch)
        if short:
            raise self.error or MemoryError
        return [Outcome(epochs=tuple(epochs), best=1)]


def prepared() -> Prepared:
    values = np.random.default_rng(0).normal(size=(ROWS, 1)).astype("float32")
    targets = {"target": values}
    task = fit_task("regression", targets, names=("y",), facts={})
    spec, entry = numbers("numeric", 1), keras.Input((1,), name="x")
    encoded = task.encode(targets)
    data = {"numeric": values}
    return Prepared(
        preprocessing=Preprocessing(inputs=(spec,), model=keras.Model({"x": entry}, {"numeric": entry})),
        task=task,
        split=Split(
            train=data,
            train_targets=encoded,
            validation=data,
            scorer=lambda: Collected(ROWS, lambda outputs: {}),
        ),
        validation=Examples(inputs={"x": values}, targets=targets),
        targets=encoded,
    )


def setting(engine: SmallDevice, notes: list[str], *settings: str) -> Setting:
    space = join({"linear": load_space("tabular/linear", task="regression")})
    for text in ("batch_size=32", *settings):
        space = with_setting(space, text)
    return Setting(
        prepared=prepared(),
        families={"linear": FAMILIES["tabular/linear"]},
        space=space,
        epochs={"linear": 2},
        objectives=(Objective(name="rmse", direction="minimize"),),
        limits=(),
        engine=engine,
        choice=EngineChoice(name="small", reason="a double"),
        strategy=single(),
        precision="float32",
        note=notes.append,
        release=lambda: None,
    )


def plan(of: Setting) -> Plan:
    return Plan(number=3, configuration=of.space.default(), seed=0, run_id="")


@dataclass
class Line:
    """A channel that remembers the epochs it was told of, and answers as it is told to."""

    answers: dict[int, str] = field(default_factory=dict)
    seen: list[int] = field(default_factory=list)
    saves: int = 0
    deadline: float | None = None

    def say(self, message: Message) -> str:
        if message["event"] != "epoch":
            return ""
        self.seen.append(message["number"])
        return self.answers.get(message["number"], "")

    def saved(self) -> None:
        self.saves += 1


def run(
    of: Setting,
    planned: Plan | None = None,
    folder: Path = Path("no states"),
    line: Line | None = None,
) -> TrialEnd:
    states = States(folder=folder, note=of.note)
    end = run_trial(of, planned or plan(of), states, line or Line())
    assert end is not None
    return end


@pytest.mark.parametrize("kind", list(ERRORS))
def test_short_of_memory_the_batch_is_halved_until_it_fits(kind: str) -> None:
    notes: list[str] = []
    device = SmallDevice(limit=8, error=ERRORS[kind])
    shared = setting(device, notes)

    record = run(shared).record

    assert device.tried == [1, 2, 4]
    assert (record.state, record.reason) == ("complete", "out of memory: trained in 4 parts per batch")
    assert notes[-1] == "Out of memory: trial 3 continues with each batch in 4 parts."


def test_the_failed_model_is_gone_before_the_next_is_built() -> None:
    device, alive = SmallDevice(limit=8), []

    def release() -> None:
        gc.collect()
        alive.append([model() is not None for model in device.models])

    shared = replace(setting(device, []), release=release)

    run(shared)

    assert alive == [[False], [False, False]]


def test_a_trial_whose_single_examples_do_not_fit_fails() -> None:
    device = SmallDevice(limit=0, error=ERRORS["machine"])
    shared = setting(device, [])

    end = run(shared)

    assert device.tried == [1, 2, 4, 8, 16, 32]
    assert end.found is None
    assert (end.record.state, end.record.reason) == ("failed", "out of memory: Unable to allocate 9 GiB")


def test_a_strategy_that_trains_no_parts_fails_at_once() -> None:
    device = SmallDevice(limit=8)
    shared = replace(setting(device, []), strategy=Single(accumulates=False))

    assert run(shared).record.reason == "out of memory"
    assert device.tried == [1]


def test_another_failure_is_not_tried_again() -> None:
    device = SmallDevice(limit=8, error=ValueError("no"))
    shared = setting(device, [])

    assert run(shared).record.reason == "ValueError: no"
    assert device.tried == [1]


def test_epochs_of_a_failed_attempt_are_reported_once() -> None:
    line = Line()
    shared = setting(SmallDevice(limit=16, epochs=1), [])

    run(shared, line=line)

    assert line.seen == [1, 2]


def needs(of: Setting) -> Footprint:
    """Of the trial that ``plan`` plans."""
    _, dealt = of.dealt(plan(of).configuration)
    return footprint(build_core(dealt, of.prepared), dealt.training)


def test_layers_are_named_alike_however_many_models_were_built_before() -> None:
    shared = setting(SmallDevice(limit=16), [])
    dealt = deal(shared.families["linear"], shared.prepared.task, {})

    first, second = (build_core(dealt, shared.prepared) for _ in range(2))

    assert [layer.name for layer in first.layers] == [layer.name for layer in second.layers]


def test_a_candidate_tells_its_transforms_what_inputs_and_targets_are() -> None:
    shared = setting(SmallDevice(limit=16), [])
    dealt = deal(shared.families["linear"], shared.prepared.task, {"mixup": 0.4})

    candidate = build_candidate(dealt, shared.prepared, epochs=1, seed=0)

    assert candidate.transforms == (Mixup(mixup=0.4),)
    assert candidate.kinds == Kinds(inputs={"numeric": "numeric"}, targets={"target": "amount"})


def limited(of: Setting, examples: float, where: str) -> Setting:
    """With the least memory in which so many examples are not certain not to fit."""
    known = needs(of)
    memory = (known.total(0, parts=2) + examples * known.activations) / CERTAIN
    return replace(of, **{where: math.ceil(memory)})


@pytest.mark.parametrize("where", ["memory_bytes", "device_bytes"])
def test_a_batch_that_cannot_fit_is_trained_in_parts_without_being_tried(where: str) -> None:
    notes: list[str] = []
    device = SmallDevice(limit=32)
    shared = limited(setting(device, notes), 8, where)

    record = run(shared).record

    assert device.tried == [4]
    assert (record.state, record.reason) == ("complete", "out of memory: trained in 4 parts per batch")
    assert notes == ["Out of memory before it began: trial 3 is trained with each batch in 4 parts."]


def test_a_trial_whose_single_examples_cannot_fit_is_not_begun() -> None:
    device = SmallDevice(limit=32)
    shared = replace(setting(device, []), memory_bytes=10, device_bytes=10**9)

    end = run(shared)

    assert device.tried == []
    assert end.found is None
    assert end.record.state == "failed"
    assert re.fullmatch(r"out of memory: needs about \d+ B, 10 B available", end.record.reason)


def test_a_step_that_takes_longer_than_the_time_left_is_not_begun() -> None:
    device = SmallDevice(limit=32)
    shared = replace(setting(device, []), device_bytes=10**9, bytes_per_second=1e-6)

    record = run(shared, replace(plan(shared), limit=5.0)).record

    assert device.tried == []
    assert re.fullmatch(r"too slow: one step takes \d+ s or more, [45] s are left", record.reason)


def test_parts_that_the_user_asks_for_are_no_failure() -> None:
    device = SmallDevice(limit=8)
    shared = setting(device, [], "accumulation=4")

    record = run(shared).record

    assert device.tried == [4]
    assert (record.reason, record.configuration["accumulation"]) == ("", 4)


def test_models_are_built_under_the_precision_of_the_job() -> None:
    before = keras.config.dtype_policy().name
    device = SmallDevice(limit=32)
    shared = replace(setting(device, []), precision="mixed_bfloat16")

    run(shared)

    assert device.policies == ["mixed_bfloat16"]
    assert keras.config.dtype_policy().name == before


@dataclass
class PatientDevice:
    """Trains epochs whose score is as told, and goes on from a state."""

    scores: tuple[float, ...]
    stopped: StopReason = ""
    begun: list[int] = field(default_factory=list)
    name: str = "small"

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
        states: Sequence[TrainingState | None] = (),
    ) -> Sequence[Outcome]:
        epochs = list(states[0].epochs) if states and states[0] else []
        self.begun.append(len(epochs))
        for score in self.scores[len(epochs) :]:
            epochs.append(self._epoch(epochs, score))
            reason = observers[0](epochs[-1])
            if reason:
                return [Outcome(epochs=tuple(epochs), best=_best(epochs), stopped=reason)]
        return [Outcome(epochs=tuple(epochs), best=_best(epochs), stopped=self.stopped)]

    def _epoch(self, before: list[Epoch], score: float) -> Epoch:
        made = Epoch(number=len(before) + 1, metrics={"val_rmse": score}, seconds=0.0)
        epochs = (*before, made)
        return replace(
            made, state=lambda: TrainingState(engine="small", variables=(), optimizer=(), epochs=epochs)
        )


def _best(epochs: list[Epoch]) -> int:
    return min(range(len(epochs)), key=lambda place: epochs[place].metrics["val_rmse"])


LEVELS = (2, 4)
CURVE = (4.0, 3.0, 3.5, 1.0)


def rungs_of(record: TrialRecord) -> list[tuple[int, float]]:
    return [(rung.epochs, rung.scores[0]) for rung in record.rungs]


def test_a_trial_pauses_at_its_rung_and_keeps_its_state(tmp_path: Path) -> None:
    shared = setting(PatientDevice(CURVE), [])

    end = run(shared, replace(plan(shared), until=2, levels=LEVELS), tmp_path)

    assert (end.record.state, end.record.pauses, end.record.promotions) == ("paused", 1, 0)
    assert (end.record.epochs, end.record.scores, rungs_of(end.record)) == (2, (3.0,), [(2, 3.0)])
    assert end.found is not None
    assert [path.name for path in tmp_path.iterdir()] == ["3.npz"]


def test_a_promoted_trial_trains_only_the_epochs_that_are_left(tmp_path: Path) -> None:
    device, line = PatientDevice(CURVE), Line()
    shared = setting(device, [])
    begin = replace(plan(shared), until=2, levels=LEVELS, origin="model")
    paused = run(shared, begin, tmp_path, line).record

    record = run(shared, replace(begin, until=None, paused=paused), tmp_path, line).record

    # the first two are told again: a coordinator that was killed may not have heard of them
    assert (device.begun, line.seen) == ([0, 2], [1, 2, 1, 2, 3, 4])
    assert (record.state, record.epochs, record.origin) == ("complete", 4, "model")
    assert (record.pauses, record.promotions) == (1, 1)
    assert rungs_of(record) == [(2, 3.0), (4, 1.0)]
    assert record.seconds > paused.seconds
    assert list(tmp_path.iterdir()) == []


def test_rungs_know_when_they_were_reached_also_before_a_pause(tmp_path: Path) -> None:
    shared = setting(PatientDevice(CURVE), [])
    begin = replace(plan(shared), until=2, levels=LEVELS)
    start = time.time()
    paused = run(shared, begin, tmp_path).record
    pause = time.time()

    record = run(shared, replace(begin, until=None, paused=paused), tmp_path).record

    first, last = (rung.time for rung in record.rungs)
    assert start <= first <= pause <= last


def test_a_trial_whose_state_is_lost_begins_again(tmp_path: Path) -> None:
    device, notes = PatientDevice(CURVE), []
    shared = setting(device, notes)
    begin = replace(plan(shared), until=2, levels=LEVELS)
    paused = run(shared, begin, tmp_path).record
    (tmp_path / "3.npz").unlink()

    record = run(shared, replace(begin, until=None, paused=paused), tmp_path).record

    assert (device.begun, record.state) == ([0, 0], "complete")
    assert notes == ["The state of trial 3 is missing, so it restarts from scratch."]


@dataclass
class ParticularDevice(PatientDevice):
    """Goes on from no state at all."""

    def train(self, candidates, split, *, states=(), **options):
        if states and states[0] is not None:
            check_fit([np.zeros(3)], states[0].variables, "model")
        return super().train(candidates, split, states=states, **options)


def test_a_trial_whose_state_does_not_fit_begins_again_and_says_so(tmp_path: Path) -> None:
    device, notes = ParticularDevice(CURVE), []
    shared = setting(device, notes)
    begin = replace(plan(shared), until=2, levels=LEVELS)
    paused = run(shared, begin, tmp_path).record

    goes_on = replace(begin, until=None, paused=paused)
    record = run(shared, goes_on, tmp_path, line=(line := Line())).record

    assert (record.state, record.epochs, line.seen) == ("complete", 4, [1, 2, 3, 4])
    assert notes[0].startswith("The state does not fit: the model has 1 variables, the state 0")
    assert notes[0].endswith("Trial 3 restarts from scratch.")


def test_a_trial_that_fails_after_a_pause_keeps_the_rungs_it_reached(tmp_path: Path) -> None:
    shared = setting(PatientDevice((*CURVE[:2], float("nan"))), [])
    begin = replace(plan(shared), until=2, levels=LEVELS)
    paused = run(shared, begin, tmp_path).record
    broken = replace(shared, engine=SmallDevice(limit=0, error=ValueError("no")))

    record = run(broken, replace(begin, until=None, paused=paused), tmp_path).record

    assert (record.state, record.reason, record.scores) == ("failed", "ValueError: no", ())
    assert rungs_of(record) == [(2, 3.0)]


def test_a_trial_that_ended_of_itself_has_reached_every_rung() -> None:
    shared = setting(PatientDevice(CURVE[:3], stopped="early"), [])

    record = run(shared, replace(plan(shared), levels=(2, 6, 18))).record

    assert rungs_of(record) == [(2, 3.0), (6, 3.0), (18, 3.0)]


def test_a_trial_that_was_cut_has_reached_the_rungs_it_trained_to() -> None:
    shared = setting(PatientDevice(CURVE[:3], stopped="deadline"), [])

    record = run(shared, replace(plan(shared), levels=(2, 6, 18))).record

    assert rungs_of(record) == [(2, 3.0)]


def test_limits_are_measured_also_of_a_trial_that_waits(tmp_path: Path) -> None:
    limits = (parse_limit("rmse<=2"), parse_limit("parameters<=1000000"))
    shared = replace(setting(PatientDevice(CURVE), []), limits=limits)

    record = run(shared, replace(plan(shared), until=2, levels=LEVELS), tmp_path).record

    assert record.constraints[0] == pytest.approx(0.5)
    assert record.constraints[1] < 0
    assert not record.feasible


def test_an_interrupted_trial_is_saved_and_goes_on_from_there(tmp_path: Path) -> None:
    device, line = PatientDevice(CURVE), Line(answers={2: INTERRUPTED})
    shared = setting(device, [])
    states = States(folder=tmp_path, note=shared.note)

    interrupted = run_trial(shared, plan(shared), states, line)
    end = run(shared, folder=tmp_path, line=(after := Line()))

    assert (interrupted, line.saves, line.seen, after.seen) == (None, 1, [1, 2], [1, 2, 3, 4])
    assert (end.record.state, end.record.epochs, end.record.scores) == ("complete", 4, (1.0,))
    assert list(tmp_path.iterdir()) == []


def test_an_error_of_an_interrupted_search_is_no_failure_of_the_trial(tmp_path: Path) -> None:
    broken = replace(setting(PatientDevice(CURVE), []), engine=SmallDevice(limit=0, error=SystemError("c")))
    line = Line()
    line.say = lambda message: INTERRUPTED  # type: ignore[method-assign]

    assert run_trial(broken, plan(broken), States(folder=tmp_path, note=print), line) is None


def test_a_pruned_trial_ends_with_the_reason_it_was_given() -> None:
    shared = setting(PatientDevice(CURVE), [])

    record = run(shared, line=Line(answers={3: "pruned after epoch 3"})).record

    assert (record.state, record.reason, record.epochs) == ("pruned", "pruned after epoch 3", 3)


def test_a_trial_that_takes_longer_than_its_first_look_is_pruned() -> None:
    shared = setting(PatientDevice(CURVE[:1], stopped="deadline"), [])
    wanted = replace(plan(shared), until=2, levels=LEVELS, limit=30.0)

    record = run(shared, wanted).record

    assert (record.state, record.scores, rungs_of(record)) == ("pruned", (4.0,), [])
    assert record.reason == "too slow: it would have taken longer than 30 s"


def test_at_the_end_of_the_time_a_trial_is_worth_what_it_came_to() -> None:
    line = Line()
    line.deadline = time.monotonic() + 20.0
    shared = setting(PatientDevice(CURVE[:1], stopped="deadline"), [])

    record = run(shared, replace(plan(shared), limit=30.0), line=line).record

    assert (record.state, record.reason) == ("complete", "deadline")


def test_a_long_trial_is_saved_between_its_rungs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SAVING_LEAST", 0.0)
    monkeypatch.setattr(trial, "SAVING_SECONDS", 0.0)
    line = Line()
    shared = setting(PatientDevice(CURVE), [])

    run(shared, folder=tmp_path, line=line)

    assert line.saves == len(CURVE)


def test_a_trial_saved_at_its_rung_but_not_told_pauses_after_the_next_epoch(tmp_path: Path) -> None:
    """Its worker died between the two."""
    shared = setting(PatientDevice(CURVE), [])
    begin = replace(plan(shared), until=2, levels=LEVELS)
    run(shared, begin, tmp_path)

    record = run(shared, begin, tmp_path).record

    assert (record.state, record.epochs, rungs_of(record)) == ("paused", 3, [(2, 3.0)])


@dataclass
class GroupDevice(PatientDevice):
    """Trains candidates at once where it ``fuses``, unless that ``fails``."""

    fuses: bool = True
    fails: bool = False
    sizes: list[int] = field(default_factory=list)

    def together(self, candidates: Sequence[Candidate], split: Split) -> Sequence[Sequence[int]]:
        places = list(range(len(candidates)))
        return [places] if self.fuses else [[place] for place in places]

    def train(self, candidates: Sequence[Candidate], split: Split, **facts: Any) -> Sequence[Outcome]:
        self.sizes.append(len(candidates))
        observers, states = facts.pop("observers"), facts.pop("states")
        trained = [
            super(GroupDevice, self).train([item], split, observers=[observer], states=[state], **facts)[0]
            for item, observer, state in zip(candidates, observers, states, strict=True)
        ]
        if self.fails and len(candidates) > 1:
            raise RuntimeError("no room")
        return trained


def run_three(of: Setting, folder: Path, lines: Sequence[Line], **facts: Any) -> list[TrialEnd | None]:
    plans = [replace(plan(of), number=number, seed=number, **facts) for number in range(3)]
    return run_trials(of, plans, States(folder=folder, note=of.note), lines)


def test_trials_that_gain_by_it_are_trained_at_once_and_end_each_by_itself(tmp_path: Path) -> None:
    device = GroupDevice(CURVE)
    lines = [Line(), Line(answers={1: "pruned after epoch 1"}), Line()]

    ends = run_three(setting(device, []), tmp_path, lines)

    assert device.sizes == [3]
    assert [end.record.number for end in ends if end] == [0, 1, 2]
    assert [end.record.state for end in ends if end] == ["complete", "pruned", "complete"]
    assert [line.seen for line in lines] == [[1, 2, 3, 4], [1], [1, 2, 3, 4]]
    assert len({end.record.seconds for end in ends if end}) == 1


def test_trials_that_are_trained_at_once_pause_each_with_its_state(tmp_path: Path) -> None:
    device = GroupDevice(CURVE)

    ends = run_three(setting(device, []), tmp_path, [Line(), Line(), Line()], until=2, levels=LEVELS)

    assert [end.record.state for end in ends if end] == ["paused"] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0.npz", "1.npz", "2.npz"]


def test_trials_that_do_not_gain_by_it_are_run_one_after_another(tmp_path: Path) -> None:
    device = GroupDevice(CURVE, fuses=False)

    ends = run_three(setting(device, []), tmp_path, [Line(), Line(), Line()])

    assert device.sizes == [1, 1, 1]
    assert [end.record.state for end in ends if end] == ["complete"] * 3


@pytest.mark.parametrize("short", [False, True])
def test_trials_that_cannot_be_trained_at_once_are_run_one_after_another(
    tmp_path: Path, short: bool
) -> None:
    notes: list[str] = []
    device = GroupDevice(CURVE, fails=not short)
    shared = setting(device, notes)
    room = int(2 * needs(shared).total(32) / CERTAIN)
    shared = replace(shared, memory_bytes=room) if short else shared

    ends = run_three(shared, tmp_path, [Line(), Line(), Line()])

    assert device.sizes == ([] if short else [3]) + [1, 1, 1]
    assert [end.record.state for end in ends if end] == ["complete"] * 3
    assert notes == ([] if short else ["3 trials failed together and are run alone: RuntimeError: no room"])


def test_trials_that_are_interrupted_together_are_saved_and_go_on_alone(tmp_path: Path) -> None:
    device = GroupDevice(CURVE)
    shared = setting(device, [])

    interrupted = run_three(shared, tmp_path, [Line(answers={2: INTERRUPTED}) for _ in range(3)])
    ends = run_three(shared, tmp_path, [Line(), Line(), Line()])

    assert interrupted == [None, None, None]
    assert device.sizes == [3, 1, 1, 1]
    assert [end.record.epochs for end in ends if end] == [4, 4, 4]
