"""The winner as it is exported: the models of its members, with the weights that were kept or trained anew.

All members read what one preprocessing model makes of raw examples, and are decoded by one task.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from automl.core.catalog import at_place
from automl.core.errors import ConfigError, SearchError
from automl.core.specs import TrialRecord
from automl.execution.executor import Alone
from automl.jobs.assembly import Dealt, Prepared, build_core, deal, exported_model
from automl.jobs.finish.records import Records
from automl.jobs.finish.refit import prepare_all, train_on_all
from automl.jobs.folder import JobFolder, read_json
from automl.jobs.intake.setting import Setting
from automl.jobs.session import Session
from automl.jobs.trial.plan import Plan
from automl.jobs.trial.states import States
from automl.jobs.trial.trial import run_trial
from automl.jobs.versions import write_versioned

if TYPE_CHECKING:
    from pathlib import Path

    import keras
    import numpy as np


@dataclass(frozen=True, kw_only=True)
class TrainedWinner:
    """The winner in memory.

    Attributes:
        prepared: what all members read; its validation part is that of the first fold.
        records: of the members.
        cores: their models, from preprocessed inputs to raw outputs, without optimizers, which would be
            saved with them and hinder their loading.
        weights: of their predictions; they sum to 1.
    """

    prepared: Prepared
    records: tuple[TrialRecord, ...]
    cores: tuple[keras.Model, ...]
    weights: tuple[float, ...]

    def exported(self) -> keras.Model:
        """The members joined into one model, from raw inputs to predictions."""
        return exported_model(self.prepared, self.cores, self.weights)

    def predictions(
        self, rows: np.ndarray | None = None, *, batch_size: int = 1024
    ) -> dict[str, np.ndarray]:
        """Predict the validation part, by name.

        Args:
            rows: positions of the examples, in that order; all by default.
            batch_size: examples at once.
        """
        import numpy as np

        from automl.tasks.decoding import finished

        validation, found = self.prepared.split.validation, []
        for core in self.cores:
            inputs = {name: validation[name] for name in core.input}
            if rows is not None:
                inputs = {name: np.asarray(array[rows]) for name, array in inputs.items()}
            outputs = core.predict(inputs, batch_size=batch_size, verbose=0)
            found.append(finished(self.prepared.task, outputs))
        blend = at_place(self.prepared.task.declaration.blend)
        return found[0] if len(found) == 1 else dict(blend(found, self.weights))


def train_winner(session: Session, records: Records) -> TrainedWinner:
    """Return the winner with its weights; of a cross-validation trained on all examples, if time allows.

    Raises:
        SearchError: the weights of a member are lost, and it cannot be trained again.
    """
    setting, members = session.setting, records.members()
    dealt = [_dealt(setting, record) for record in members]
    if _has_time_to_refit(session, members):
        prepared = prepare_all(session.config, session.intake, setting)
        trained = [
            train_on_all(session.config, setting, prepared, *item)
            for item in zip(dealt, members, strict=True)
        ]
        write_versioned(session.folder.task, prepared.task.describe())
        cores = [
            _built(setting, item, prepared, model.get_weights())
            for item, model in zip(dealt, trained, strict=True)
        ]
    else:
        prepared = setting.folds[0]
        cores = [_core(session, *item) for item in zip(dealt, members, strict=True)]
    return TrainedWinner(
        prepared=prepared,
        records=members,
        cores=tuple(cores),
        weights=tuple(records.winner.weights.values()),
    )


def _dealt(setting: Setting, record: TrialRecord) -> Dealt:
    family, parameters = setting.space.split(record.configuration)
    return deal(setting.families[family], setting.folds[0].task, parameters)


def _has_time_to_refit(session: Session, members: Sequence[TrialRecord]) -> bool:
    folds, time_limit = session.config.folds, session.config.time
    if folds is None:
        return False
    needed = sum(record.seconds for record in members) / folds
    return time_limit is None or session.started + time_limit - time.monotonic() > needed


def _core(session: Session, dealt: Dealt, record: TrialRecord) -> keras.Model:
    """A member's model after its best epoch: with the weights that were kept, or trained again."""
    setting, folder = session.setting, session.folder
    core = _built(setting, dealt, setting.folds[0])
    if _are_of(folder, record) and _loaded(core, folder.weights):
        return core
    return _built(setting, dealt, setting.folds[0], _trained_again(session, record).get_weights())


def _are_of(folder: JobFolder, record: TrialRecord) -> bool:
    """Whether the weights that were kept are those of a trial."""
    try:
        return bool(read_json(folder.best).get("number") == record.number)
    except ConfigError:
        return False


def _loaded(core: keras.Model, path: Path) -> bool:
    """Give a model the weights of a file; False where it is damaged or another model's."""
    try:
        core.load_weights(path)
    except Exception:  # h5py and Keras each have their own
        return False
    return True


def _built(
    setting: Setting, dealt: Dealt, prepared: Prepared, weights: Sequence[np.ndarray] = ()
) -> keras.Model:
    with setting.building():
        core = build_core(dealt, prepared)
    if weights:
        core.set_weights(weights)
    return core


def _trained_again(session: Session, record: TrialRecord) -> keras.Model:
    """The model of a trial whose weights are gone: a kill fell between two writes, or another was best."""
    session.progress.note(f"The weights of trial {record.number} were not kept, so it is trained again.")
    plan = Plan(
        until=record.epochs if record.state != "complete" else None,
        number=record.number,
        configuration=record.configuration,
        seed=record.seed,
        run_id="",
    )
    states = States(folder=session.folder.states, note=session.progress.note)
    end = run_trial(session.setting, plan, states, Alone())
    if end is None or end.model is None:
        reason = end.record.reason if end else "interrupted"
        raise SearchError(f"Trial {record.number} could not be trained again: {reason}")
    return end.model
