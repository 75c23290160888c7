"""The benchmark of calibration: its errors and its table."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.calibration import brier_of, error_of, interval_of, main, table_of

RANDOM = np.random.default_rng(0)
P = RANDOM.beta(2, 2, 4000)
CODES = (RANDOM.random(4000) < P).astype(int)
RIGHT = np.stack([1 - P, P], axis=1)
ODDS = (P / (1 - P)) ** 3
SHARP = np.stack([1 / (1 + ODDS), ODDS / (1 + ODDS)], axis=1)


def test_what_is_too_certain_has_the_larger_errors():
    assert error_of(RIGHT, CODES) < 0.03 < 0.1 < error_of(SHARP, CODES)
    assert brier_of(RIGHT, CODES) < brier_of(SHARP, CODES)
    low, high = interval_of(SHARP, RIGHT, CODES)
    assert low < high < 0


def test_the_table_tells_medians_where_there_was_an_error():
    row = {"set": "a", "rows": 9, "temperature": 1.5, "interval": (-0.1, 0.1)}
    row |= {"before": 0.05, "after": 0.02, "brier_before": 0.3, "brier_after": 0.2}

    table = table_of([row, {**row, "set": "b", "before": 0.01, "interval": (0.01, 0.02)}]).splitlines()

    assert table[2] == "| a | 9 | 1.5 | 0.0500 | 0.0200 | -0.1000 to +0.1000 | 0.3000 | 0.2000 |"
    assert table[-2] == "Certainly worse: 1 of 2."
    assert table[-1] == "Where it was above 0.03 (1): median 0.0500, after 0.0200."


def test_an_unknown_set_is_refused(tmp_path, capsys):
    (tmp_path / "index.json").write_text('[{"name": "letter"}]')

    assert main(["--data", str(tmp_path), "--sets", "leter"]) == 2
    assert "Did you mean 'letter'?" in capsys.readouterr().err


def test_half_sure_of_two_classes_is_right():
    assert error_of(np.full((100, 2), 0.5), np.arange(100) % 2) == pytest.approx(0, abs=1e-9)
