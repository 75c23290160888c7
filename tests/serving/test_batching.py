"""Requests that come while the model is busy are its next batch; each gets its own answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest

from automl.data.modality import Examples
from automl.serving.batching import Batcher
from automl.serving.joining import alike, predicted_at_once


class Model:
    """Doubles numbers, remembers the batches, and can be held at its first call."""

    def __init__(self, hold: bool = False) -> None:
        self.sizes: list[int] = []
        self.busy, self.free = Event(), Event()
        if not hold:
            self.free.set()

    def __call__(self, examples: Examples) -> dict[str, np.ndarray]:
        self.sizes.append(len(examples))
        self.busy.set()
        assert self.free.wait(30)
        values = examples.inputs["x"]
        if np.isnan(values.astype(float)).any():
            raise ValueError("no number")
        return {"target": values * 2}


def examples(*values: float, shape: tuple[int, ...] = ()) -> Examples:
    return Examples(
        inputs={"x": np.full((len(values), *shape), 0.0) + np.reshape(values, (-1, *[1] * len(shape)))}
    )


def batcher_of(model: Model):
    return Batcher(predicted_at_once(model), size=len, alike=alike, most=4)


def asked_at_once(model: Model, batcher: Batcher, *asked: Examples):
    """The first holds the model; the others come meanwhile."""
    with ThreadPoolExecutor(len(asked)) as pool:
        first = pool.submit(batcher.ask, asked[0])
        assert model.busy.wait(30)
        rest = []
        for place, item in enumerate(asked[1:], 1):
            rest.append(pool.submit(batcher.ask, item))
            while batcher.waiting < place:
                pass
        model.free.set()
        return [first, *rest]


@pytest.fixture
def held():
    model = Model(hold=True)
    batcher = batcher_of(model)
    yield model, batcher
    model.free.set()
    batcher.close()


def test_what_comes_meanwhile_is_one_batch(held):
    answers = asked_at_once(*held, examples(0), examples(1, 2), examples(3))

    assert held[0].sizes == [1, 3]
    assert [item.result()["target"].tolist() for item in answers] == [[0], [2, 4], [6]]


def test_a_batch_does_not_grow_without_end(held):
    asked_at_once(*held, examples(0), examples(1, 2, 3), examples(4), examples(5), examples(6))

    assert held[0].sizes == [1, 4, 2]


def test_inputs_of_other_shapes_are_batches_of_their_own(held):
    answers = asked_at_once(*held, examples(0), examples(1, shape=(2,)), examples(2, shape=(3,)))

    assert held[0].sizes == [1, 1, 1]
    assert answers[2].result()["target"].shape == (1, 3)


def test_the_fault_of_one_is_not_that_of_others(held):
    answers = asked_at_once(*held, examples(0), examples(1), examples(np.nan), examples(3))

    assert answers[1].result()["target"].tolist() == [2]
    assert answers[3].result()["target"].tolist() == [6]
    with pytest.raises(ValueError, match="no number"):
        answers[2].result()


def test_who_is_gone_is_not_answered(held):
    model, batcher = held
    first = batcher.submit(examples(0))
    assert model.busy.wait(30)
    gone, there = batcher.submit(examples(1)), batcher.submit(examples(2))

    assert gone.cancel()
    model.free.set()

    assert there.result(30)["target"].tolist() == [4]
    assert first.result(30)["target"].tolist() == [0]
    assert model.sizes == [1, 1]


def test_it_ends_behind_what_waits():
    batcher = batcher_of(Model())
    assert batcher.ask(examples(1))["target"].tolist() == [2]

    batcher.close()

    with pytest.raises(RuntimeError, match="stopping"):
        batcher.ask(examples(1))
