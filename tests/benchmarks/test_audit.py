"""The benchmark of the audit: what it plants, and its tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from benchmarks.audit.__main__ import audited, main
from benchmarks.audit.faults import COPIES, TABLES, near_images
from benchmarks.audit.report import clean_table, fault_table
from tests.data.audit.test_audit import table


def frame(fault: str) -> pd.DataFrame:
    """Numbers and words; the class goes with one, or is decided by it, so that wrong labels show."""
    columns = table(1200)
    if fault == "flips":
        columns["y"] = np.where(columns["a"] > 0, "yes", "no").astype(object)
    return pd.DataFrame({**columns, "c": columns["a"] - columns["b"]})


@pytest.mark.parametrize("fault", ["copy", "numbers", "flips", "groups", "drift"])
def test_a_planted_fault_is_found(fault):
    planted = TABLES[fault][0](frame(fault), "y", False, np.random.default_rng(0))

    found = audited(planted.data, {"target": ("y",), **planted.options})

    assert planted.kind in [item.kind for item in found if planted.where in ("", item.where)]


def test_images_are_planted_beside_the_others(tmp_path):
    for place in range(40):
        folder = tmp_path / "source" / str(place % 2)
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((16, 16), place, np.uint8)).save(folder / f"{place}.png")

    planted = near_images(tmp_path / "source", tmp_path, np.random.default_rng(0))

    assert len(list(planted.data.rglob("*.*"))) == 40 + COPIES


def test_the_tables_count_what_was_found():
    rows = [{"fault": "copy", "set": "a", "found": True}, {"fault": "copy", "set": "b", "found": False}]

    assert fault_table(rows).splitlines()[-1] == "| copy | 1 of 2 | b |"
    line = {"set": "a", "alarms": ["x"], "true": []}
    assert (
        clean_table([line, {**line, "alarms": []}]).splitlines()[-1] == "| 2 sets, 1 without | 1 in all |"
    )


def test_an_unknown_fault_is_refused(tmp_path, capsys):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "index.json").write_text("[]")

    assert main(["--data", str(tmp_path), "--faults", "copi"]) == 2
    assert "Did you mean 'copy'?" in capsys.readouterr().err
