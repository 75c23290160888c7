"""Pruners by name; their steps are epochs of a trial.

``rungs`` and ``pasha`` are our own: trials pause at rungs and the best are promoted. They are no pruners of
Optuna, which can only end a trial; see ``rungs``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest

if TYPE_CHECKING:
    from optuna.pruners import BasePruner

RUNGS, PASHA = OURS = "rungs", "pasha"
"""The names of ours."""

NONE, DEFAULT = "none", RUNGS
"""No pruner; and the one of a search that names none."""

# trials that run to their end before the first is compared: a median of fewer says little
STARTUP_TRIALS = 4
# promotion of one in three: the default of Hyperband (Li et al., 2018)
REDUCTION = 3


def check_pruner(name: str) -> None:
    """Refuse a pruner that does not exist; loads nothing.

    Raises:
        ConfigError: unknown name.
    """
    if name not in PRUNERS:
        raise ConfigError(f"Unknown pruner {name!r}. {suggest(name, PRUNERS)}")


def build_pruner(name: str, epochs: int) -> BasePruner:
    """Return an Optuna pruner.

    Args:
        name: one of ``PRUNERS``.
        epochs: full length of a trial.

    Raises:
        ConfigError: unknown name.
    """
    check_pruner(name)
    return _BUILDERS[name](epochs)


def reads_reports(sampler: str, pruner: str) -> bool:
    """Whether sampler or pruner goes by what trials report of epochs; with ours, rungs are recorded."""
    return pruner not in OURS and (pruner != "none" or sampler == "rungs")


def _none(epochs: int) -> BasePruner:
    from optuna.pruners import NopPruner

    return NopPruner()


def _median(epochs: int) -> BasePruner:
    from optuna.pruners import MedianPruner

    # the first quarter of the curves says more of the learning rate than of the end
    return MedianPruner(n_startup_trials=STARTUP_TRIALS, n_warmup_steps=max(1, epochs // 4))


def _successive_halving(epochs: int) -> BasePruner:
    from optuna.pruners import SuccessiveHalvingPruner

    return SuccessiveHalvingPruner(min_resource=_first_rung(epochs), reduction_factor=REDUCTION)


def _hyperband(epochs: int) -> BasePruner:
    from optuna.pruners import HyperbandPruner

    return HyperbandPruner(
        min_resource=_first_rung(epochs), max_resource=max(epochs, 1), reduction_factor=REDUCTION
    )


def _first_rung(epochs: int) -> int:
    return max(1, epochs // REDUCTION**2)


_BUILDERS: dict[str, Callable[[int], BasePruner]] = {
    RUNGS: _none,
    PASHA: _none,
    "median": _median,
    "none": _none,
    "successive-halving": _successive_halving,
    "hyperband": _hyperband,
}
PRUNERS = tuple(_BUILDERS)
