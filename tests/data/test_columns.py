"""Columns through their kinds: bids, names, rows that some column cannot read, cells that are refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data import columns as columns_module
from automl.data.catalog import MODALITIES
from automl.data.columns import (
    learn_columns,
    place_of,
    read_columns,
    recognise,
    refuse_unreadable,
    usable_kinds,
)
from automl.data.inference import infer_modality
from automl.data.kinds.kind import Column, Kind, Place, Raw
from automl.data.kinds.number import NUMBER
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.data.pictures import pictures

ALL = ("number", "date", "category", "text", "picture")


def kinds(**columns: list[str]) -> dict[str, str]:
    found, _ = recognise(pd.DataFrame(columns), ALL)
    return {column.name: column.kind for column in found}


def test_each_column_goes_to_the_highest_bid() -> None:
    rows = range(24)

    found = kinds(
        price=[str(row / 7) for row in rows],
        colour=["red", "green", "blue"] * 8,
        sold=[f"2024-01-{row + 1:02d}" for row in rows],
        review=[f"a {row} thing that I like" for row in rows],
        photo=[f"{row}.png" for row in rows],
        member=["yes", "no"] * 12,
        code=["00123", "04567", "10000", "00123"] * 6,
    )

    assert found == {
        "price": "number",
        "colour": "category",
        "sold": "date",
        "review": "text",
        "photo": "picture",
        "member": "category",
        "code": "category",
    }


def test_kinds_that_do_not_bid_win_nothing() -> None:
    frame = pd.DataFrame({"review": [f"a {row % 9} thing that I like" for row in range(24)]})

    (column,), _ = recognise(frame, ("number", "date", "category"))

    assert column.kind == "category"


def test_names_that_keras_takes_stay_apart() -> None:
    found, _ = recognise(pd.DataFrame({"a/b": [1, 3], "a_b": [1, 4], "": [2, 5]}), ALL, keep=("",))

    assert [column.input for column in found] == ["a_b", "a_b_2", "column"]


def test_rows_are_those_that_every_column_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def reading(*rows: int) -> Kind:
        """Numbers of which only some rows can be read."""
        kept = np.array(rows)
        return replace(NUMBER, learn=lambda cells, column, _: Raw(column=column, values=kept, kept=kept))

    monkeypatch.setattr(
        columns_module, "KINDS", {"a": reading(0, 1, 3), "b": reading(1, 2, 3), "c": NUMBER}
    )
    frame = pd.DataFrame({name: [0.0, 1.0, 2.0, 3.0] for name in "abc"})
    columns = [Column(name=name, input=name, kind=name) for name in "abc"]

    read = learn_columns(frame, columns, Place(where="t"))

    assert read.kept.tolist() == [1, 3]
    assert [values.tolist() for values in read.inputs.values()] == [[1, 3]] * 3


def test_broken_pictures_are_missing_and_told(tmp_path: Path) -> None:
    names = pictures(tmp_path, 40)
    (tmp_path / "1.png").write_bytes(b"broken")
    frame = pd.DataFrame({"photo": names, "price": [row / 3 for row in range(40)]})
    columns, _ = recognise(frame, ALL)

    read = learn_columns(frame, columns, Place(where="t", folder=tmp_path))

    assert [row for row, image in enumerate(read.inputs["photo"]) if not image.any()] == [1]
    assert read.columns[0].facts["missing"]
    assert any("1 of 40 images" in note and "count as missing" in note for note in read.notes)


def test_pictures_that_are_not_there_are_refused_with_the_folder(tmp_path: Path) -> None:
    frame = pd.DataFrame({"photo": [f"{row}.png" for row in range(9)]})
    columns, _ = recognise(frame, ALL)

    with pytest.raises(DataError, match=r"'photo' names images.*start from.*--drop 'photo'"):
        learn_columns(frame, columns, Place(where="t.csv", folder=tmp_path))


def test_the_folder_of_pictures_that_are_not_there_is_told_in_full() -> None:
    frame = pd.DataFrame({"photo": [f"{row}.png" for row in range(9)]})
    columns, _ = recognise(frame, ALL)

    with pytest.raises(DataError, match=rf"{Path.cwd()}/0.png.*start from {Path.cwd()}\. Correct"):
        learn_columns(frame, columns, Place(where="t.csv", folder=Path()))


def test_empty_cells_among_pictures_are_told_as_such(tmp_path: Path) -> None:
    frame = pd.DataFrame({"photo": [*pictures(tmp_path, 40)[:39], ""]})
    columns, _ = recognise(frame, ALL)

    read = learn_columns(frame, columns, Place(where="t", folder=tmp_path))

    assert any("1 of 40 cells are empty; their images count as missing" in note for note in read.notes)
    assert any("39 images were read as" in note for note in read.notes)


def test_pictures_of_another_table_are_brought_to_the_size_of_training(tmp_path: Path) -> None:
    frame = pd.DataFrame({"photo": pictures(tmp_path)})
    columns, _ = recognise(frame, ALL)
    place = Place(where="t", folder=tmp_path, image_size=2)

    learned = learn_columns(frame, columns, place).columns
    again = read_columns(frame, learned, Place(where="u", folder=tmp_path))

    assert again.inputs["photo"].shape == (12, 2, 2, 3)


def test_the_first_cell_that_a_column_cannot_hold_is_refused() -> None:
    columns = [Column(name="a", input="a", kind="number"), Column(name="w", input="w", kind="text")]
    source = open_source(pd.DataFrame({"a": ["1", "", "x"], "w": ["", "", ""]}))

    with pytest.raises(DataError, match=r"Column 'a', row 3: expected a number, got 'x'"):
        refuse_unreadable(source, columns)


def test_paths_start_from_the_folder_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n")

    assert place_of(open_source(tmp_path / "t.csv")).folder == tmp_path
    assert place_of(open_source(pd.DataFrame({"a": [1]}))).folder == Path.cwd()


COLOURS = """
import numpy as np
from automl.core.tensors import Promised
from automl.data.cells import as_text
from automl.data.kinds.kind import CERTAIN, NO, Judged, Kind, Raw
from automl.data.modality import ROWS


