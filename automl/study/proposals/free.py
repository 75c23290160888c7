"""Trials of spaces that nobody wrote down: a user's program asks for its parameters while it runs.

A parameter is described as in a search space, but called by the key under which it is given here; its own
name does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TypeAlias

from optuna import Study
from optuna.samplers import BaseSampler
from optuna.trial import Trial, TrialState, create_trial

from automl.core.specs import Configuration, Scalar
from automl.spaces.parameters import Parameter
from automl.study.proposals.distributions import distribution

Values: TypeAlias = Mapping[str, tuple[Parameter, Scalar]]
"""Values by key, each with what it was drawn from."""


def drawn_by(study: Study, sampler: BaseSampler, number: int) -> Callable[[str, Parameter], Scalar]:
    """Return what a sampler draws for a trial that does not exist yet, asked key by key.

    Args:
        study: that it goes by.
        sampler: one that asks nothing of the trial but its number.
        number: of the trial.
    """
    draft = create_trial(state=TrialState.RUNNING)
    draft.number = number
    values = sampler.sample_relative(study, draft, sampler.infer_relative_search_space(study, draft))

    def drawn(key: str, parameter: Parameter) -> Scalar:
        if key in values and parameter.contains(values[key]):
            known: Scalar = values[key]
            return known
        other: Scalar = sampler.sample_independent(study, draft, key, distribution(parameter))
        return other

    return drawn


def begin_with(study: Study, configuration: Configuration, values: Values, origin: str) -> Trial:
    """Create a running trial of a configuration, in one write."""
    template = create_trial(
        state=TrialState.RUNNING,
        params={key: value for key, (_, value) in values.items()},
        distributions={key: distribution(parameter) for key, (parameter, _) in values.items()},
        user_attrs={"proposal": {"configuration": dict(configuration), "origin": origin}},
    )
    return Trial(study, study._storage.create_new_trial(study._study_id, template))


def add_values(study: Study, trial: Trial, values: Values) -> None:
    """Tell a running trial values that it has not: those for which its program asked only later."""
    known = trial.params
    for key, (parameter, value) in values.items():
        if key in known:
            continue
        drawn_from = distribution(parameter)
        with suppress(ValueError):  # a choice whose values differ from trial to trial, which Optuna refuses
            study._storage.set_trial_param(
                trial._trial_id, key, drawn_from.to_internal_repr(value), drawn_from
            )
