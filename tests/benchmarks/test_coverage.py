"""The benchmark of coverage: its table, and what it refuses."""

from __future__ import annotations

from benchmarks.coverage import main, table_of


def test_the_table_has_the_mean_of_each_set_and_of_all():
    rows = [
        {"set": "a", "measured": 0.9, "size": 2.0},
        {"set": "a", "measured": 0.8, "size": 4.0},
        {"set": "b", "measured": 1.0, "size": 1.0},
    ]

    table = table_of(rows).splitlines()

    assert table[2] == "| a | 2 | 0.850 | 0.800 | 0.900 | 3 |"
    assert table[-1] == "| all | 3 | 0.900 | | | |"


def test_an_unknown_set_is_refused(capsys):
    assert main(["--sets", "abalon"]) == 2
    assert "Did you mean 'abalone'?" in capsys.readouterr().err
