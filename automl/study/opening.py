"""Opening a study: to create or continue it, or only to look at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import TrialPruned
from optuna.storages import BaseStorage
from optuna.trial import FixedTrial

from automl.core.errors import ConfigError, understood
from automl.core.specs import Configuration, Objective
from automl.spaces.space import SearchSpace, family_of
from automl.study.earlier.earlier import gifts_of
from automl.study.earlier.portfolio import starts_of
from automl.study.earlier.warm_start import Facts, Place
from automl.study.optuna.claim import claim
from automl.study.optuna.optuna_study import OptunaProposer
from automl.study.optuna.pruners import OURS, build_pruner
from automl.study.promotion.rungs import ladder
from automl.study.proposals.samplers import build_sampler
from automl.study.storage.storage import JOURNAL, open_storage


def open_proposer(
    *,
    folder: Path,
    name: str,
    space: SearchSpace,
    objectives: tuple[Objective, ...],
    epochs: Mapping[str, int] | None = None,
    sampler: str = "rungs",
    pruner: str = "rungs",
    seed: int = 0,
    storage: str | BaseStorage | None = None,
    use_portfolio: bool = True,
    facts: Facts | None = None,
    earlier: Sequence[Place] = (),
    note: Callable[[str], None] = lambda text: None,
) -> OptunaProposer:
    """Create a study, or go on with the one that is there.

    Args:
        folder: the job folder; without ``storage`` the study is its file ``study.journal``.
        name: the job's name, which is the study's.
        space: what to search; its ``epochs`` are the full length of a trial for the pruner.
        objectives: what is optimised; Optuna's pruners go by the first one.
        epochs: full length of a trial by family, where it is not the space's.
        sampler: one of ``SAMPLERS``.
        pruner: one of ``PRUNERS``; Optuna's own are without effect on several objectives.
        seed: the n-th trial of a study is the same for the same seed, space and scores, also when the
            study was stopped and opened again in between.
        storage: see ``open_storage``.
        use_portfolio: begin with the best of the earlier studies and the space's portfolio; a grid never
            does.
        facts: what the data looks like, kept with the study.
        earlier: studies to learn from; they are read when the study is created.
        note: tells the user something while the study is used.

    Raises:
        ConfigError: unknown sampler or pruner, a storage that cannot be opened, or a study of that name
            made for something else.
        MissingDependencyError: the sampler or the storage needs a library that is not installed.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    where = folder / JOURNAL if storage is None else Path("the storage of the study")
    with understood(where, kinds=(ValueError,)):
        draws = build_sampler(sampler, seed=seed, number=0, objectives=len(objectives))
        judges = build_pruner(pruner if len(objectives) == 1 else "none", space.epochs)
        study = _study(open_storage(folder, storage, note), name, objectives, draws, judges)
        claim(study, space, objectives)
        gifts = gifts_of(study, earlier, space, objectives, facts)
        return OptunaProposer(
            study=study,
            space=space,
            objectives=objectives,
            levels=_levels(space, epochs or {}) if pruner in OURS else lambda configuration: (),
            sampler=sampler,
            pruner=pruner,
            seed=seed,
            starts=starts_of(space, gifts) if use_portfolio and sampler != "grid" else (),
            prior=[point for item in gifts for point in item.prior],
            notes=(*_pruner_notes(pruner, objectives), *(item.note for item in gifts)),
        )


def load_study(folder: Path, name: str, storage: str | None = None) -> optuna.Study:
    """Open a job's study to look at it.

    Args:
        folder: the job folder.
        name: the job's name.
        storage: see ``open_storage``.

    Raises:
        ConfigError: there is no such study, or its storage cannot be opened.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if storage is None and not (folder / JOURNAL).exists():  # to look must not make one
        raise ConfigError(f"There is no study {name!r} in {folder / JOURNAL}.")
    try:
        return optuna.load_study(study_name=name, storage=open_storage(folder, storage))
    except KeyError as error:
        raise ConfigError(f"There is no study {name!r} in {storage or folder / JOURNAL}.") from error


def is_pruning(error: Exception) -> bool:
    """Whether a user's function ended its trial by ``raise optuna.TrialPruned()``."""
    return isinstance(error, TrialPruned)


def fixed_trial(parameters: Mapping[str, Any]) -> FixedTrial:
    """Return a trial that suggests what it is told, to build the model of an earlier one again."""
    return FixedTrial(dict(parameters))


def _study(
    storage: BaseStorage,
    name: str,
    objectives: Sequence[Objective],
    sampler: optuna.samplers.BaseSampler,
    pruner: optuna.pruners.BasePruner,
) -> optuna.Study:
    return optuna.create_study(
        storage=storage,
        study_name=name,
        sampler=sampler,
        pruner=pruner,
        directions=[objective.direction for objective in objectives],
        load_if_exists=True,
    )


def _pruner_notes(pruner: str, objectives: Sequence[Objective]) -> tuple[str, ...]:
    if len(objectives) == 1 or pruner in ("none", *OURS):
        return ()
    return (f"Pruner {pruner!r} is off: a trial is judged by one curve, and there are several objectives.",)


def _levels(space: SearchSpace, epochs: Mapping[str, int]) -> Callable[[Configuration], tuple[int, ...]]:
    """From a configuration to the epochs of its rungs."""
    ladders = {family: ladder(length) for family, length in epochs.items()}
    default = ladder(space.epochs)
    return lambda configuration: ladders.get(family_of(configuration), default)
