"""The search space of a hypermodel, found by building models before the first trial."""

from __future__ import annotations

import copy

from automl.kerastuner.engine.conditions import Parent
from automl.kerastuner.engine.hypermodel import HyperModel
from automl.kerastuner.engine.hyperparameters import HyperParameters


def explored(hypermodel: HyperModel, hyperparameters: HyperParameters) -> HyperParameters:
    """Return everything that a hypermodel asks for, conditional scopes entered one after another.

    A scope whose conditions cannot be brought about is tried once.

    Args:
        hypermodel: builds models, or declares its space.
        hyperparameters: what is known before; it is added to.
    """
    try:
        hypermodel.declare_hyperparameters(hyperparameters)
    except NotImplementedError:
        wanted: list[Parent] | None = []
        tried: list[list[Parent]] = []
        while wanted is not None:
            for condition in wanted:
                hyperparameters.values[condition.name] = condition.values[0]
            hypermodel.build(hyperparameters)
            wanted = _unseen(hyperparameters, tried)
            tried.append(copy.deepcopy(wanted or []))
    return hyperparameters


def _unseen(hyperparameters: HyperParameters, tried: list[list[Parent]]) -> list[Parent] | None:
    """The conditions of a scope that was never active, None when there is none left to try."""
    seen = [*hyperparameters.active_scopes, *tried]
    return next((scope for scope in hyperparameters.inactive_scopes if scope not in seen), None)
