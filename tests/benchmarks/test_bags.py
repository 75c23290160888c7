"""The benchmark of bags."""

from __future__ import annotations

import pytest

from benchmarks import bags


def test_ratios_are_to_one_training() -> None:
    measured = {"one": [(1.0, 2.0)] * 3, "5 folds": [(2.0, 3.0)] * 3, "8 seeds": [(4.0, 9.0)] * 3}

    lines = bags.table("digits", measured)

    assert lines[1] == "| digits | 5 folds | 2.000 | 2.00 | 3.000 | 1.50 |"
    assert lines[2].endswith("| 4.00 | 9.000 | 4.50 |")


def test_it_measures_each_side_in_each_round(capsys: pytest.CaptureFixture[str]) -> None:
    assert bags.main(["--rounds", "1", "--epochs", "1", "--cases", "small table"]) == 0

    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" | ")[1] for line in lines[2:]] == list(bags.SIDES)
