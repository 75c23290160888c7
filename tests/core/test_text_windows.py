"""Windows of a text behave as an array of texts and copy nothing."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.text_windows import TextWindows

TEXT = "abcdefghij"


def test_they_read_as_an_array_of_their_stretches():
    windows = TextWindows(TEXT, np.array([0, 3, 6]), 4)

    assert np.asarray(windows).tolist() == ["abcd", "defg", "ghij"]
    assert windows[1] == "defg"
    assert windows[np.array([2, 0])].tolist() == ["ghij", "abcd"]
    assert (len(windows), windows.shape, windows.ndim, windows.dtype) == (3, (3,), 1, object)


def test_taking_some_keeps_the_one_text():
    windows = TextWindows(TEXT, np.arange(6), 4).take(np.array([5, 1]))

    assert windows.text is TEXT
    assert np.asarray(windows).tolist() == ["fghi", "bcde"]


def test_they_lie_at_the_same_places_over_what_the_units_became():
    base = np.arange(10, dtype=np.int32)[:, None]

    over = TextWindows(TEXT, np.array([2]), 3).over(base)

    assert over[0, :, 0].tolist() == [2, 3, 4]


def test_one_that_reaches_over_the_end_is_refused():
    with pytest.raises(ValueError, match="reaches over a text of 10"):
        TextWindows(TEXT, np.array([7]), 4)
