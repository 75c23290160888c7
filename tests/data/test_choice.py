"""Columns are kept and dropped where there are columns only."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.data.catalog import MODALITIES
from automl.data.modality import ReadOptions
from automl.data.source import open_source

WHOLE = {
    "image": (np.zeros((12, 4, 4, 1), np.uint8), np.arange(12) % 2),
    "series": (np.zeros((12, 6, 1)), np.arange(12) % 2),
}


@pytest.mark.parametrize("option", ["keep", "drop"])
@pytest.mark.parametrize(("name", "said"), [("image", "images"), ("series", "whole series")])
def test_examples_without_columns_refuse_a_choice(name: str, said: str, option: str) -> None:
    options = ReadOptions(**{option: ("x",)})

    with pytest.raises(ConfigError, match=f"these are {said}: leave them out"):
        MODALITIES[name].read(open_source(WHOLE[name]), options)
