"""The best trial alone: how long it is trained on all rows."""

from __future__ import annotations

import pytest

from automl.jobs.finish.alone import shortened
from automl.training.engine import TrainingOptions


@pytest.mark.parametrize(
    ("passes", "share", "kept"), [(256, 7 / 15, 119), (16, 1.0, 16), (2, 1 / 15, 1), (0, 0.5, 0)]
)
def test_a_share_of_the_epochs_has_that_share_of_the_passes(passes: int, share: float, kept: int) -> None:
    options = TrainingOptions(passes=passes, patience=3, learning_rate=0.2)

    shorter = shortened(options, share)

    assert (shorter.passes, shorter.patience, shorter.learning_rate) == (kept, 0, 0.2)
