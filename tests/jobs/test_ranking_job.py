"""From a table of who has dealt with what to lists of items."""

from __future__ import annotations

import json

import keras
import numpy as np
import pandas as pd
import pytest

import automl
from automl.cli.app import run
from tests.ratings import ratings
from tests.served import done, predicted, same, served

FRAME = ratings(users=60, items=20, share=1.0, seed=1)
DEALT = FRAME[(FRAME["rating"] >= 4) & (np.random.default_rng(0).random(len(FRAME)) < 0.7)]
DEALT = DEALT[["userId", "movieId"]].reset_index(drop=True)


@pytest.fixture(scope="module")
def job(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dealt")
    DEALT.to_csv(folder / "clicks.csv", index=False)
    return automl.search(
        folder / "clicks.csv",
        family="ease",
        settings=("strength=20.0",),
        folds=2,
        trials=1,
        tracking=False,
        portfolio=False,
        out=str(folder / "job"),
        verbose=0,
    )


def test_users_and_items_without_ratings_are_ranked_and_scored_against_simple_rules(job):
    assert job.summary["task"] == "ranking"
    assert set(job.summary["baselines"]) == {"popularity", "item-KNN"}
    assert job.best_score > job.summary["baselines"]["popularity"]["val_ndcg_at_10"]
    assert job.summary["best_metrics"]["recall_at_10"] > 0.9
    assert job.summary["exported_error"] == ""


def test_lists_are_of_the_user_s_taste_and_leave_out_what_was_seen(job):
    new = job.recommend([100, 101], top=3, exclude_seen=True)

    for user in (100, 101):
        items = new.loc[new["userId"] == str(user), "movieId"].astype(int)
        assert (items % 2 == user % 2).all()
        assert not set(items) & set(DEALT.loc[DEALT["userId"] == user, "movieId"])
    every = job.recommend([100], top=20)
    assert len(every) == 20
    assert every["score"].sum() == pytest.approx(1, abs=1e-5)


def test_a_new_user_is_known_by_items(job, capsys):
    code = run(
        ["recommend", str(job.folder), "--given", "1001", "--given", "1003", "--top", "4", "--exclude-seen"]
    )

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[0] == "userId,rank,movieId,score"
    assert all(int(line.split(",")[2]) % 2 == 1 for line in lines[1:])
    assert not {"1001", "1003"} & {line.split(",")[2] for line in lines}


def test_plain_keras_answers_a_text_of_items(job):
    model = keras.models.load_model(job.folder / "model.keras")

    shares = model.predict({"items": np.array(["1001\t1003", ""], object)}, verbose=0)

    assert shares.shape == (2, 20)
    assert np.abs(shares).sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert (shares < 0).sum(axis=1).tolist() == [2, 0]


def test_further_items_of_users_are_found_and_lists_predicted(job, tmp_path):
    seen = set(zip(DEALT["userId"], DEALT["movieId"], strict=True))
    later = FRAME[FRAME["rating"] >= 4][["userId", "movieId"]]
    later = later[[pair not in seen for pair in zip(later["userId"], later["movieId"], strict=True)]]
    later.to_csv(tmp_path / "later.csv", index=False)

    scores = job.evaluate(tmp_path / "later.csv")
    lists = job.predict(tmp_path / "later.csv")

    assert scores["metrics"]["recall_at_10"] > 0.9
    assert scores["rows"] == later["userId"].nunique()
    first = json.loads(lists["prediction"][0])
    assert set(first[0]) == {"item", "score"}
    assert (np.diff([item["score"] for item in first]) <= 0).all()


def test_a_server_lists_what_the_job_lists(job, tmp_path):
    rows = DEALT.head(30)
    rows.to_csv(tmp_path / "rows.csv", index=False)

    listed = done(job, "/recommend", {"users": [100, "101"], "top": 3, "exclude_seen": True})
    answer = served(job, {"rows": rows.to_dict(orient="records")})

    expected = job.recommend([100, 101], top=3, exclude_seen=True).to_dict(orient="records")
    assert same(listed["recommendations"], expected)
    assert same(answer["predictions"], predicted(job.folder, tmp_path / "rows.csv", tmp_path / "p.json"))
    with pytest.raises(automl.InputError, match="one of users and given"):
        done(job, "/recommend", {})


def test_options_of_users_and_items_are_refused_for_other_data(tmp_path):
    with pytest.raises(automl.InputError, match="--split-by is for tables of users and items"):
        automl.search("sklearn:wine", split_by="time", tracking=False, out=str(tmp_path / "job"), verbose=0)


@pytest.fixture(scope="module")
def towers(tmp_path_factory):
    """A job that knows users and items by tables, too, of a user 500 without any item."""
    folder = tmp_path_factory.mktemp("towers")
    taste = ["even", "odd"]
    users = [f"{number},{taste[number % 2]}" for number in (*range(100, 160), 500)]
    (folder / "users.csv").write_text("userId,taste\n" + "\n".join(users))
    films = [f"{1000 + number},{taste[number % 2]}" for number in range(20)]
    (folder / "films.csv").write_text("movieId,kind\n" + "\n".join(films))
    return automl.search(
        DEALT,
        task="ranking",
        user_table=folder / "users.csv",
        item_table=folder / "films.csv",
        family="two_towers",
        settings=("size=8", "depth=1", "width=8", "learning_rate=0.01", "batch_size=32", "cold=0.3"),
        folds=2,
        trials=1,
        epochs=40,
        tracking=False,
        portfolio=False,
        out=str(folder / "job"),
        verbose=0,
    )


def test_two_towers_learn_from_tables_of_users_and_items(towers):
    assert towers.summary["baselines"]["popularity"]["val_ndcg_at_10"] < towers.best_score
    assert towers.summary["best_metrics"]["recall_at_10"] > 0.9
    assert towers.summary["exported_error"] == ""


def test_a_user_without_items_is_known_by_the_table_and_another_by_items(towers):
    with pytest.warns(automl.DataWarning, match="features that its table of users has"):
        described = towers.recommend([500], top=4)
    given = towers.recommender.recommend(given=[1001, 1003], top=4, exclude_seen=True)

    assert (described["movieId"].astype(int) % 2 == 0).all()
    assert (given["movieId"].astype(int) % 2 == 1).all()
    assert not {"1001", "1003"} & set(given["movieId"])


def test_further_users_are_read_with_their_ids(towers):
    with pytest.warns(automl.DataWarning, match="by these items, and by what --user-table says"):
        lists = towers.predict(pd.DataFrame({"userId": [500, 101], "movieId": [1002, 1001]}))

    assert lists["userId"].tolist() == ["101", "500"]
    assert int(json.loads(lists["prediction"][1])[0]["item"]) % 2 == 0
