"""What Optuna is told of a parameter."""

from __future__ import annotations

import warnings

from automl.spaces.parameters import Float
from automl.study.proposals.distributions import distribution


def test_optuna_has_nothing_to_say_of_steps_that_end_beside_their_sum():
    parameter = Float(name="dropout", low=0.0, high=0.1 * 6, step=0.1, default=0.0)
    assert parameter.high > 0.6

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        known = distribution(parameter)

    assert known.high == 0.6
