"""Names of columns, and many of them in one message."""

from __future__ import annotations

import pytest

from automl.core.names import first_names, free_name


@pytest.mark.parametrize(
    ("count", "most", "of", "expected"),
    [
        (2, 3, None, "0, 1"),
        (3, 3, None, "0, 1, 2"),
        (5, 3, None, "0, 1, 2 and 2 more"),
        (2, 2, 1234, "0, 1 and 1,232 more"),
    ],
)
def test_the_first_names_are_listed_and_the_rest_counted(count, most, of, expected):
    assert first_names([str(place) for place in range(count)], most, of=of) == expected


def test_a_name_that_is_taken_gets_underscores():
    assert free_name("row", ["row", "row_"]) == "row__"
