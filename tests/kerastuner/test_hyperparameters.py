"""Hyperparameters: scales, scopes, conditions, and a container that survives being written down."""

from __future__ import annotations

import json

import pytest

from automl.kerastuner import HyperParameters
from automl.kerastuner.dimensions import dimensions_of, values_for
from automl.kerastuner.engine.hyperparameters import (
    Boolean,
    Choice,
    Fixed,
    Float,
    Int,
    deserialize,
    serialize,
)

KINDS = [
    Int("n", 1, 9, step=2),
    Int("n", 1, 64, sampling="log"),
    Int("n", 2, 32, step=2, sampling="log"),
    Int("n", 1, 64, sampling="reverse_log"),
    Float("x", -1, 1),
    Float("x", 0, 1, step=0.25),
    Float("x", 1e-4, 1e-1, sampling="log"),
    Float("x", 1e-4, 1e-1, step=10, sampling="log"),
    Float("x", 1, 100, sampling="reverse_log"),
    Float("x", 1, 100, step=10, sampling="reverse_log"),
    Choice("c", ["a", "b", "c"]),
    Choice("c", [3, 1, 2], default=2),
    Boolean("b"),
    Fixed("f", 0.5),
]


@pytest.mark.parametrize("item", KINDS, ids=repr)
def test_every_value_has_its_place_on_the_scale(item):
    values = [item.prob_to_value(at / 20) for at in range(20)]

    assert all(
        item.prob_to_value(item.value_to_prob(value)) == pytest.approx(value) for value in values
    ) or (item.values == (item.default,))
    assert item.random_sample(3) == item.random_sample(3)
    assert item.default in [*item.values, item.default]


@pytest.mark.parametrize("item", KINDS, ids=repr)
def test_a_hyperparameter_survives_json(item):
    again = deserialize(json.loads(json.dumps(serialize(item))))

    assert serialize(again) == serialize(item)
    assert list(again.values) == list(item.values)


@pytest.mark.parametrize(
    ("item", "values"),
    [
        (KINDS[0], (1, 3, 5, 7, 9)),
        (Int("n", 6, 13, step=3), (6, 9, 12)),
        (KINDS[2], (2, 4, 8, 16, 32)),
        (KINDS[5], (0, 0.25, 0.5, 0.75, 1.0)),
        (KINDS[7], (1e-4, 1e-3, 1e-2, 1e-1)),
        (KINDS[9], (100, 91, 1)),
    ],
    ids=repr,
)
def test_steps_are_summands_or_factors(item, values):
    assert tuple(item.values) == pytest.approx(values)


def test_mirrored_scales_are_fine_at_the_far_end():
    item = Float("x", 1, 100, sampling="reverse_log")

    assert item.prob_to_value(0) == 1
    assert item.prob_to_value(0.5) == pytest.approx(91)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: Choice("c", []), ValueError, "must be provided"),
        (lambda: Choice("c", [1, "a"]), TypeError, "only one type"),
        (lambda: Choice("c", [None, None]), TypeError, "can contain only"),
        (lambda: Choice("c", ["a"], default="b"), ValueError, "default"),
        (lambda: Choice("c", ["a"], ordered=True), ValueError, "ordered"),
        (lambda: Boolean("b", default=None), ValueError, "Python boolean"),
        (lambda: Fixed("f", None), ValueError, "must be an int"),
        (lambda: Int("n", 1.5, 2), ValueError, "must be an int"),
        (lambda: Int("n", 3, 2), ValueError, "greater than the max_value"),
        (lambda: Float("x", 0, 1, sampling="log"), ValueError, "negative values or 0"),
        (lambda: Float("x", 1, 2, sampling="cubic"), ValueError, "sampling must be"),
        (lambda: Float("x", 1, 2, step=1, sampling="log"), ValueError, "step > 1"),
        (lambda: deserialize({"class_name": "Tree", "config": {}}), ValueError, "Tree"),
    ],
)
def test_what_makes_no_sense_is_refused(make, error, text):
    with pytest.raises(error, match=text):
        make()


def asked() -> HyperParameters:
    hp = HyperParameters()
    hp.Choice("kind", ["tree", "net"])
    with hp.conditional_scope("kind", ["net"]):
        hp.Int("layers", 1, 3, default=2)
        with hp.conditional_scope("layers", [2, 3]):
            hp.Float("dropout", 0, 0.5)
    hp.Boolean("pruned", parent_name="kind", parent_values=["tree"])
    with hp.name_scope("optimizer"):
        hp.Float("rate", 1e-4, 1e-2, sampling="log", default=1e-3)
    return hp


def test_only_what_exists_has_a_value():
    hp = asked()

    assert hp.values == {"kind": "tree", "pruned": False, "optimizer/rate": 1e-3}
    assert [item.name for item in hp.space] == ["kind", "layers", "dropout", "pruned", "optimizer/rate"]
    assert "pruned" in hp
    assert "layers" not in hp
    assert len(hp.active_scopes) == 1
    assert len(hp.inactive_scopes) == 2
    with pytest.raises(ValueError, match="inactive"):
        hp.get("layers")
    with pytest.raises(KeyError, match="nothing"):
        hp["nothing"]


def test_values_follow_their_conditions():
    hp = asked()
    hp.values["kind"] = "net"
    hp.ensure_active_values()

    assert hp.values == {"kind": "net", "layers": 2, "dropout": 0.0, "optimizer/rate": 1e-3}
    assert hp.is_active("dropout")
    assert not hp.is_active("pruned")
    assert hp.Int("units", 1, 2, parent_name="kind", parent_values=["tree"]) is None


def test_one_name_may_stand_for_several():
    hp = HyperParameters()
    kind = hp.Choice("kind", ["tree", "net"])
    with hp.conditional_scope("kind", ["tree"]):
        first = hp.Int("size", 1, 4)
    with hp.conditional_scope("kind", ["net"]):
        second = hp.Int("size", 32, 64)

    assert (kind, first, second) == ("tree", 1, None)
    assert [item.key for item in dimensions_of(hp)] == ["kind", "size", "size if kind in ['net']"]


def test_a_copy_is_its_own():
    hp = asked()
    other = hp.copy()
    other.values["kind"] = "net"
    other.Int("more", 1, 2)

    assert hp.values["kind"] == "tree"
    assert len(hp.space) == 5
    assert HyperParameters.from_config(json.loads(json.dumps(hp.get_config()))).values == hp.values


def test_merging_keeps_what_is_known_if_asked_to():
    mine, yours = HyperParameters(), HyperParameters()
    mine.Fixed("rate", 0.5)
    yours.Float("rate", 0, 1)
    yours.Int("units", 1, 3)

    mine.merge(yours, overwrite=False)
    assert mine.values == {"rate": 0.5, "units": 1}
    mine.merge(yours)
    assert mine.values == {"rate": 0.0, "units": 1}
    assert len(mine.space) == 2


def test_impossible_conditions_are_refused():
    hp = HyperParameters()
    hp.Choice("kind", ["a", "b"])

    with pytest.raises(ValueError, match=r"'other'.*not defined"), hp.conditional_scope("other", [1]):
        pass
    with pytest.raises(ValueError, match="cannot have the same name"), hp.conditional_scope("kind", ["a"]):
        hp.Choice("kind", ["a", "b", "c"])


@pytest.mark.parametrize("item", KINDS, ids=repr)
def test_the_study_gets_values_within_its_ranges(item):
    hp = HyperParameters()
    hp.merge([item])

    for at in range(11):
        values = {item.name: item.prob_to_value(at / 11)}
        assert len(values_for(hp, values)) == (not isinstance(item, Fixed))
