"""The time of an epoch, predicted from those that were trained."""

from __future__ import annotations

import numpy as np
import pytest
from optuna.distributions import CategoricalDistribution, IntDistribution
from scipy.stats import spearmanr

from automl.study.proposals.costs import time_to_first_rung
from automl.study.proposals.encoding import Encoding
from automl.study.proposals.evidence import Evidence, Seen

SPACE = {
    "width": IntDistribution(8, 512, log=True),
    "depth": IntDistribution(1, 8),
    "kind": CategoricalDistribution(("plain", "slow")),
}
ENCODING = Encoding(SPACE)


def true_time(configuration):
    slow = 4.0 if configuration["kind"] == "slow" else 1.0
    return 0.01 * configuration["width"] * configuration["depth"] * slow


def evidence(configurations, seconds):
    trials = tuple(
        Seen(params=params, distributions=SPACE, rungs=((0.5,),), excess=0.0, seconds=time, origin="")
        for params, time in zip(configurations, seconds, strict=True)
    )
    return Evidence(seen=trials, standings=np.zeros(len(trials)), pending=(), ranges={})


def drawn(count, seed):
    points = ENCODING.sample(np.random.default_rng(seed), count)
    return points, [ENCODING.decode(point) for point in points]


@pytest.mark.parametrize("times", [(), (1.0, 2.0, 3.0), (1.0, 2.0, 3.0, 0.0, 0.0)])
def test_with_few_times_every_configuration_costs_the_same(times):
    points, configurations = drawn(len(times) or 1, 0)

    known = evidence(configurations[: len(times)], times)

    assert list(time_to_first_rung(ENCODING, known)(points)) == [1.0] * len(points)


def test_times_are_predicted_in_their_order_and_size():
    _, known = drawn(40, 0)
    points, others = drawn(100, 1)
    wanted = np.array([true_time(item) for item in others])

    found = time_to_first_rung(ENCODING, evidence(known, [true_time(item) for item in known]))(points)

    assert spearmanr(found, wanted).statistic > 0.95
    assert np.median(np.abs(np.log(found / wanted))) < np.log(1.5)


def test_a_prediction_is_never_far_from_what_was_seen():
    _, known = drawn(6, 0)
    points, _ = drawn(100, 1)

    found = time_to_first_rung(ENCODING, evidence(known, [1.0, 1.1, 0.9, 1.0, 1.2, 1.0]))(points)

    assert found.min() >= 0.9 / np.e
    assert found.max() <= 1.2 * np.e
