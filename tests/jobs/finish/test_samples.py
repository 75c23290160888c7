"""Examples for servers: rows as a user has them, which the model reads from anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from automl.data.columns import place_of
from automl.data.modalities.mixed import MIXED
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from automl.data.tables import first_rows
from automl.jobs.finish.samples import typed_example
from tests.data.pictures import pictures


def test_an_example_row_names_its_pictures_from_the_root(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "photo": pictures(tmp_path, 24),
            "review": [f"a thing of clay number {row}" for row in range(24)],
            "weight": [f"{row},5" for row in range(24)],
            "sold": ["true", "false"] * 12,
            "who": range(24),
            "label": ["a", "b"] * 12,
        }
    )
    frame.to_csv(tmp_path / "t.csv", index=False)
    source = open_source(tmp_path / "t.csv")
    dataset = MIXED.read(source, ReadOptions(target=("label",), id_column="who"))

    example = typed_example(first_rows(source, 3), dataset.schema, place_of(source))

    assert list(example.columns) == ["photo", "review", "weight", "sold", "who"]
    assert example["photo"][0] == str(tmp_path / "0.png")
    assert example["weight"].tolist() == [0.5, 1.5, 2.5]
    assert example["sold"].tolist() == [True, False, True]
    examples, _ = MIXED.read_again(open_source(example), dataset.schema, targets=False)
    for name, array in dataset.examples.inputs.items():
        np.testing.assert_array_equal(examples.inputs[name], array[:3])
