"""Defaults by kind of task and number of rows, and rounds of portfolios."""

from __future__ import annotations

import pytest

from automl.core.errors import SpaceError
from automl.spaces.loading import dump_space
from automl.spaces.parsing import parse_space
from automl.spaces.space import SearchSpace, join

TEXT = """\
epochs: 4
parameters:
  passes: {type: integer, low: 1, high: 500, default: 16}
  rate: {type: float, low: 0.01, high: 1.0, default: 0.03}
  loss: {type: choice, values: [mse, huber], default: mse, tasks: [regression]}
  kind: {type: constant, value: adam}
defaults:
  - {below: 100, values: {rate: 0.02}}
  - {tasks: [regression], values: {passes: 64, loss: huber}}
  - {tasks: [regression], below: 100, values: {passes: 256}}
portfolio:
  - {}
  - {rate: 0.5}
"""


def space(text: str = TEXT) -> SearchSpace:
    return parse_space(text, source="mine.yaml", name="mine")


@pytest.mark.parametrize(
    ("task", "rows", "passes", "rate"),
    [
        ("binary", 99, 16, 0.02),
        ("binary", 100, 16, 0.03),
        ("regression", 99, 256, 0.02),
        ("regression", 100, 64, 0.03),
    ],
)
def test_the_last_case_that_fits_gives_the_default(task: str, rows: int, passes: int, rate: float) -> None:
    default = space().for_task(task).for_rows(rows).default()

    assert (default["passes"], default["rate"]) == (passes, rate)
    assert default.get("loss") == ("huber" if task == "regression" else None)


def test_portfolio_entries_take_the_defaults_of_the_data() -> None:
    starts = space().for_task("regression").for_rows(50).starts()

    assert [(start["passes"], start["rate"]) for start in starts] == [(256, 0.02), (256, 0.5)]


def test_cases_of_tasks_wait_for_a_task() -> None:
    assert space().for_rows(50).default()["passes"] == 16


def test_cases_of_data_count_where_it_is_such() -> None:
    text = TEXT.replace("{below: 100, values", "{kinds: [image, mirror_images], below: 100, values")
    plain = space(text)

    assert plain.for_kinds(["image"]).for_rows(50).default()["rate"] == 0.02
    assert plain.for_kinds(["image"]).for_rows(100).default()["rate"] == 0.03
    assert plain.for_kinds(["tokens"]).for_rows(50).default()["rate"] == 0.03
    assert plain.for_rows(50).default()["rate"] == 0.03
    assert parse_space(dump_space(plain), source="mine.yaml", name="mine") == plain


def test_a_fixed_parameter_keeps_its_value() -> None:
    fixed = space().for_task("regression").fix("passes", 3)

    assert fixed.for_rows(50).default()["passes"] == 3


def test_cases_and_turns_are_written_and_read_again() -> None:
    turning = space(TEXT.replace("portfolio:", "turns: [0, 0]\nportfolio:"))

    assert space(dump_space(turning)) == turning
    assert turning.turns == (0, 0)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("rate: 0.02", "rat: 0.02", r"line 7: entry 1 of 'defaults' names 'rat'.*Did you mean 'rate'"),
        ("rate: 0.02", "rate: 7.0", r"entry 1 of 'defaults': 7.0 does not fit parameter 'rate'"),
        ("rate: 0.02", "kind: sgd", r"'sgd' does not fit parameter 'kind'"),
        (
            "below: 100, values",
            "below: 0, values",
            r"line 8: 'defaults' entry 1: 'below' must be at least 1",
        ),
        ("below: 100, values", "above: 9, values", r"unknown key 'above'"),
        ("tasks: [regression], values", "tasks: [regresion], values", "Did you mean 'regression'"),
        ("portfolio:", "turns: [1, 0]\nportfolio:", r"'turns' must be in rising order"),
        ("portfolio:", "turns: [-1]\nportfolio:", r"'turns' must be a list of numbers of rounds"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(before: str, after: str, message: str) -> None:
    with pytest.raises(SpaceError, match=message):
        space(TEXT.replace(before, after, 1))


def test_families_take_turns_by_their_rounds() -> None:
    early = space(
        "epochs: 1\nturns: [0, 0]\nparameters: {a: {type: integer, low: 1, high: 9}}\n"
        "portfolio: [{a: 1}, {a: 2}, {a: 3}]"
    )
    usual = space(
        "epochs: 1\nparameters: {a: {type: integer, low: 1, high: 9}}\nportfolio: [{a: 1}, {a: 2}]"
    )
    late = space(
        "epochs: 1\nturns: [2]\nparameters: {a: {type: integer, low: 1, high: 9}}\nportfolio: [{a: 1}]"
    )

    joint = join({"usual": usual, "early": early, "late": late})

    order = [f"{start['family']}{start[start['family'] + '.a']}" for start in joint.starts()]
    assert order == ["usual1", "early1", "early2", "usual2", "early3", "late1"]
