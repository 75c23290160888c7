"""What every method promises on every subject: figures with their numbers, or one sentence why not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from automl.core.figures import figure_from_json, figure_to_json
from automl.explanations.catalog import METHODS
from automl.explanations.method import NotExplainedError
from automl.explanations.pieces import pieces_beside
from automl.explanations.quantity import quantity_of
from tests.explanations.subjects import SUBJECTS

SUITS = {
    "importance": ("table", "series"),
    "dependence": ("table",),
    "gradients": (*(kind for kind in SUBJECTS if kind != "pairs"),),
    "maps": ("pictures",),
    "attention": ("pairs",),
    "occlusion": ("table",),
    "counterfactuals": ("table",),
}
"""On what each method is tried; a new method needs an entry, and of what it refuses one below."""

REFUSES = {
    "gradients": "pairs",
    "importance": "words",
    "dependence": "series",
    "maps": "table",
    "attention": "words",
    "counterfactuals": "words",
}
OUTCOMES: dict[tuple[str, str], object] = {}


def outcome(method: str, kind: str):
    """What a method finds, or why it does not; found once."""
    if (method, kind) not in OUTCOMES:
        try:
            OUTCOMES[method, kind] = METHODS[method].explain(SUBJECTS[kind]())
        except NotExplainedError as error:
            OUTCOMES[method, kind] = error
    return OUTCOMES[method, kind]


@pytest.mark.parametrize(
    ("method", "kind"), [(method, kind) for method in METHODS for kind in SUITS[method]]
)
def test_a_method_gives_figures_and_their_numbers(method, kind):
    found = outcome(method, kind)

    section = METHODS[method].section(found)
    assert section.key == f"explained_{method}"
    assert section.text
    for figure in section.figures:
        assert figure_from_json(json.loads(json.dumps(figure_to_json(figure)))) == figure
    assert json.loads(json.dumps(dict(found.values), allow_nan=False))


@pytest.mark.parametrize("kind", ["series", "pictures"])
def test_gradients_begin_where_deletion_ends_even_on_rows_unlike_those_of_training(kind):
    given = SUBJECTS[kind]()
    given = replace(given, examples=given.examples.take(np.array([0, 1])), rows=(0,))
    ((name, pieces),) = pieces_beside(given).items()
    value = given.examples.inputs[name][0]
    empty = given.predict({name: pieces.without(value, np.ones(pieces.shape(value), bool))[None]})
    quantity = quantity_of(given.task, empty)

    (row,) = METHODS["gradients"].explain(given).values["rows"]

    ends = quantity.all_of(empty)[0, quantity.words.index(row["explained"])]
    assert row["start"] == pytest.approx(ends, abs=1e-4)


@pytest.mark.parametrize(("method", "kind"), REFUSES.items())
def test_a_method_says_in_one_sentence_why_it_cannot(method, kind):
    refusal = outcome(method, kind)

    assert isinstance(refusal, NotExplainedError)
    assert refusal.exit_code == 2
    assert str(refusal).endswith(".")
    assert "\n" not in str(refusal)


@pytest.mark.parametrize("kind", SUITS["gradients"])
def test_integrated_gradients_add_up_within_one_percent(kind):
    values = outcome("gradients", kind).values

    assert values["completeness_gap"] <= 0.01
    for row in values["rows"]:
        total = sum(_total(part) for part in row["parts"].values())
        assert total == pytest.approx(
            row["score"] - row["start"], abs=0.011 * abs(row["score"] - row["start"]) + 1e-4
        )


@pytest.mark.parametrize("kind", ["table", "words", "pictures"])
def test_gradients_pass_both_tests_of_sanity(kind):
    sanity = outcome("gradients", kind).values["sanity"]

    assert sanity["deletion"]["gain"] > 0
    assert sanity["correlation_with_random_weights"] < 0.8


def test_words_are_named_with_their_places():
    figures = outcome("gradients", "words").figures
    text = str(SUBJECTS["words"]().examples.inputs["text"][0])

    names = {name.rpartition(" (")[0] for name in figures[0].names}
    assert names == set(text.split())


def test_maps_are_files_too():
    found = outcome("maps", "pictures")

    assert sorted(found.pictures) == ["map-0.png", "map-1.png", "map-2.png"]
    assert all(content.startswith(b"\x89PNG") for content in found.pictures.values())
    assert found.values["how"] == "Grad-CAM"


def test_dependence_names_columns_that_go_together():
    found = outcome("dependence", "table")

    assert "age, years" in found.text
    known = {item["column"]: item for item in found.values["columns"]}
    assert set(known) == {"age", "income", "years", "town"}
    assert sorted(known["town"]["values"]) == ["Bonn", "Köln", "Ulm"]
    assert len(known["age"]["mean"]) == len(known["age"]["values"]) == 16


def _total(part: object) -> float:
    return sum(map(_total, part)) if isinstance(part, list) else float(part)
