"""The benchmark of what reports claim of noise: what counts as too much."""

from __future__ import annotations

import pytest

from benchmarks.optimism import CLAIM, judged, main, noise, table_of


def report(low: float, high: float, *, said: str = "", corrected: float | None = None):
    known = {} if corrected is None else {"corrected": {"auc": corrected}}
    scores = {"metrics": {"auc": 0.56}, "intervals": {"auc": [low, high]}, **known}
    return {"scores": [scores], "remarks": [{"mood": "good", "text": said}]}


def test_noise_is_the_same_each_time_and_tells_nothing():
    one = noise(2000, 3, classes=False)

    assert one.equals(noise(2000, 3, classes=False))
    assert one.select_dtypes("number").corr()["y"].drop("y").abs().max() < 0.1


@pytest.mark.parametrize(
    ("low", "high", "larger", "too_good"),
    [(0.51, 0.6, True, True), (0.49, 0.6, True, False), (0.3, 0.45, True, False), (0.3, 0.45, False, True)],
)
def test_an_interval_claims_too_much_on_the_better_side_alone(low, high, larger, too_good):
    assert judged(report(low, high), 0.5, "auc", larger=larger)["too_good"] == too_good


def test_what_a_report_says_counts_and_so_does_what_was_taken_off():
    found = judged(report(0.48, 0.56, said=f"So {CLAIM}.", corrected=0.52), 0.5, "auc", larger=True)

    assert found["beats"]
    assert (found["too_good"], found["too_good_uncorrected"]) == (False, True)


def test_the_table_counts_sets_that_are_wrong_in_any_way():
    keys = ("held", "too_good", "too_good_uncorrected", "beats")
    rows = [
        {"task": "binary", **dict(zip(keys, flags, strict=True))}
        for flags in [(True, False, True, False), (False, True, True, True)]
    ]

    assert table_of(rows).splitlines()[-1] == "| all | 2 | 1 | 1 | 2 | 1 | 1 |"


def test_quick_learners_go_through_choice_intervals_and_comparisons(capsys):
    assert main(["--quick", "--sets", "2", "--trials", "2"]) == 0

    table = capsys.readouterr().out.splitlines()[-3:]
    assert [line.split(" | ")[0] for line in table] == ["| binary", "| regression", "| all"]
