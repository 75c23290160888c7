from __future__ import annotations

import pandas as pd

from automl.models.catalog import FAMILIES
from benchmarks.exports import SETS, WAYS, cells


def test_a_cell_is_a_difference_or_a_dash_whose_reason_is_told(wine_job, capsys):
    found = list(cells(wine_job, (("keras", None), ("keras", "int8"))))

    assert float(found[0]) <= 1e-4
    assert found[1] == "–"
    assert "keras int8: The format 'keras' is not written with weights in int8" in capsys.readouterr().err


def test_every_family_has_a_row_and_every_way_a_column():
    assert {name for name, _ in WAYS} == {"savedmodel", "onnx", "litert", "openvino"}
    assert all(item.families for item in SETS.values())
    assert not any("," in name for name in SETS)
    assert {name.partition("/")[2] for name in FAMILIES} == {
        family for item in SETS.values() for family in item.families
    }


def test_a_table_is_thinned_to_what_is_searched(tmp_path):
    folder = tmp_path / "tabular" / "california_housing"
    folder.mkdir(parents=True)
    frame = pd.DataFrame({"median_house_value": range(3000), "rooms": 1})
    frame.to_csv(folder / "housing.csv", index=False)

    taken = SETS["housing"].take(tmp_path, tmp_path)

    assert len(pd.read_csv(taken)) == 1500
