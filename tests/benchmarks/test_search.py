"""The search benchmark on a made-up table: what a replay pays for, what it prints, what it refuses."""

from __future__ import annotations

import importlib.util
import json

import numpy as np
import pytest

from benchmarks import asking
from benchmarks.search import __main__ as search
from benchmarks.search.players import METHODS, Game
from benchmarks.search.tables import load_tasks

EPOCHS = 12
BUDGETS = (3, 5)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two tasks in the layout of TaskSet: a bowl over two parameters that curves come down to."""
    folder = tmp_path_factory.mktemp("tables")
    pool = folder / "taskset"
    pool.mkdir()
    space = {"order": ["rate", "decay"], "log": [True, False], "low": [1e-4, 0.0], "high": [1.0, 1.0]}
    (pool / "space.json").write_text(json.dumps(space))
    rng = np.random.default_rng(0)
    axes = rng.random((60, 2))
    settings = np.stack([1e-4 * 1e4 ** axes[:, 0], axes[:, 1]], 1)
    for name, centre in (("one", 0.4), ("two", 0.5)):
        ends = ((axes - centre) ** 2).sum(1)
        curves = ends[:, None] + np.exp(-np.arange(51) / 5)[None]
        np.savez(pool / f"{name}.npz", params=settings, valid=curves, train=curves, test=curves)
    return folder


def played(data, method, *, workers=1, seed=0):
    task = load_tasks(data, "taskset")[0]
    return search.replay(Game(task=task, seed=seed, trainings=max(BUDGETS)), method, workers, BUDGETS)


KERASTUNER = importlib.util.find_spec("keras_tuner") is not None
PLAYED = [name for name in METHODS if KERASTUNER or not name.startswith("kt ")]


@pytest.mark.parametrize("method", PLAYED)
def test_every_method_plays_and_more_training_is_never_worse(data, method):
    regrets = played(data, method).regrets
    assert set(regrets) == set(BUDGETS)
    assert 0 <= regrets[5] <= regrets[3] < 10


@pytest.mark.parametrize("method", ["ours", "tpe+halving"])
def test_the_same_seed_gives_the_same_replay(data, method):
    assert played(data, method, seed=4) == played(data, method, seed=4)


def test_a_pool_answers_with_each_of_its_trainings_once(data):
    task = load_tasks(data, "taskset")[0]
    rng, taken = np.random.default_rng(0), set()
    wish = {"rate": 0.01, "decay": 0.5}

    answers = [task.curve(wish, rng, taken)[-1] for _ in range(60)]

    assert len(set(answers)) == len(taken) == 60
    assert task.curve(wish, rng, taken)[-1] == answers[0]


def test_workers_run_at_once(data):
    assert played(data, "ours", workers=4).workers == 4


def test_a_promotion_pays_only_for_its_new_epochs(data):
    task = load_tasks(data, "taskset")[0]
    seen = search._Seen(task, 0, 1000)
    player = METHODS["rungs+random"](Game(task=task, seed=0, trainings=5))
    paid = 0
    for _ in range(12):
        segment = player.next(0)
        paid += segment.end - segment.begin
        player.done(0, segment, seen.train(segment))
    assert len(seen._losses) == paid


def test_it_prints_a_table_writes_json_and_draws(data, tmp_path, capsys):
    made = {name: tmp_path / f"runs.{name}" for name in ("json", "html")}
    wanted = ["--tables", "taskset", "--methods", "ours+portfolio,random", "--seeds", "1"]
    places = ["--json", str(made["json"]), "--plot", str(made["html"])]
    assert search.main(["--data", str(data), *wanted, "--trainings", "3", *places]) == 0
    assert "| ours+portfolio | 1 |" in capsys.readouterr().out
    assert len(json.loads(made["json"].read_text())) == 4
    assert "plotly" in made["html"].read_text()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--tables", "lcbanch"], "Unknown table 'lcbanch'. Did you mean 'lcbench'"),
        (["--methods", "tpee"], "Unknown method 'tpee'"),
        (["--tables", "fcnet"], "holds no task of the table 'fcnet'"),
        (["--trainings", "0"], "expected whole numbers above 0"),
    ],
)
def test_what_cannot_be_played_is_refused(data, change, message, capsys):
    assert search.main(["--data", str(data), *change]) == 2
    assert message in capsys.readouterr().err


def test_asking_is_timed_for_each_trial(capsys):
    assert asking.main(["--trials", "12", "--samplers", "rungs"]) == 0
    assert "| rungs |" in capsys.readouterr().out
