"""How the next token is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.tasks.sampling import Sampling

SCORES = np.log(np.array([0.9, 0.05, 0.5, 0.3, 0.15, 0.05]))
"""Of padding, of the unknown token, and of four others."""


def drawn(count=4000, **how):
    random, sampling = np.random.default_rng(0), Sampling(**how)
    return np.bincount([sampling.draw(SCORES, random) for _ in range(count)], minlength=6) / count


def test_tokens_are_drawn_by_their_chances_and_never_padding():
    np.testing.assert_allclose(drawn(), [0, 0, 0.5, 0.3, 0.15, 0.05], atol=0.03)


def test_temperature_0_takes_the_likeliest():
    assert drawn(20, temperature=0.0).tolist() == [0, 0, 1, 0, 0, 0]


def test_a_lower_temperature_sharpens():
    np.testing.assert_allclose(drawn(temperature=0.5)[2:4], [25 / 36.5, 9 / 36.5], atol=0.03)


def test_top_k_and_top_p_leave_the_rest_out():
    np.testing.assert_allclose(drawn(top_k=2), [0, 0, 0.625, 0.375, 0, 0], atol=0.03)
    np.testing.assert_allclose(drawn(top_p=0.6), [0, 0, 0.625, 0.375, 0, 0], atol=0.03)
    assert drawn(50, top_p=0.5).tolist() == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize("wrong", [{"temperature": -1.0}, {"top_k": -1}, {"top_p": 0.0}, {"top_p": 1.5}])
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(ConfigError, match=next(iter(wrong))):
        Sampling(**wrong)
