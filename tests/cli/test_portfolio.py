"""``automl portfolio build`` on finished jobs, and ``--warm-start`` on the command line."""

from __future__ import annotations

import pytest
import yaml

from automl.cli.app import run
from automl.core.specs import Objective, TrialRecord
from automl.jobs.config import read_config
from automl.spaces.loading import load_space
from automl.spaces.space import join
from automl.study.earlier.warm_start import Facts
from automl.study.opening import open_proposer

FACTS = Facts(modality="tabular", task="regression", rows=500, columns=8, outputs=1)


@pytest.fixture
def jobs(tmp_path):
    """Two finished studies of multilayer perceptrons; wide ones are good."""
    for name in ("cars", "homes"):
        space = join({"mlp": load_space("tabular/mlp", task="regression")})
        objective = Objective(name="rmse", direction="minimize")
        proposer = open_proposer(
            folder=tmp_path / name, name=name, space=space, objectives=(objective,), facts=FACTS
        )
        for _ in range(6):
            proposal = proposer.ask()
            entry = proposal.configuration
            facts = {"configuration": entry, "state": "complete", "scores": (100 / entry["width"],)}
            proposer.tell(TrialRecord(number=proposal.number, **facts), {})
    return tmp_path


def build(jobs, *arguments):
    return run(["portfolio", "build", *arguments, "--output", str(jobs / "learned.yaml")])


def test_a_portfolio_is_a_whole_search_space_that_says_what_it_was_built_from(jobs, capsys):
    code = build(jobs, str(jobs / "cars"), str(jobs / "homes"), "--family", "tabular/mlp", "--size", "3")

    text = (jobs / "learned.yaml").read_text()
    learned, shipped = load_space(jobs / "learned.yaml"), load_space("tabular/mlp")
    assert code == 0
    assert "# Portfolio built from cars (regression, 500 rows, 6 trials), homes" in text
    assert (learned.name, learned.parameters) == (shipped.name, shipped.parameters)
    assert 1 <= len(learned.portfolio) <= 3
    assert learned.starts()[0]["width"] >= 256
    assert "automl search DATA --space" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("job", "family", "message"),
    [
        ("nosuch", "tabular/mlp", "no study found"),
        ("cars", "tabular/linear", "'cars' has no trial of tabular/linear"),
        ("cars", "image/cnn", "a search on tabular data"),
        ("cars", "tabular/mpl", "tabular/mlp"),
    ],
)
def test_what_cannot_be_built_is_refused_with_its_reason(jobs, capsys, job, family, message):
    assert build(jobs, str(jobs / job), "--family", family) == 2

    assert message in capsys.readouterr().err
    assert not (jobs / "learned.yaml").exists()


def test_a_file_that_exists_is_not_overwritten(jobs, capsys):
    (jobs / "learned.yaml").write_text("mine")

    assert build(jobs, str(jobs / "cars"), "--family", "tabular/mlp") == 2

    assert "exists already" in capsys.readouterr().err
    assert (jobs / "learned.yaml").read_text() == "mine"


@pytest.mark.parametrize(
    ("place", "message"),
    [("nosuch", "nosuch: no study found"), ("sqlite:///study.db", "expected ADDRESS#STUDY")],
)
def test_a_warm_start_from_nowhere_is_refused_before_the_data_is_read(
    tmp_path, monkeypatch, capsys, place, message
):
    monkeypatch.chdir(tmp_path)

    assert run(["search", "sklearn:wine", "--warm-start", place, "--no-tracking"]) == 2

    assert message in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_a_job_learns_from_an_earlier_one(wine_job, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    options = ["--family", "linear", "--trials", "2", "--epochs", "1", "--no-tracking", "--out", "job"]

    code = run(["search", "sklearn:wine", *options, "--warm-start", str(wine_job.folder)])

    said = capsys.readouterr()
    assert code == 0
    assert "Warm start from 'wine' (likeness 1.00)" in said.out + said.err
    assert "warm start" in (tmp_path / "job" / "leaderboard.csv").read_text()
    assert read_config(tmp_path / "job" / "job.yaml")["warm_start"] == [str(wine_job.folder)]


def test_a_job_file_names_earlier_jobs_beside_itself(tmp_path):
    job = tmp_path / "job.yaml"
    job.write_text(yaml.safe_dump({"warm_start": ["old", "postgresql://host/db#old"]}))

    assert read_config(job)["warm_start"] == [str(tmp_path / "old"), "postgresql://host/db#old"]
