"""Sets of classes: how often they hold the truth, how few they are, and how they are written."""

from __future__ import annotations

import json

import numpy as np
import pytest

from automl.tasks.conformal.classes import OF_CLASSES
from tests.tasks.conformal.cases import CLASSES, classes


@pytest.mark.parametrize("coverage", [0.8, 0.95])
def test_they_hold_the_truth_as_often_as_asked_for(coverage: float) -> None:
    inside, size = OF_CLASSES.tell(OF_CLASSES.scored(classes(2000)), classes(4000, 1), coverage).held(
        classes(4000, 1)
    )

    assert inside.mean() == pytest.approx(coverage, abs=0.02)
    assert size.min() >= 1
    assert size.max() <= 3


def test_the_class_that_is_answered_is_always_in_its_set() -> None:
    new = classes(500, 1, sharp=8)

    told = OF_CLASSES.tell(OF_CLASSES.scored(classes(500, sharp=8)), new, 0.5)

    answer = new.predictions["target"].argmax(axis=1)
    assert told.members[np.arange(500), answer].all()


def test_a_set_is_written_with_the_most_probable_class_first() -> None:
    new = classes(50, 1)
    told = OF_CLASSES.tell(OF_CLASSES.scored(classes(500)), new, 0.9)

    written = [json.loads(text) for text in told.columns(new, CLASSES)["set"]]

    chances = new.predictions["target"]
    for row, names in enumerate(written):
        codes = [CLASSES.index(name) for name in names]
        assert {*codes} == {*np.flatnonzero(told.members[row])}
        assert (np.diff(chances[row, codes]) <= 0).all()
