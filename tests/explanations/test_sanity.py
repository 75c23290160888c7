"""Deletion beats chance for true attributions and not for turned ones; weights at random change a map."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.targets import TARGET
from automl.data.modality import Examples
from automl.explanations.attribution import Attribution
from automl.explanations.deletion import Deletion, deletion_of, stacked
from automl.explanations.pieces import pieces_of
from automl.explanations.sanity import Sanity, weights_at_random
from tests.explanations.subjects import SUBJECTS
from tests.explanations.test_permuting import subject

RNG = np.random.default_rng(0)
NAMES = [f"x{at}" for at in range(10)]
FACTORS = dict(zip(NAMES, np.linspace(0.0, 4.5, 10), strict=True))
INPUTS = {name: RNG.normal(5.0, 1.0, size=40) for name in NAMES}


def summed(inputs, of=None):
    return {TARGET: sum(FACTORS[name] * inputs[name] for name in NAMES)[:, None]}


GIVEN = replace(subject(), examples=Examples(inputs=INPUTS), predict=summed, rows=(0, 1, 2))


def attributions(sign: float) -> list[Attribution]:
    usual = {name: np.median(values) for name, values in INPUTS.items()}
    return [
        Attribution(
            row=row,
            words="y",
            score=0.0,
            parts={
                name: np.asarray(sign * FACTORS[name] * (INPUTS[name][row] - usual[name])) for name in NAMES
            },
        )
        for row in GIVEN.rows
    ]


@pytest.mark.parametrize(("sign", "better"), [(1.0, True), (-1.0, False)], ids=["true", "turned"])
def test_what_matters_most_goes_first_and_takes_the_answer_with_it(sign, better):
    found = deletion_of(GIVEN, pieces_of(INPUTS, {}), attributions(sign))

    assert (found.gain > 0) is better
    for curve in (found.by_method, found.at_random):
        assert curve[0] == pytest.approx(1.0)
        assert curve[-1] == pytest.approx(0.0, abs=1e-6)


def test_weights_at_random_are_others_and_come_back():
    given = SUBJECTS["table"]()
    model = given.model()
    before = model.get_weights()
    answers = given.predict(given.examples.inputs)[TARGET]

    with weights_at_random(model, seed=1):
        during = given.predict(given.examples.inputs)[TARGET]

    assert not np.allclose(during, answers)
    for was, now in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize(
    ("alike", "gain", "passed", "words"),
    [
        (0.1, 0.2, True, "other (rank correlation 0.1)"),
        (0.9, 0.2, False, "nearly the same"),
        (0.1, -0.1, False, "no sooner than"),
        (float("nan"), 0.2, True, "attributions are other;"),
    ],
)
def test_a_failed_test_is_told(alike, gain, passed, words):
    shares = (0.0, 1.0)
    deletion = Deletion(shares=shares, by_method=(1 - gain, 0.0), at_random=(1 + gain, 0.0))

    sanity = Sanity(alike=alike, deletion=deletion)

    assert sanity.passed is passed
    assert words in sanity.told
    assert sanity.plain()["passed"] is passed


def test_single_examples_are_stacked_in_the_types_of_the_data():
    like = {"a": np.zeros(3), "t": np.array(["x", "y"], object), "p": np.zeros((2, 4, 4, 1), np.uint8)}

    made = stacked([{"a": 1, "t": "q", "p": np.ones((4, 4, 1))}] * 2, like)

    assert [(values.dtype, values.shape) for values in made.values()] == [
        (np.dtype(np.float64), (2,)),
        (np.dtype(object), (2,)),
        (np.dtype(np.uint8), (2, 4, 4, 1)),
    ]
