"""Networks that step give what those that read whole windows give."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.models.catalog import FAMILIES
from automl.models.ends import encode
from automl.models.stepping import of_any_length, stepper_of
from automl.testing.networks import entry
from automl.testing.tensors import ids_of_text
from automl.training.seeding import seed_models

SIZE, WINDOW = 11, 7
NETWORKS = {
    "gru": ("language/rnn", {"cell": "gru", "units": 6, "layers": 2}),
    "lstm": ("language/rnn", {"cell": "lstm", "units": 6, "tied": True}),
    "transformer": ("language/transformer", {"width": 12, "heads": 2, "depth": 2}),
    "swiglu": ("language/transformer", {"width": 10, "heads": 4, "gate": "swiglu", "tied": False}),
}


def network(name):
    family, options = NETWORKS[name]
    seed_models(3)
    inputs = entry([ids_of_text(WINDOW, SIZE)])
    model = keras.Model(inputs.by_name(), encode(FAMILIES[family], inputs, options, ("scores",)))
    random = np.random.default_rng(0)
    model.set_weights([value + random.normal(0, 0.2, value.shape) for value in model.get_weights()])
    return model


@pytest.mark.parametrize("name", NETWORKS)
def test_step_by_step_it_says_what_it_says_of_the_whole_beyond_its_window_too(name):
    model, text = network(name), np.random.default_rng(1).integers(2, SIZE, 3 * WINDOW)
    stepper = stepper_of(model)

    states, steps = dict(stepper.first), []
    for token in text:
        scores, states = stepper.step(int(token), states)
        steps.append(scores)

    whole = of_any_length(model).predict_on_batch({"stream": text[None, :, None].astype(np.int32)})
    np.testing.assert_allclose(steps, np.asarray(whole)[0], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_no_token_is_told_by_what_follows_it(name):
    model, random = network(name), np.random.default_rng(2)
    one = random.integers(2, SIZE, (1, WINDOW, 1)).astype(np.int32)
    other = one.copy()
    other[0, 4:] = (other[0, 4:] - 1) % SIZE

    scores = [np.asarray(model.predict_on_batch({"stream": text}))[0] for text in (one, other)]

    np.testing.assert_allclose(scores[0][:4], scores[1][:4], rtol=1e-5, atol=1e-6)
    assert not np.allclose(scores[0][4:], scores[1][4:])
