"""A model taken apart answers as it did whole, and is cut where gradients begin."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from automl.core.targets import held_rows, named
from automl.explanations.anatomy import anatomy_of
from automl.explanations.by_gradients import decoded
from automl.explanations.cut import cut_at_maps, cut_where_gradients_begin
from automl.explanations.method import NotExplainedError
from tests.explanations.subjects import SUBJECTS


@pytest.mark.parametrize("kind", SUBJECTS)
def test_the_parts_answer_as_the_whole(kind):
    subject = SUBJECTS[kind]()
    inputs = held_rows(subject.examples.inputs, np.arange(5))
    anatomy = anatomy_of(subject.model())
    cut = cut_where_gradients_begin(anatomy)

    tensors = cut.tensors(anatomy.encode(inputs))
    answers = cut.score(tensors, lambda outputs: decoded(anatomy, outputs)["target"])

    np.testing.assert_allclose(answers, named(subject.predict(inputs))["target"], atol=1e-5)
    assert len(cut.varied) == len(tensors)
    assert any(cut.varied)


def test_each_network_of_the_folds_is_one_of_its_own():
    anatomy = anatomy_of(SUBJECTS["table"]().model())

    assert [len(call.networks) for call in anatomy.calls] == [2]
    weights = [network.get_weights()[0] for network in anatomy.calls[0].networks]
    assert not np.allclose(weights[0], weights[1])


def test_words_are_cut_behind_their_vectors_and_masks_stay():
    cut = cut_where_gradients_begin(anatomy_of(SUBJECTS["words"]().model()))
    (half,) = cut.halves

    moving = [tensor for tensor, moves in zip(half.lower.outputs, half.varied, strict=True) if moves]
    assert [tuple(tensor.shape[2:]) for tensor in moving] == [(8,)]
    assert sum(half.varied) < len(half.varied)


def test_maps_are_found_where_networks_end_in_them():
    assert cut_at_maps(anatomy_of(SUBJECTS["pictures"]().model())) is not None
    assert cut_at_maps(anatomy_of(SUBJECTS["words"]().model())) is None
    assert cut_at_maps(anatomy_of(SUBJECTS["table"]().model())) is None


def test_a_model_without_networks_is_refused():
    raw = keras.Input((2,), name="raw")

    with pytest.raises(NotExplainedError, match="No gradients"):
        anatomy_of(keras.Model({"raw": raw}, keras.layers.Dense(1)(raw)))
