"""Ratings: how they are recognised and read, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import ConfigError, DataError
from automl.data.inference import infer_modality
from automl.data.interactions.dealt import example_of_dealt
from automl.data.interactions.sides import read_side
from automl.data.modalities.interactions import INTERACTIONS
from automl.data.modality import ReadOptions
from automl.data.source import open_source
from automl.data.splits import make_folds
from tests.ratings import as_edition, ratings

FRAME = ratings()


def read(data, **options):
    return INTERACTIONS.read(open_source(data), ReadOptions(**options))


@pytest.mark.parametrize("edition", ["u.data", "ratings.dat", "ratings.csv"])
def test_each_edition_of_movielens_is_recognised_and_read(edition, tmp_path):
    source = open_source(as_edition(FRAME, tmp_path, edition))

    choice = infer_modality(source, ReadOptions())
    dataset = INTERACTIONS.read(source, ReadOptions())

    assert choice.name == "interactions"
    assert "ratings of items by users" in choice.reason
    assert dataset.task == "rating"
    assert dataset.examples.inputs["user"].tolist() == FRAME["userId"].astype(str).tolist()
    assert dataset.examples.inputs["item"].tolist() == FRAME["movieId"].astype(str).tolist()
    assert dataset.examples.targets["target"][:, 0].tolist() == FRAME["rating"].tolist()


@pytest.mark.parametrize("kind", ["frame", "parquet"])
def test_typed_tables_are_recognised_by_the_names_of_their_columns(kind, tmp_path):
    FRAME.to_parquet(tmp_path / "ratings.parquet")
    data = FRAME if kind == "frame" else tmp_path / "ratings.parquet"

    assert infer_modality(open_source(data), ReadOptions()).name == "interactions"
    assert read(data).examples.inputs["user"][0] == str(FRAME["userId"][0])


@pytest.mark.parametrize(
    ("change", "options"),
    [
        (lambda frame: frame.assign(age=7), {}),
        (lambda frame: frame.rename(columns={"movieId": "weight"}), {"target": ("rating",)}),
        (lambda frame: frame, {"task": "regression"}),
        (lambda frame: frame, {"target": ("timestamp",)}),
    ],
    ids=["another column", "no items", "another task", "another target"],
)
def test_what_is_no_table_of_ratings_alone_stays_a_table(change, options):
    frame = change(FRAME)
    options = {"target": ("rating",), **options}

    assert infer_modality(open_source(frame), ReadOptions(**options)).name == "tabular"


def test_columns_of_other_names_are_named():
    frame = FRAME.rename(columns={"userId": "who", "movieId": "what", "rating": "how"})

    dataset = read(frame, task="rating", user_column="who", item_column="what", target=("how",))

    assert dataset.target_names == ("how",)
    assert set(dataset.examples.keys) == {"row", "who", "what"}
    with pytest.raises(DataError, match=r"which column holds the users.*--user-column.*'who'"):
        read(frame, task="rating")
    with pytest.raises(DataError, match=r"no column 'whom'.*'who'"):
        read(frame, task="rating", user_column="whom")


def test_rows_that_lack_something_are_left_out_and_told():
    frame = FRAME.astype(object)
    frame.loc[0, "userId"], frame.loc[1, "movieId"], frame.loc[2, "rating"] = None, None, None
    frame = pd.concat([frame, frame.iloc[[5]]], ignore_index=True)

    dataset = read(frame)

    assert len(dataset.examples) == len(frame) - 3
    told = " ".join(dataset.notes)
    assert "2 of" in told
    assert "lack a user or an item" in told
    assert "1 of" in told
    assert "were there before" in told


def test_the_last_rating_of_each_user_or_the_latest_of_all_are_held_out():
    last = read(FRAME, split_by="last")
    late = read(FRAME, split_by="time")

    held = FRAME.iloc[last.examples.rows[last.validates]]
    latest = FRAME.groupby("userId")["timestamp"].max()
    assert held.set_index("userId")["timestamp"].sort_index().equals(latest)
    cut = FRAME["timestamp"].iloc[late.validates].min()
    assert len(late.validates) == pytest.approx(0.2 * len(FRAME), abs=2)
    assert (np.delete(FRAME["timestamp"].to_numpy(), late.validates) < cut).all()
    assert read(FRAME).validates is None


@pytest.mark.parametrize(("how", "column"), [("users", "userId"), ("items", "movieId")])
def test_users_or_items_are_held_out_with_all_their_ratings(how, column):
    dataset = read(FRAME, split_by=how)

    (fold,) = make_folds(dataset, folds=None, seed=0)

    trained, held = (set(FRAME[column].iloc[rows]) for rows in (fold.train, fold.validation))
    assert not trained & held
    assert len(held) == pytest.approx(0.2 * FRAME[column].nunique(), abs=2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"split_by": "first"}, ConfigError, "hold ratings out 'first'"),
        ({"split_by": "users", "task": "ranking"}, ConfigError, "is for ratings"),
        ({"task": "regression"}, ConfigError, "have the task rating"),
        ({"target": ("rating", "timestamp")}, ConfigError, "Ratings are one column"),
        ({"target": ("movieId",), "task": "rating"}, DataError, "three columns"),
    ],
)
def test_what_cannot_be_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        read(FRAME, **options)


def test_users_and_items_that_training_did_not_have_are_told():
    dataset = read(FRAME)
    other = FRAME.head(10).astype({"userId": str})
    other.loc[0, "userId"] = "new"

    examples, notes = INTERACTIONS.read_again(
        open_source(other.drop(columns="rating")), dataset.schema, targets=False
    )

    assert examples.targets is None
    assert examples.inputs["user"][0] == "new"
    assert any("1 of 10 rows are of users that the search did not have" in note for note in notes)
    with pytest.raises(DataError, match="no column 'movieId'"):
        INTERACTIONS.read_again(open_source(FRAME[["userId"]]), dataset.schema, targets=False)


def test_another_file_without_a_header_is_read_by_places(tmp_path):
    dataset = read(as_edition(FRAME, tmp_path, "ratings.dat"))
    other = as_edition(FRAME.head(7), tmp_path, "u.data")

    examples, _ = INTERACTIONS.read_again(open_source(other), dataset.schema, targets=True)

    assert examples.targets["target"][:, 0].tolist() == FRAME["rating"].head(7).tolist()


@pytest.mark.parametrize("task", ["rating", "ranking"])
@pytest.mark.parametrize("edition", ["u.data", "ratings.csv"])
def test_a_large_file_is_read_part_by_part_to_the_same(edition, task, tmp_path, monkeypatch):
    path = as_edition(FRAME, tmp_path, edition)
    whole = read(path, task=task)
    monkeypatch.setattr("automl.data.interactions.reading.IN_PARTS", 0)
    monkeypatch.setattr("automl.data.large.text_file.BLOCK", 1000)

    parts = read(path, task=task)

    for name, values in whole.examples.inputs.items():
        assert parts.examples.inputs[name].tolist() == values.tolist()
    assert parts.examples.targets["target"].tolist() == whole.examples.targets["target"].tolist()
    assert parts.schema["ids"] == whole.schema["ids"]
    assert parts.schema["dealt"] == whole.schema["dealt"]


def test_of_too_many_scores_some_users_validate(monkeypatch):
    monkeypatch.setattr("automl.data.interactions.rankings.MOST_SCORES", 100)
    monkeypatch.setattr("automl.data.interactions.rankings.LEAST_SCORED", 4)

    dataset = read(FRAME, task="ranking")

    assert len(set(dataset.validates.tolist())) == 100 // FRAME["movieId"].nunique() == 5
    assert dataset.validates.max() < len(dataset.examples)


FILMS = [f"{1000 + n}::Fête {n}::{'Drama|War' if n % 2 else 'Comedy'}::{n * 1.5}" for n in range(30)]


def test_lists_become_flags_numbers_parts_and_what_says_nothing_is_told(tmp_path):
    (tmp_path / "movies.dat").write_text("\n".join(FILMS), encoding="latin-1")

    side, notes = read_side(
        str(tmp_path / "movies.dat"), "movieId", frozenset(), np.array(["1001"]), "items"
    )

    assert side.ids[:2] == ("1000", "1001")
    assert side.sizes == (2, 2, 2, 11)
    assert side.codes[:2, :3].sum(axis=1).tolist() == [1, 2]
    assert any("'c1'" in note for note in notes)


def test_a_table_of_another_catalogue_is_refused(tmp_path):
    (tmp_path / "items.csv").write_text("movieId,genre\n1,a\n2,b\n")

    with pytest.raises(DataError, match="none of its 2 ids occurs among the items"):
        read(FRAME, item_table=str(tmp_path / "items.csv"))


def test_what_is_known_of_items_is_a_tensor_beside_them(tmp_path):
    (tmp_path / "movies.dat").write_text("\n".join(FILMS), encoding="latin-1")
    dataset = read(FRAME, item_table=str(tmp_path / "movies.dat"))

    fitted = INTERACTIONS.fit(dataset, np.arange(20), seed=0)

    made = fitted.transform(dataset.examples)
    assert [spec.kind for spec in fitted.inputs] == ["user", "item", "item_features"]
    assert {item.kind for item in INTERACTIONS.promises(dataset)} == {spec.kind for spec in fitted.inputs}
    known = np.isin(
        dataset.examples.inputs["user"].astype(str), dataset.examples.inputs["user"][:20].astype(str)
    )
    assert ((made["user"][:, 0] > 0) == known).all()
    assert made["item_features"].shape == (len(FRAME), 4)


@pytest.mark.parametrize("task", ["rating", "ranking"])
def test_an_example_for_servers_has_the_columns_of_the_data_and_is_read_again(task):
    dataset = read(FRAME, task=task)

    example = example_of_dealt(dataset.schema, 3)

    assert list(example.columns) == ["userId", "movieId"]
    examples, notes = INTERACTIONS.read_again(open_source(example), dataset.schema, targets=False)
    assert notes == ()
    assert len(examples) == len(example) if task == "rating" else example["userId"].nunique()


def test_ids_with_blanks_are_one_item_of_a_history():
    frame = FRAME.assign(movieId=["The  Film " + str(item) for item in FRAME["movieId"]])
    dataset = read(frame, task="ranking")

    fitted = INTERACTIONS.fit(dataset, np.arange(len(dataset.examples)), seed=0)

    numbers = fitted.transform(dataset.examples)["history"]
    given = [text.count("\t") + 1 for text in dataset.examples.inputs["items"]]
    assert (numbers > 0).sum(axis=(1, 2)).tolist() == given
    assert numbers.max() <= frame["movieId"].nunique()


def test_ratings_in_words_are_refused_as_ratings():
    table = ratings().astype({"rating": object})
    table.loc[3, "rating"] = "good"

    with pytest.raises(DataError, match=r"column 'rating', row 4: expected a rating, .* 'good' \(1 such"):
        read(table, task="rating")
