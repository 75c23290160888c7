from __future__ import annotations

import random
from dataclasses import replace

import pytest

from automl.core.errors import SpaceError
from automl.spaces.conditions import OneOf, in_order
from automl.spaces.parameters import Boolean, Choice, Constant, Integer
from automl.spaces.space import SearchSpace, join
from tests.spaces.samples import sample_space

SPACE = sample_space()


def test_the_default_holds_what_its_conditions_ask_for():
    assert SPACE.default() == {
        "width": 64,
        "depth": 2,
        "dropout": 0.2,
        "learning_rate": 0.001,
        "optimizer": "adamw",
        "tail": 0.5,
        "activation": "relu",
        "smoothing": 0.0,
    }


def test_conditions_chain_and_must_all_hold():
    assert "nesterov" not in SPACE.complete({"optimizer": "sgd", "momentum": 0.6})
    assert "nesterov" in SPACE.complete({"optimizer": "sgd", "momentum": 0.8})
    assert not {"momentum", "nesterov"} & SPACE.complete({"optimizer": None}).keys()


def test_a_parent_may_stand_after_its_child():
    child = Boolean(name="child", default=True, when=(OneOf(parent="parent", values=(True,)),))
    space = SearchSpace(name="s", epochs=1, parameters=(child, Boolean(name="parent", default=True)))
    assert list(space.default()) == ["parent", "child"]


def test_a_circle_of_conditions_is_shown():
    with pytest.raises(SpaceError, match="cycle: a -> b -> c -> a"):
        in_order({"a": ["b"], "b": ["c"], "c": ["a"]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"wdith": 3}, "no parameter 'wdith'.*Did you mean 'width'"),
        ({"width": 3.5}, "3.5 does not fit parameter 'width': type integer, low 16, high 256"),
        ({"momentum": 0.9}, "'momentum' is not active here: it needs optimizer = sgd"),
        ({"depth": 1}, "'tail' is not active here: it needs depth from 2.0 to 4.0"),
        ({"optimizer": "sgd"}, "'momentum' is missing"),
    ],
)
def test_validate_says_what_is_wrong_with_a_configuration(change, message):
    SPACE.validate(SPACE.default())
    with pytest.raises(SpaceError, match=message):
        SPACE.validate({**SPACE.default(), **change})


def test_starts_are_whole_and_each_stands_once():
    first, second = replace(
        SPACE, portfolio=(*SPACE.portfolio, {"width": 128, "depth": 3, "learning_rate": 0.002})
    ).starts()
    assert (first["width"], first["dropout"], first["tail"]) == (128, 0.2, 0.5)
    assert (second["width"], second["momentum"]) == (64, 0.6)


def test_for_task_leaves_out_what_other_tasks_need_and_what_hangs_on_it():
    hanging = Boolean(name="hanging", default=True, when=(OneOf(parent="smoothing", values=(0.0,)),))
    space = replace(
        SPACE, parameters=(*SPACE.parameters, hanging), portfolio=({"smoothing": 0.1, "depth": 1},)
    )
    kept = space.for_task("regression")
    assert kept.default().keys() == SPACE.default().keys() - {"smoothing"}
    assert kept.portfolio == ({"depth": 1},)
    assert space.for_task("binary") == space


def test_for_kinds_leaves_out_what_absent_data_would_need_and_what_hangs_on_it():
    encoder = Choice(name="encoder", values=("cnn", "rnn"), default="cnn", kinds=("tokens", "image"))
    units = Integer(
        name="units", low=1, high=9, default=4, when=(OneOf(parent="encoder", values=("rnn",)),)
    )
    space = replace(
        SPACE, parameters=(*SPACE.parameters, encoder, units), portfolio=({"encoder": "rnn", "depth": 1},)
    )
    assert space.for_kinds({"tokens"}) == space
    kept = space.for_kinds({"numeric"})
    assert {item.name for item in kept.parameters} == {item.name for item in SPACE.parameters}
    assert kept.portfolio == ({"depth": 1},)


def test_fix_makes_a_constant_also_of_what_the_portfolio_says_otherwise():
    fixed = SPACE.fix("depth", 9)
    assert fixed["depth"] == Constant(name="depth", value=9)
    assert [start["depth"] for start in fixed.starts()] == [9, 9]
    assert "tail" not in fixed.default()


def test_narrow_drops_portfolio_values_that_no_longer_fit():
    narrowed = SPACE.narrow("width", [32, 64]).narrow("learning_rate", {"low": 1e-4, "high": 1e-3})
    assert [(start["width"], start["learning_rate"]) for start in narrowed.starts()] == [(64, 0.001)] * 2
    assert {narrowed.sample(random.Random(seed))["width"] for seed in range(20)} == {32, 64}


def test_narrowing_an_optimizer_away_takes_its_portfolio_entry_back_to_the_default():
    assert SPACE.narrow("optimizer", ["adamw", None]).portfolio[1] == {"depth": 1}


def test_join_puts_family_at_the_root_and_prefixes_names():
    small = SearchSpace(
        name="tabular/linear", epochs=50, parameters=(Integer(name="depth", low=0, high=1, default=0),)
    )
    joint = join({"mlp": SPACE, "linear": small})
    assert joint.epochs == 50
    assert joint.default()["mlp.optimizer"] == "adamw"
    assert joint.complete({"family": "linear"}) == {"family": "linear", "linear.depth": 0}
    assert joint.complete({"family": "mlp", "mlp.optimizer": "sgd"})["mlp.momentum"] == 0.9


def test_join_takes_turns_among_portfolios():
    other = replace(SPACE, portfolio=({"depth": 4},))
    joint = join({"one": SPACE, "two": other})
    assert [entry["family"] for entry in joint.portfolio] == ["one", "two", "one"]
    assert joint.portfolio[1] == {"family": "two", "two.depth": 4}


def test_one_family_alone_keeps_its_names():
    joint = join({"mlp": SPACE})
    assert joint.default() == {"family": "mlp", **SPACE.default()}
    assert joint.split(joint.default()) == ("mlp", SPACE.default())


def test_a_setting_without_prefix_means_every_family_that_has_the_parameter():
    joint = join({"one": SPACE, "two": SPACE}).fix("depth", 1).fix("two.width", 99)
    assert (joint["one.depth"].default, joint["two.depth"].default) == (1, 1)
    assert (joint["one.width"].default, joint["two.width"].default) == (64, 99)
    with pytest.raises(SpaceError, match="Did you mean 'width'"):
        joint.fix("widht", 3)