def level(series, column, place):
    values = np.array([int(cell[1:] or "0", 16) / 0xFFFFFF for cell in as_text(series)])
    return Raw(column=column, values=values)


def fit(part):
    from automl.data.preprocessing.tabular import fit_numbers

    return fit_numbers(part)


COLOUR = Kind(
    name="colour",
    words="colours",
    handling=ROWS,
    bid=lambda facts: CERTAIN if all(cell[:1] == "#" for cell in as_text(facts.series)) else NO,
    judge=lambda facts: Judged(),
    raw=lambda column: ((), "float64"),
    promises=lambda column: (Promised(kind="numeric", source="numbers"),),
    fit=fit,
    learn=level,
    read=level,
)
"""


def test_a_kind_of_another_package_reads_its_columns(install) -> None:
    install("colours", {"automl.kinds": {"colour": "colours:COLOUR"}}, {"colours.py": COLOURS})
    frame = pd.DataFrame({"paint": ["#0000ff", "#ffffff"] * 12, "label": ["a", "b"] * 12})
    source, options = open_source(frame), ReadOptions(target=("label",))

    choice = infer_modality(source, options)
    dataset = MODALITIES[choice.name].read(source, options)

    assert choice.reason.startswith("frame holds colours ('paint')")
    assert dataset.kinds == {"paint": "colours"}
    assert dataset.examples.inputs["paint"][1] == 1.0
    tensors = MODALITIES[choice.name].fit(dataset, np.arange(24), 0).transform(dataset.examples)
    assert tensors["numeric"].shape == (24, 1)


def test_a_kind_that_does_not_load_leaves_tables_to_the_others(install) -> None:
    install("broken", {"automl.kinds": {"odour": "broken:ODOUR"}}, {"broken.py": "raise OSError"})

    assert "odour" not in usable_kinds()
    assert kinds(a=["1", "2", "3"]) == {"a": "number"}
