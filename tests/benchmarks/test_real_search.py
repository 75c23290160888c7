"""The benchmark of searches that train: what it makes of their scores, and how it goes on."""

from __future__ import annotations

import json

import pytest

from benchmarks.real_search import __main__ as real_search
from benchmarks.real_search.__main__ import Run, area, main, report


def run(method, *found, maximize=True, seed=0):
    return Run(data="adult", method=method, seed=seed, seconds=100.0, maximize=maximize, found=tuple(found))


def test_the_best_score_is_that_of_the_time_so_far():
    up = run("ours", (10, 0.5), (40, 0.9), (60, 0.7))
    down = run("ours", (10, 0.5), (40, 0.9), (60, 0.3), maximize=False)

    assert [up.best(share) for share in (0.05, 0.1, 0.5, 1.0)] == [None, 0.5, 0.9, 0.9]
    assert [down.best(share) for share in (0.1, 0.5, 1.0)] == [0.5, 0.5, 0.3]


@pytest.mark.parametrize("maximize", [True, False])
def test_the_area_is_the_mean_distance_behind_the_best(maximize):
    sign = 1 if maximize else -1
    early = run("early", (0, sign * 0.5), (50, sign * 0.9), maximize=maximize)
    late = run("late", (20, sign * 0.5), (100, sign * 0.7), maximize=maximize)

    assert area(early, [early, late]) == pytest.approx(0.5)
    assert area(late, [early, late]) == pytest.approx(1.0)


def test_a_search_that_found_nothing_is_behind_all_the_time():
    nothing, other = run("nothing"), run("other", (10, 0.5), (20, 0.6))

    assert area(nothing, [nothing, other]) == 1.0
    assert "| nothing | 1 | - | - | - | - | 1.000 |" in report([nothing, other])


@pytest.fixture
def asked(monkeypatch):
    """Methods that answer at once, and whom they were asked for."""
    asked = []

    def method(job, seconds):
        asked.append((job["seed"], seconds))
        return True, [(1.0, 0.5), (30.0, 0.8)]

    monkeypatch.setattr(real_search, "METHODS", {"ours": method, "tpe": method})
    return asked


def test_what_stands_in_the_file_is_not_searched_again(asked, tmp_path, capsys):
    options = ["--data", str(tmp_path), "--sets", "adult,sst2", "--minutes", "1", "--json"]
    file = tmp_path / "runs.json"

    assert main([*options, str(file), "--seeds", "1"]) == 0
    assert main([*options, str(file), "--seeds", "2"]) == 0

    assert asked == [(0, 60.0)] * 4 + [(1, 60.0)] * 4
    assert len(json.loads(file.read_text())) == 8
    assert "adult, best validation score" in capsys.readouterr().out


def test_a_wrong_name_is_refused(tmp_path, capsys):
    assert main(["--data", str(tmp_path), "--sets", "adlut"]) == 2
    assert "Did you mean 'adult'?" in capsys.readouterr().err
