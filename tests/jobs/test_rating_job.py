"""From a table of ratings to lists of items, in Python and on the command line."""

from __future__ import annotations

import io

import keras
import numpy as np
import pandas as pd
import pytest

import automl
from automl.cli.app import run
from tests.ratings import as_edition, ratings

FRAME = ratings(users=40, items=24)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return as_edition(FRAME, tmp_path_factory.mktemp("ratings"), "u.data")


@pytest.fixture(scope="module")
def job(path):
    genres = [f"{1000 + n}|{'Drama|War' if n % 2 else 'Comedy'}" for n in range(26)]
    films = path.parent / "films.csv"
    films.write_text("item,genres\n" + "\n".join(f"{line.replace('|', ',', 1)}" for line in genres))
    return automl.search(
        path,
        item_table=films,
        family="factorization",
        settings=("factors=4", "batch_size=256", "learning_rate=0.03"),
        folds=2,
        trials=1,
        epochs=25,
        tracking=False,
        portfolio=False,
        out=str(path.parent / "job"),
        verbose=0,
    )


def test_the_search_is_scored_against_simple_rules(job):
    assert job.summary["task"] == "rating"
    assert set(job.summary["baselines"]) == {"mean", "median", "user and item bias"}
    assert job.best_score < 0.7 * job.summary["baselines"]["user and item bias"]["val_rmse"]
    assert job.summary["exported_error"] == ""
    assert any("ratings of items by users" in note for note in job.summary["notes"])


def test_ratings_are_predicted_with_the_names_of_users_and_items(job, path):
    frame = job.predict(path)

    assert list(frame.columns) == ["row", "user", "item", "prediction"]
    assert frame["user"].tolist() == FRAME["userId"].astype(str).tolist()
    assert np.abs(frame["prediction"] - FRAME["rating"]).mean() < 0.8


def test_plain_keras_answers_texts_and_an_unknown_user_as_an_average_one(job):
    model = keras.models.load_model(job.folder / "model.keras")
    pairs = {
        "user": np.array(["100", "101", "nobody"], object),
        "item": np.array(["1000", "1000", "1000"], object),
    }

    alike, other, unknown = model.predict(pairs, verbose=0)[:, 0]

    assert alike > unknown > other


def test_lists_hold_the_best_items_and_leave_out_what_was_seen(job):
    every = job.recommend([100], top=24)
    new = job.recommend([100, "101"], top=24, exclude_seen=True)

    assert every["rank"].tolist() == list(range(1, 25))
    assert (np.diff(every["score"]) <= 0).all()
    assert (every["item"].astype(int).head(8) % 2 == 0).mean() > 0.8
    seen = set(FRAME.loc[FRAME["userId"] == 100, "movieId"].astype(str))
    assert set(new.loc[new["user"] == "100", "item"]) == set(every["item"]) - seen
    assert set(new["user"]) == {"100", "101"}


def test_lists_are_written_on_the_command_line(job, tmp_path, capsys):
    (tmp_path / "users.txt").write_text("100\n101\n100\nstranger\n")

    code = run(["recommend", str(job.folder), "--file", str(tmp_path / "users.txt"), "--top", "3"])

    shown = capsys.readouterr()
    assert code == 0
    assert (
        pd.read_csv(io.StringIO(shown.out), dtype=str)["user"].tolist()
        == ["100"] * 3 + ["101"] * 3 + ["stranger"] * 3
    )
    assert "did not have 'stranger'" in shown.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "Give one of --user ID"),
        (["--user", "100", "--top", "0"], "top: expected a number from 1"),
        (["--user", ""], "ids of users"),
        (["--file", "nowhere.txt"], "No such file"),
        (["--given", "1001"], "search with --task ranking"),
    ],
)
def test_what_cannot_be_listed_is_refused(job, capsys, options, message):
    assert run(["recommend", str(job.folder), *options]) == 2
    assert message in capsys.readouterr().err


def test_a_model_of_another_task_recommends_nothing(wine_job):
    with pytest.raises(automl.InputError, match="recommends nothing"):
        wine_job.recommend([1])
