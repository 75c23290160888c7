"""The nearest ways to another answer, of rules that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.targets import TARGET
from automl.data.modality import Examples
from automl.data.raw_values import NO_DATE
from automl.explanations.method import NotExplainedError, Subject, Wish
from automl.explanations.methods.counterfactuals import explain
from automl.explanations.other_rows import other_rows
from automl.tasks.catalog import fit_task
from tests.explanations.test_permuting import subject

ROWS = 200
RANDOM = np.random.default_rng(0)
INCOME = RANDOM.uniform(0, 100, ROWS)
INPUTS = {
    "income": INCOME,
    "tax": INCOME * 0.3 + 1,  # goes with the income
    "debt": RANDOM.uniform(0, 100, ROWS),
    "town": RANDOM.choice(["Bonn", "Ulm"], ROWS).astype(object),
    "day": RANDOM.integers(0, 10**9, ROWS),
}
INPUTS["day"][:20] = NO_DATE
TASK = fit_task("binary", {TARGET: np.array(["no", "yes"] * 100, object)}, names=("loan",), facts={})


def loan(inputs, of=None):
    """Yes for an income above the debt; from Ulm 20 more are needed."""
    ahead = inputs["income"] - inputs["debt"] - 20 * (inputs["town"] == "Ulm")
    yes = 1 / (1 + np.exp(-ahead / 10))
    return {TARGET: np.stack([1 - yes, yes], axis=1)}


def asked(rows: tuple[int, ...], **wish: object) -> Subject:
    """A subject that wants counterfactuals of a loan."""
    return replace(
        subject(),
        task=TASK,
        examples=Examples(inputs=INPUTS),
        predict=loan,
        rows=rows,
        labels={"income": "Income"},
        wish=Wish(**wish),
    )


NEAR = int(np.argmin(np.abs(INPUTS["income"] - INPUTS["debt"] + 8) + 99 * (INPUTS["town"] == "Ulm")))
"""A row from Bonn that lacks about 8 for a yes."""


def ways(given: Subject) -> list[dict]:
    (row,) = explain(given).values["rows"]
    return row["ways"]


def columns(way: dict) -> set[str]:
    return {change["column"] for change in way["changes"]}


def test_the_nearest_way_changes_one_thing_by_little():
    found = ways(asked((NEAR,)))

    assert columns(found[0]) in ({"debt"}, {"Income", "tax"})
    assert all(way["answer"].startswith("yes (0.5") for way in found)
    assert found[0]["cost"] < 0.3
    assert len({frozenset(columns(way)) for way in found}) == len(found) > 1


def test_columns_that_go_together_change_together_to_values_of_one_row():
    (way,) = (way for way in ways(asked((NEAR,))) if columns(way) == {"Income", "tax"})
    income, tax = (change["instead"] for change in way["changes"])

    assert tax == pytest.approx(income * 0.3 + 1, abs=1e-3)
    assert np.isclose(INPUTS["income"], income, atol=1e-3).any()


def test_what_is_kept_stays():
    assert {frozenset(columns(way)) for way in ways(asked((NEAR,), keep=("debt",)))} == {
        frozenset({"Income", "tax"})
    }
    assert "debt" in explain(asked((NEAR,), keep=("debt",))).text


def test_the_wanted_class_may_be_there_already():
    found = explain(asked((NEAR,), wanted="no"))

    assert found.values["rows"][0]["ways"] == []
    assert found.figures[0].note == "The answer is no as it is."


def test_the_threshold_of_the_model_decides():
    cautious = replace(asked((NEAR,)), task=replace(TASK, threshold=0.9))

    assert all(float(way["answer"].partition("(")[2][:-1]) >= 0.9 for way in ways(cautious))


@pytest.mark.parametrize(
    ("wanted", "words"), [("", "at least"), ("95", "at least 95"), ("-90", "at most -90")]
)
def test_an_amount_passes_a_value(wanted, words):
    def saved(inputs, of=None):
        return {TARGET: (inputs["income"] - inputs["debt"])[:, None]}

    given = replace(asked((NEAR,), wanted=wanted), task=subject().task, predict=saved)
    (row,) = explain(given).values["rows"]

    assert row["wanted"].startswith(words)
    bound = float(row["wanted"].split()[-1])
    reached = [float(way["answer"]) for way in row["ways"]]
    assert reached
    assert all((value >= bound) == words.startswith("at least") for value in reached)


def test_where_nothing_helps_that_is_said():
    def never(inputs, of=None):
        return {TARGET: np.tile([0.9, 0.1], (len(inputs["debt"]), 1))}

    found = explain(replace(asked((NEAR,)), predict=never))

    assert found.values["rows"][0]["ways"] == []
    assert found.figures[0].note.startswith("No change of up to 4 columns was found")


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"keep": ("dept",)}, r"keep: the model reads no column 'dept'\. Did you mean 'debt'\?"),
        ({"keep": ("Income", "tax", "debt", "town", "day")}, "keep: all columns are kept"),
        ({"wanted": "maybe"}, r"wanted: there is no class 'maybe'\. Known: no, yes\."),
    ],
)
def test_what_cannot_be_wished_is_one_sentence(wish, message):
    with pytest.raises(ConfigError, match=message):
        explain(asked((NEAR,), **wish))


def test_an_amount_that_is_none_is_refused():
    with pytest.raises(
        ConfigError, match=r"wanted: expected the amount that is to be passed, got 'much'\."
    ):
        explain(replace(subject(), rows=(0,), wish=Wish(wanted="much")))


def test_one_row_has_nowhere_to_take_values_from():
    one = {name: values[:1] for name, values in INPUTS.items()}

    with pytest.raises(NotExplainedError, match=r"the data has one row only\.$"):
        explain(replace(asked((0,)), examples=Examples(inputs=one)))


def test_missing_values_are_far_from_others_and_near_each_other():
    others = other_rows({"day": INPUTS["day"], "x": np.array([np.nan, 1.0] * 100)}, [])

    assert set(others.distances("x", np.nan)) == {0.0, 1.0}
    assert (others.distances("day", np.int64(NO_DATE))[:20] == 0).all()
    assert others.distances("day", INPUTS["day"][30]).max() <= 1.2
    assert all(INPUTS["day"][at] != NO_DATE for at in others.points(("day",)))
