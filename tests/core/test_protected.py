"""Protected groups: of columns, of their intersections, and what options may say of them."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.core.protected import Protected, check_mitigation, columns_named

CELLS = {
    "sex": np.array(["f", "m", "f"], object),
    "origin": np.array(["north", "north", "south"], object),
}


def test_several_columns_make_intersections_and_small_ones_are_merged():
    protected = Protected(columns=("sex", "origin"), groups=("f, north", "m, north"))

    found = protected.of_rows(CELLS)

    assert found is not None
    assert found.tolist() == ["f, north", "m, north", "all others"]


def test_small_groups_of_each_column_by_itself_are_merged_as_well():
    protected = Protected(columns=("sex", "origin"), groups=(), alone={"sex": ("f",), "origin": ("north",)})

    found = protected.by_column(CELLS)

    assert {name: values.tolist() for name, values in found.items()} == {
        "sex": ["f", "all others", "f"],
        "origin": ["north", "north", "all others"],
    }
    assert Protected.of(protected.plain()) == protected


def test_without_a_column_no_group_is_known():
    assert Protected(columns=("age",), groups=("old",)).of_rows(CELLS) is None


def test_it_comes_back_from_json():
    protected = Protected(columns=("sex",), groups=("f", "m"))

    assert Protected.of(protected.plain()) == protected
    assert Protected.of(None) is None


def test_columns_are_named_one_by_one_or_between_commas():
    assert columns_named(["sex,origin", "age", "sex"]) == ("sex", "origin", "age")


@pytest.mark.parametrize(
    ("mitigate", "protected", "kept", "said"),
    [
        (("magic",), ("sex",), False, "Unknown mitigate 'magic'"),
        (("thresholds",), (), False, "name them by protected"),
        ((), (), True, "name them by protected"),
    ],
)
def test_what_is_not_possible_is_refused(mitigate, protected, kept, said):
    with pytest.raises(ConfigError, match=said):
        check_mitigation(mitigate, protected, kept=kept)
