"""Which modality bids the highest for what, and what the user is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl.data.inference import infer_modality
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from tests.data.pictures import pictures

ROWS = 24
TEXTS = [f"the {'red' if row % 2 else 'blue'} thing number {row} is fine" for row in range(ROWS)]
AMOUNTS = [row / 7 for row in range(ROWS)]
LABELS = ["yes", "no"] * (ROWS // 2)


def chosen(data: object, **options: Any) -> str:
    return infer_modality(open_source(data), ReadOptions(**options)).name


def table(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({**columns, "label": LABELS})


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("sklearn:digits", "image"),
        ("sklearn:iris", "tabular"),
        (np.zeros((9, 8, 8, 3)), "image"),
        (np.zeros((9, 8, 8), np.uint8), "image"),
        (np.zeros((9, 8, 8)), "series"),
        (np.zeros((9, 4)), "tabular"),
        (np.array(["a b c", "d"]), "text"),
        ((np.array([np.zeros(3), np.zeros(2)], dtype=object), [0, 1]), "series"),
    ],
)
def test_arrays_and_bundled_data_are_what_they_look_like(data: object, expected: str) -> None:
    assert chosen(data) == expected


def test_folders_are_pictures_and_what_is_to_be_forecast_is_a_series(tmp_path: Path) -> None:
    assert chosen(tmp_path) == "image"
    assert chosen(table(a=AMOUNTS), target=("a",), horizon=3) == "series"
    (tmp_path / "x.ts").write_text("@data\n1,2:a\n")
    assert chosen(tmp_path / "x.ts") == "series"


def test_tables_of_one_kind_stay_what_they_were(tmp_path: Path) -> None:
    names = pictures(tmp_path, ROWS)

    assert chosen(table(a=AMOUNTS, b=list("uvw") * 8), target=("label",)) == "tabular"
    assert chosen(table(photo=names), target=("label",)) == "image"
    assert chosen(table(review=TEXTS), target=("label",)) == "text"
    without_blanks = [f"这部电影很{'好' if row % 2 else '差'}看第{row}次" for row in range(ROWS)]
    assert chosen(table(review=without_blanks), target=("label",)) == "text"
    assert chosen(table(title=TEXTS, review=TEXTS[::-1]), target=("label",)) == "text"


def test_columns_that_tell_nothing_or_have_a_role_make_no_mixed_table(tmp_path: Path) -> None:
    names = pictures(tmp_path, ROWS)
    beside = {"customer_id": range(ROWS), "same": 1, "key": [f"x{row}" for row in range(ROWS)]}

    assert chosen(table(photo=names, **beside), target=("label",)) == "image"
    assert chosen(table(review=TEXTS, **beside), target=("label",)) == "text"
    assert chosen(table(review=TEXTS, who=LABELS), target=("label",), group_column="who") == "text"
    assert chosen(table(review=TEXTS, a=AMOUNTS), target=("label",), time_column="a") == "text"
    assert chosen(table(review=TEXTS, a=AMOUNTS), target=("label",), drop=("a",)) == "text"


def test_columns_of_several_kinds_are_read_together_and_told(tmp_path: Path) -> None:
    frame = table(photo=pictures(tmp_path, ROWS), review=TEXTS, a=AMOUNTS, b=list("uvw") * 8)
    frame.to_csv(tmp_path / "t.csv", index=False)

    choice = infer_modality(open_source(tmp_path / "t.csv"), ReadOptions(target=("label",)))

    assert choice.name == "mixed"
    assert choice.reason.startswith(
        "t holds images ('photo'), texts ('review') and 2 other columns: one model reads them all"
    )


@pytest.mark.parametrize(
    "columns",
    [
        {"review": TEXTS, "a": AMOUNTS},
        {"photo": [f"{row}.png" for row in range(ROWS)], "back": [f"b{row}.png" for row in range(ROWS)]},
        {"photo": [f"{row}.png" for row in range(ROWS)], "review": TEXTS},
    ],
)
def test_any_two_kinds_or_two_pictures_are_mixed(columns: dict[str, Any]) -> None:
    assert chosen(table(**columns), target=("label",)) == "mixed"


@pytest.mark.parametrize("column", ["photo", "review"])
def test_targets_of_different_kinds_are_for_who_reads_several(column: str) -> None:
    cells = {"photo": [f"{row}.png" for row in range(ROWS)], "review": TEXTS}
    frame = table(**{column: cells[column]}, price=AMOUNTS, cost=AMOUNTS)

    both = chosen(frame, target=("label", "price"), drop=("cost",))
    assert both == {"photo": "mixed", "review": "text"}[column]
    assert chosen(frame, target=("price", "cost"), drop=("label",)) != "mixed"


def test_frames_with_targets_beside_them_are_tables_too() -> None:
    beside = pd.DataFrame({"review": TEXTS, "a": AMOUNTS})

    assert chosen((beside, np.array(LABELS))) == "mixed"
    assert chosen((beside[["a"]], np.array(LABELS))) == "tabular"
    assert chosen((beside[["review"]], np.array(LABELS))) == "text"


def test_without_a_target_the_reader_says_what_is_missing() -> None:
    assert chosen(table(a=AMOUNTS)) == "tabular"
    assert chosen(table(a=AMOUNTS), target=("price",)) == "tabular"
