"""Trials that enter a study complete, with parameters and proposal, in one write.

Optuna stores each parameter when it is suggested, and every write waits for the disk. A sampler that needs
no more than the trial's number can be asked for all values before the trial exists; so can values
that are known already. A process killed in between leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from optuna import Study
from optuna.samplers import BaseSampler
from optuna.trial import Trial, TrialState, create_trial

from automl.core.specs import Configuration, Scalar
from automl.spaces.parameters import Constant, Parameter
from automl.spaces.space import SearchSpace
from automl.study.proposals.distributions import distribution


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """What is to be tried.

    Attributes:
        configuration: whole.
        origin: who proposed it.
        attributes: further user attributes of the trial.
    """

    configuration: Configuration
    origin: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


def draw(
    study: Study,
    space: SearchSpace,
    sampler: BaseSampler,
    number: int,
    fixed: Configuration = MappingProxyType({}),
) -> dict[str, Scalar]:
    """Return the configuration that a sampler proposes for a trial that does not exist yet.

    Args:
        study: that it goes by.
        space: what to draw from.
        sampler: one that asks nothing of the trial but its number.
        number: of the trial.
        fixed: values that it has in any case.
    """
    draft = create_trial(state=TrialState.RUNNING)
    draft.number = number
    values = sampler.sample_relative(study, draft, sampler.infer_relative_search_space(study, draft))

    def chosen(parameter: Parameter) -> Scalar:
        if parameter.name in fixed:
            return fixed[parameter.name]
        if isinstance(parameter, Constant):
            return parameter.value
        if parameter.name in values and parameter.contains(values[parameter.name]):
            drawn: Scalar = values[parameter.name]
        else:
            drawn = sampler.sample_independent(study, draft, parameter.name, distribution(parameter))
        return drawn

    return space.walk(chosen)


def begin(study: Study, space: SearchSpace, drawn: Drawn) -> Trial:
    """Create a running trial of a configuration.

    Raises:
        ValueError: a value does not fit its parameter.
    """
    ranges = {
        item.name: distribution(item)
        for item in space.parameters
        if item.name in drawn.configuration and not isinstance(item, Constant)
    }
    proposal = {"configuration": dict(drawn.configuration), "origin": drawn.origin}
    template = create_trial(
        state=TrialState.RUNNING,
        params={name: drawn.configuration[name] for name in ranges},
        distributions=ranges,
        user_attrs={**drawn.attributes, "proposal": proposal},
    )
    return Trial(study, study._storage.create_new_trial(study._study_id, template))
