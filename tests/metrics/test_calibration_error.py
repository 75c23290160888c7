"""The calibration error: 0 of what comes true as often as said, else the distance."""

from __future__ import annotations

import numpy as np
import pytest

from automl.metrics.calibration_error import BINS, bins_of, calibration_error


def test_what_comes_true_as_often_as_said_has_none():
    chances = np.repeat([0.25, 0.75], 200)
    hits = np.concatenate([np.arange(200) % 4 == 0, np.arange(200) % 4 != 0])

    assert calibration_error(hits, chances) == pytest.approx(0, abs=0.01)
    assert calibration_error(hits, np.clip(chances + 0.1, 0, 1)) == pytest.approx(0.1, abs=0.01)


def test_bins_have_equally_many_and_few_examples_fewer_bins():
    assert [len(part) for part in bins_of(np.random.default_rng(0).random(1000))] == [100] * BINS
    assert len(bins_of(np.arange(25.0))) == 2
    assert calibration_error(np.zeros(0, bool), np.zeros(0)) == 0
