"""Costs of mistakes are read as users write them, and kept as JSON."""

from __future__ import annotations

import pytest

from automl.core.errors import ConfigError
from automl.core.mistakes import Amounts, Asked, MistakeCosts, parse_costs


@pytest.mark.parametrize("text", ["fn=100,fp=1", " FP = 1 , fn=1e2 "])
def test_costs_are_read_in_any_order(text: str) -> None:
    assert parse_costs(text) == MistakeCosts(missed=100.0, alarm=1.0)


@pytest.mark.parametrize("text", ["", "100", "fn=100", "fn=1,fn=2", "fn=1,tp=1", "fn=1,fp=1,fp=2"])
def test_another_form_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match="fn=100,fp=1"):
        parse_costs(text)


@pytest.mark.parametrize("text", ["fn=0,fp=1", "fn=-1,fp=1", "fn=inf,fp=1", "fn=nan,fp=1", "fn=x,fp=1"])
def test_a_cost_is_a_number_above_zero(text: str) -> None:
    with pytest.raises(ConfigError, match="cost"):
        parse_costs(text)


def test_true_probabilities_ask_for_one_threshold() -> None:
    assert MistakeCosts(missed=99.0, alarm=1.0).threshold == pytest.approx(0.01)


@pytest.mark.parametrize(
    "asked",
    [
        Asked(),
        Asked(metrics=("pr_auc",)),
        Asked(costs=MistakeCosts(missed=5.0, alarm=1.0), amounts=Amounts(input="paid", factor=2.0)),
    ],
)
def test_what_is_asked_is_kept_as_json(asked: Asked) -> None:
    assert Asked.of(asked.plain()) == asked
