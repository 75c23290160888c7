"""Layers with loops give the same without masks ahead of these, and without scans."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.formats.recurrent import in_plain_loops, in_plain_steps
from automl.models.layers.stacked import StackedModel, Unstacked
from automl.private_keras import run_through_graph
from automl.tasks.known_words import KnownWords

pytestmark = pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="TensorFlow exports")

STEPS = np.random.default_rng(0).normal(size=(3, 4, 2)).astype(np.float32)
COUNTS = np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]], np.float32)


def network(layer, *, masked):
    steps, counts = keras.Input((4, 2), name="steps"), keras.Input((4,), name="counts")
    mask = keras.ops.greater(counts, 0)
    out = layer(steps, mask=mask) if masked else layer(steps)
    return keras.Model({"counts": counts, "steps": steps}, {"y": out})


@pytest.mark.parametrize(
    ("layer", "masked"),
    [
        (keras.layers.LSTM(3), True),
        (keras.layers.GRU(3, return_sequences=True), True),
        (keras.layers.Bidirectional(keras.layers.LSTM(3, return_sequences=True)), True),
        (keras.layers.Bidirectional(keras.layers.SimpleRNN(3)), True),
        (keras.layers.GRU(3, return_sequences=True), False),
    ],
)
def test_a_layer_gives_what_it_gave(layer, masked):
    model = network(keras.layers.deserialize(keras.layers.serialize(layer)), masked=masked)
    given = {"counts": COUNTS, "steps": STEPS}

    found = run_through_graph(model, given, in_plain_steps(model, scans=True))

    np.testing.assert_allclose(found["y"], model(given)["y"], atol=1e-6)


def test_networks_that_share_a_structure_are_met_one_by_one():
    core = network(keras.layers.GRU(3), masked=True)
    stack = StackedModel(core, 2)
    stack.fill([np.stack([value.numpy(), 2 * value.numpy()]) for value in core.variables])
    steps, counts = keras.Input((4, 2), name="steps"), keras.Input((4,), name="counts")
    both = Unstacked(2)(stack({"counts": counts, "steps": steps})["y"])
    model = keras.Model({"counts": counts, "steps": steps}, both)
    given = {"counts": COUNTS, "steps": STEPS}

    found = run_through_graph(model, given, in_plain_steps(model, scans=True))

    for one, other in zip(found, model(given), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_a_scan_of_ours_becomes_a_loop_where_none_can_be_read():
    logs = keras.Input((5, 3), name="logs")
    inner = keras.Model(logs, KnownWords(["a", "aa"], " a")(logs))
    model = keras.Model({"logs": logs}, inner(logs))
    given = {"logs": np.random.default_rng(0).normal(size=(4, 5, 3)).astype(np.float32)}

    found = run_through_graph(model, given, in_plain_loops)

    np.testing.assert_array_equal(found, model(given))
