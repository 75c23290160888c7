"""Peers measured side by side, on data whose answer is known."""

from __future__ import annotations

import builtins
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from automl.core.errors import ConfigError
from benchmarks.quality.cutting import given
from benchmarks.quality.judging import by_predictions
from benchmarks.quality.peers import PEERS, ridge, seasonal_naive, tf_idf
from benchmarks.quality.sets import QualitySet
from benchmarks.quality.trees import catboost, lightgbm, read

ITEM = QualitySet(
    name="made up",
    group="tables",
    measure="log_loss",
    files=given,
    judge=by_predictions,
    target="y",
    task="binary",
)


@pytest.fixture
def table(tmp_path):
    """A number decides the class; other columns are of every sort."""
    x = np.random.default_rng(0).normal(size=400).round(3)
    words = np.array(["one two three four", "five six seven eight"])
    frame = pd.DataFrame(
        {
            "x": x.astype(str),
            "sort": np.where(x > 1, "?", "a"),
            "when": "2020-01-02",
            "said": [f"{words[number % 2]} {number}" for number in range(400)],
            "y": np.where(x > 0, "yes", "no"),
        }
    )
    frame.loc[3, "x"] = "?"
    files = given(tmp_path / "train.csv", tmp_path / "test.csv")
    frame[:300].to_csv(files.train, index=False)
    frame[300:].to_csv(files.test, index=False)
    return files


def test_columns_are_what_the_training_rows_say(table):
    found = read(ITEM, table)

    assert list(found.numbers) == [
        "x",
        *(f"when {part}" for part in ("year", "month", "day", "weekday", "days")),
    ]
    assert found.numbers["x"].isna().sum() == 1
    assert list(found.categories) == ["sort"]
    assert set(found.categories["sort"]) == {"", "a"}
    assert list(found.texts) == ["said"]
    assert (found.rows, len(found.targets)) == (300, 400)


@pytest.mark.parametrize(("peer", "name"), [(lightgbm, "lightgbm"), (catboost, "catboost")])
def test_trees_learn_a_threshold(peer, name, table):
    pytest.importorskip(name)

    assert peer(ITEM, table, 0)["accuracy"] > 0.95


@pytest.mark.parametrize("peer", [lightgbm, catboost])
def test_absent_peers_are_explained(peer, table, monkeypatch):
    real = builtins.__import__

    def absent(name, *arguments):
        if name in ("lightgbm", "catboost"):
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", absent)

    with pytest.raises(ConfigError, match=r"pip install 'automl-keras\[bench\]'"):
        peer(ITEM, table, 0)


def test_words_tell_classes_apart(tmp_path):
    files = given(tmp_path / "train.tsv", tmp_path / "test.tsv")
    lines = [
        f'{label}\t{word} "{number % 7}'
        for number in range(20)
        for label, word in (("a", "up"), ("b", "down"))
    ]
    for path in (files.train, files.test):
        path.write_text("\n".join(lines))

    assert tf_idf(replace(ITEM, target="c0"), files, 0)["accuracy"] == 1.0


def test_forecasts_of_what_repeats_every_day_are_right(tmp_path):
    files = given(tmp_path / "train.csv", tmp_path / "test.csv")
    day = np.sin(np.arange(24) * np.pi / 12)
    values = np.tile(day, 24) + np.random.default_rng(0).normal(scale=0.01, size=24 * 24)
    frame = pd.DataFrame({"series": "H1", "value": values})
    frame[:-48].to_csv(files.train, index=False)
    frame[-48:].to_csv(files.test, index=False)

    assert seasonal_naive(ITEM, files, 0)["mase"] == pytest.approx(1.0, rel=0.3)
    assert ridge(ITEM, files, 0)["mase"] < seasonal_naive(ITEM, files, 0)["mase"]


def test_trees_are_measured_only_when_asked_for():
    assert [name for name, peer in PEERS.items() if not peer.default] == ["lightgbm", "catboost"]
    assert PEERS["catboost"].fits(ITEM)
    assert not PEERS["tf-idf"].fits(ITEM)
