"""How many rows go through a network at once."""

from __future__ import annotations

import numpy as np
import pytest

from automl.training.inputs import fitting_batch


@pytest.mark.parametrize(
    ("shape", "rows"), [((40,), 1024), ((64, 64, 3), 1024), ((256, 256, 1), 64), ((4000, 4000, 3), 1)]
)
def test_large_pictures_go_through_a_network_in_smaller_batches(shape, rows):
    one = np.broadcast_to(np.float32(0), (5, *shape))

    assert fitting_batch({"image": one}, 1024) == rows
