"""Samplers by name.

A sampler is built afresh for every trial, seeded by the study's seed and the trial's number: what it
proposes then depends only on these and on the trials told so far, so a resumed study goes on as the
uninterrupted one would.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest
from automl.core.optional import require
from automl.core.seeds import derive
from automl.core.specs import Scalar
from automl.spaces.space import FAMILY

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

    from automl.study.proposals.evidence import Reader
    from automl.study.proposals.prior_point import PriorPoint

# random trials before a model of the scores is fitted; Optuna's own default, portfolio trials count
STARTUP_TRIALS = 10
# Optuna's 50 would make most searches, which are of tens of trials, one random generation
POPULATION = 16


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What the samplers of one study hand on, besides its trials.

    Attributes:
        prior: results of earlier studies.
        reader: has read the finished trials.
        seconds_left: of a search by time, where improvement counts per time; None without a limit.
        fixed: values that the next proposal is to have.
    """

    prior: Sequence[PriorPoint] = ()
    reader: Reader | None = None
    seconds_left: float | None = None
    fixed: Mapping[str, Scalar] = field(default_factory=dict)


def check_sampler(name: str, objectives: int = 1) -> None:
    """Refuse a sampler that does not exist or cannot do the work; loads nothing.

    Args:
        name: what the user wrote.
        objectives: how many objectives the search has.

    Raises:
        ConfigError: unknown name, or one objective too many.
    """
    if name not in SAMPLERS:
        raise ConfigError(f"Unknown sampler {name!r}. {suggest(name, SAMPLERS)}")
    if name == "cmaes" and objectives > 1:
        raise ConfigError("Sampler 'cmaes' takes one objective. Use tpe, gp, nsga2 or random for several.")


def build_sampler(
    name: str, *, seed: int, number: int, objectives: int = 1, memory: Memory | None = None
) -> BaseSampler:
    """Return an Optuna sampler for one trial.

    Args:
        name: one of ``SAMPLERS``; ``grid`` enumerates outside Optuna and gets a random sampler here.
        seed: the study's seed.
        number: the trial's number.
        objectives: how many objectives the study has.
        memory: what the samplers of one study share; of its own only ``rungs`` makes use.

    Raises:
        ConfigError: see ``check_sampler``.
        MissingDependencyError: a library that this sampler needs is not installed.
    """
    check_sampler(name, objectives)
    with warnings.catch_warnings():
        # experimental in Optuna's words, pinned and tested in ours
        warnings.simplefilter("ignore")
        return _BUILDERS[name](seed, derive(seed, "sampler", number), objectives, memory or Memory())


def _tpe(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    from optuna.samplers import TPESampler

    # groups: parameters that occur together are drawn together, also below a condition
    joint = objectives == 1
    return TPESampler(
        seed=trial_seed,
        n_startup_trials=STARTUP_TRIALS,
        multivariate=joint,
        group=joint,
        constant_liar=True,
    )


def _gp(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    require("torch", extra="gp", purpose="for the sampler gp, which fits a Gaussian process with it")
    from optuna.samplers import GPSampler

    return GPSampler(seed=trial_seed, n_startup_trials=STARTUP_TRIALS, warn_independent_sampling=False)


def _cmaes(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    from optuna.samplers import CmaEsSampler

    return CmaEsSampler(seed=trial_seed, warn_independent_sampling=False)


def _random(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    from optuna.samplers import RandomSampler

    return RandomSampler(seed=trial_seed)


def _qmc(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    from optuna.samplers import QMCSampler, RandomSampler

    # one scrambling for the whole study: its trials are points of one sequence
    return QMCSampler(
        seed=derive(seed, "sampler"),
        scramble=True,
        independent_sampler=RandomSampler(seed=trial_seed),
        warn_independent_sampling=False,
    )


def _nsga2(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    from optuna.samplers import NSGAIISampler

    return NSGAIISampler(seed=trial_seed, population_size=POPULATION)


def _rungs(seed: int, trial_seed: int, objectives: int, memory: Memory) -> BaseSampler:
    from automl.study.proposals.rung_sampler import RungSampler

    return RungSampler(
        seed=trial_seed,
        branch=FAMILY,
        seconds_left=memory.seconds_left,
        prior=memory.prior,
        reader=memory.reader,
        fixed=memory.fixed,
    )


_BUILDERS: dict[str, Callable[[int, int, int, Memory], BaseSampler]] = {
    "rungs": _rungs,
    "tpe": _tpe,
    "gp": _gp,
    "cmaes": _cmaes,
    "random": _random,
    "qmc": _qmc,
    "grid": _random,
    "nsga2": _nsga2,
}
SAMPLERS = tuple(_BUILDERS)
