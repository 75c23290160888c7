"""The winner as it is exported: networks of its members, with weights that were kept or trained anew.

All of them read what one preprocessing model makes of raw examples, and are decoded by one task.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from automl.core.catalog import at_place
from automl.core.targets import count_rows, held_rows
from automl.jobs.assembly import Prepared, calibrated_at, exported_model
from automl.tasks.decoding import finished
from automl.training.engine import Part

if TYPE_CHECKING:
    import keras
    import numpy as np

    from automl.core.specs import TrialRecord
    from automl.models.layers.stacked import StackedModel

BATCH = 1024
"""Examples at once."""


@dataclass(frozen=True, kw_only=True)
class TrainedMember:
    """A member in memory: one network, or one for each fold.

    Attributes:
        record: of its trial.
        core: from preprocessed inputs to raw outputs, without an optimizer, which would be saved with it
            and hinder its loading.
        weight: of its predictions.
        folds: values of ``core.variables``, each with the folds as its first axis; empty for one network,
            whose values the core has.
        outputs: raw outputs of the validation part by weights that were not trained on it; empty where
            they are to be computed.
        metrics: of the validation part; those of the trial unless its weights are others.
    """

    record: TrialRecord
    core: keras.Model
    weight: float = 1.0
    folds: tuple[np.ndarray, ...] = ()
    outputs: Mapping[str, np.ndarray] = field(default_factory=dict)
    metrics: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def made(
        cls,
        record: TrialRecord,
        core: keras.Model,
        variables: Sequence[np.ndarray],
        outputs: Mapping[str, np.ndarray],
        *,
        parts: tuple[Part, ...],
    ) -> TrainedMember:
        """Return a member of a training's outcome.

        Args:
            record: of its trial.
            core: its structure.
            variables: values of ``core.variables``, of a bag with the folds as their first axis.
            outputs: see the class.
            parts: rows of each fold; empty for one network, whose values the core gets.
        """
        member = cls(record=record, core=core, outputs=outputs)
        return replace(member, folds=tuple(variables)) if parts else member.assigned(variables)

    def assigned(self, values: Sequence[np.ndarray], **changes: Any) -> TrainedMember:
        """Return it with other values in the core, in the order of its variables, and other changes."""
        from automl.training.state import assign

        assign(self.core.variables, values, "model")
        return replace(self, **changes)

    def stacked(self, spared: Sequence[str] = ()) -> keras.Model | StackedModel:
        """Its network, or a layer of those of its folds.

        Args:
            spared: names of outputs that it is not to give.
        """
        core = _without(self.core, spared)
        if not self.folds:
            return core
        from automl.models.layers.stacked import StackedModel

        layer = StackedModel(core, len(self.folds[0]), name=core.name)
        places = {id(variable): place for place, variable in enumerate(self.core.variables)}
        layer.fill([self.folds[places[id(variable)]] for variable in core.variables])
        return layer

    @property
    def count(self) -> int:
        """How many networks it is: one of each fold."""
        return len(self.folds[0]) if self.folds else 1

    def networks(self, only: int | None = None) -> Iterator[keras.Model]:
        """Give the core with the values of each fold in turn, or of one."""
        if not self.folds:
            yield self.core
            return
        for fold in range(len(self.folds[0])) if only is None else (only,):
            yield self.assigned([values[fold] for values in self.folds]).core

    def held_out(self, prepared: Prepared, parts: tuple[Part, ...]) -> Mapping[str, np.ndarray]:
        """Return its raw outputs of the validation part, each row by weights not trained on it.

        Args:
            prepared: the data.
            parts: rows of each fold.
        """
        import numpy as np

        if self.outputs:
            return self.outputs
        validation, total = prepared.split.validation, count_rows(prepared.targets)
        rows = [part.validation for part in parts] if self.folds else [np.arange(total)]
        found: dict[str, np.ndarray] = {}
        for network, some in zip(self.networks(), rows, strict=True):
            for name, values in raw_outputs(network, validation, some).items():
                found.setdefault(name, np.zeros((total, *values.shape[1:]), values.dtype))[some] = values
        return found


@dataclass(frozen=True, kw_only=True)
class TrainedWinner:
    """The winner in memory.

    Attributes:
        prepared: what all members read.
        members: heaviest first; their weights sum to 1.
        parts: rows of each fold; empty where a part was held out.
        temperature: that the logits of predicted probabilities are divided by, see ``tasks.calibration``.
        decided: whether the task has got a threshold for its answers since the trials were scored.
    """

    prepared: Prepared
    members: tuple[TrainedMember, ...]
    parts: tuple[Part, ...] = ()
    temperature: float = 1.0
    decided: bool = False

    @property
    def records(self) -> tuple[TrialRecord, ...]:
        """Of the members."""
        return tuple(member.record for member in self.members)

    @property
    def networks(self) -> int:
        """How many networks the exported model has."""
        return sum(member.count for member in self.members)

    @property
    def parameters(self) -> int:
        """How many weights all of them have together."""
        return sum(member.count * int(member.core.count_params()) for member in self.members)

    def exported(self) -> keras.Model:
        """The members joined into one model, from raw inputs to predictions."""
        spared = self.prepared.task.declaration.training_outputs
        cores = [member.stacked(spared) for member in self.members]
        weights = [member.weight for member in self.members]
        return exported_model(self.prepared, cores, weights, temperature=self.temperature)

    def predictions(
        self, rows: np.ndarray | None = None, *, batch_size: int = BATCH
    ) -> dict[str, np.ndarray]:
        """Predict the validation part, by name, as the exported model does.

        With folds most networks were trained on these examples.

        Args:
            rows: positions of the examples, in that order; all by default.
            batch_size: examples at once.
        """
        return self.answers(self.prepared.split.validation, rows, batch_size=batch_size)

    def answers(
        self,
        inputs: Mapping[str, np.ndarray],
        rows: np.ndarray | None = None,
        *,
        fold: int | None = None,
        batch_size: int = BATCH,
    ) -> dict[str, np.ndarray]:
        """Predict preprocessed inputs, by name.

        Args:
            inputs: by name, first axis examples.
            rows: positions of the examples, in that order; all by default.
            fold: the one whose networks are asked, None for all.
            batch_size: examples at once.
        """
        found: list[dict[str, np.ndarray]] = []
        weights: list[float] = []
        for member in self.members:
            before = len(found)
            for network in member.networks(fold):
                outputs = raw_outputs(network, inputs, rows, batch_size=batch_size)
                found.append(finished(self.prepared.task, outputs))
            count = len(found) - before
            weights += [member.weight / count] * count
        return self._blend(found, weights)

    def held_out(self) -> dict[str, np.ndarray]:
        """Predict the validation part, by name, each row by weights that were not trained on it."""
        prepared = self.prepared
        found = [finished(prepared.task, item.held_out(prepared, self.parts)) for item in self.members]
        return self._blend(found, [member.weight for member in self.members])

    @cached_property
    def metrics(self) -> Mapping[str, float]:
        """Metrics of the validation part, each row by weights that were not trained on it."""
        if len(self.members) > 1:
            return self.scores()
        known = {**self.members[0].record.metrics, **self.members[0].metrics}
        changed = self.temperature != 1.0 or self.decided
        return {**known, **self.scores()} if changed else known

    def scores(self) -> dict[str, float]:
        """Score the members as they are, see ``metrics``."""
        scorer, prepared = self.prepared.task.scorer(), self.prepared
        scorer.update(prepared.targets, self.held_out(), prepared.validation.groups)
        return scorer.result()

    def _blend(
        self, predictions: list[dict[str, np.ndarray]], weights: list[float]
    ) -> dict[str, np.ndarray]:
        declaration = self.prepared.task.declaration
        blend = at_place(declaration.blend) if len(predictions) > 1 else None
        whole = dict(blend(predictions, weights)) if blend else predictions[0]
        return calibrated_at(declaration, whole, self.temperature)


def _without(core: keras.Model, names: Sequence[str]) -> keras.Model:
    """A network that gives no outputs of some names, nor has the weights that they alone need."""
    if not names:
        return core
    import keras

    kept = {name: tensor for name, tensor in core.output.items() if name not in names}
    return keras.Model(core.input, kept, name=core.name)


def raw_outputs(
    core: keras.Model,
    inputs: Mapping[str, np.ndarray],
    rows: np.ndarray | None = None,
    *,
    batch_size: int = BATCH,
) -> dict[str, np.ndarray]:
    """Return what a network gives for preprocessed inputs, or for those at some positions."""
    import numpy as np

    from automl.training.inputs import fitting_batch

    wanted = {name: inputs[name] for name in core.input}
    if rows is not None:
        wanted = held_rows(wanted, rows)
    batch_size = fitting_batch(wanted, batch_size)
    outputs: dict[str, np.ndarray]
    if count_rows(wanted) <= batch_size:  # a tenth of the time of ``predict``, for each of many networks
        outputs = core.predict_on_batch(wanted)
    else:
        outputs = core.predict(wanted, batch_size=batch_size, verbose=0)
    return {name: np.asarray(values) for name, values in outputs.items()}
