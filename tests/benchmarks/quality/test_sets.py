"""What is found in a data folder, and how test parts are cut."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from automl.core.errors import ConfigError
from benchmarks.quality.cutting import ag_news, etth1, m4_hourly, sign_digits, sms_spam
from benchmarks.quality.sets import choose, find_sets


def test_tables_are_found_with_their_peers(data):
    rain, price = find_sets(data).values()

    assert rain.command == ("--target", "target", "--drop", "kept id")
    assert rain.target == "target ", "as the file spells it"
    assert rain.recorded["catboost"] == {"log_loss": 0.4, "roc_auc": 0.8}
    assert (rain.measure, price.measure) == ("log_loss", "relative_rmse")
    assert price.recorded["mlp"] == {"relative_rmse": 0.4}


def test_recorded_errors_are_divided_by_that_of_the_mean(data):
    splits = data / "splits" / "california_housing"
    splits.mkdir(parents=True)
    (splits / "train.csv").touch()
    rows = [
        {"method": "majority class / mean", "rmse": 200.0},
        {"method": "CatBoost default", "rmse": 50.0},
    ]
    results = {"datasets": {"california_housing": {"results": rows}}}
    (data / "splits" / "results.json").write_text(json.dumps(results))

    housing = find_sets(data)["california_housing"]

    assert housing.recorded["catboost"] == {"rmse": 50.0, "relative_rmse": 0.25}


def test_sets_are_chosen_by_name_and_by_group(data):
    sets = find_sets(data)

    assert [item.name for item in choose(sets, "price")] == ["price"]
    assert [item.name for item in choose(sets, "tables")] == ["rain", "price"]
    assert [item.name for item in choose(sets, None)] == ["rain", "price"]
    with pytest.raises(ConfigError, match="Did you mean 'price'"):
        choose(sets, "prize")


def test_a_folder_without_sets_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="Found no data sets"):
        find_sets(tmp_path)


def test_news_are_cut_by_row_number(tmp_path):
    source, split = tmp_path / "all.csv", tmp_path / "split.json"
    source.write_text('"1","a ""b""","x"\n"2","c","y"\n"1","d","z"\n')
    split.write_text('{"test_rows": [1]}')

    files = ag_news(source, split, tmp_path)

    assert files.train.read_text() == '"1","a ""b""","x"\n"1","d","z"\n'
    assert files.test.read_text() == '"2","c","y"\n'


def test_a_quarter_of_the_messages_is_the_test_part(tmp_path):
    source = tmp_path / "all"
    source.write_text(
        "".join(f'{label}\tsay "{number}\n' for number in range(20) for label in ("ham", "spam"))
    )

    files = sms_spam(source, tmp_path)

    train, test = files.train.read_text().splitlines(), files.test.read_text().splitlines()
    assert sorted(train + test) == sorted(source.read_text().splitlines())
    assert [line[:3] for line in test].count("ham") == 5
    assert sms_spam(source, tmp_path).test.read_text().splitlines() == test


def test_a_quarter_of_each_class_of_images_is_the_test_part(tmp_path):
    for name in ("0", "1"):
        (tmp_path / "all" / name).mkdir(parents=True)
        for number in range(8):
            (tmp_path / "all" / name / f"{number}.JPG").write_text(name)

    files = sign_digits(tmp_path / "all", tmp_path / "cut")

    assert {name: len(list((files.test / name).iterdir())) for name in ("0", "1")} == {"0": 2, "1": 2}
    assert len(list(files.train.glob("*/*"))) == 12


def test_the_test_part_of_a_series_reaches_back_by_the_look_back(tmp_path):
    pd.DataFrame({"date": range(20), "y": range(20)}).to_csv(tmp_path / "all.csv", index=False)
    rule = {"train_rows": [0, 10], "validation_rows": [10, 14], "test_rows": [14, 18]}
    (tmp_path / "split.json").write_text(json.dumps(rule))

    files = etth1(tmp_path / "all.csv", tmp_path / "split.json", tmp_path, lookback=3)

    assert list(pd.read_csv(files.train)["y"]) == list(range(10))
    assert list(pd.read_csv(files.validation)["y"]) == [10, 11, 12, 13]
    assert list(pd.read_csv(files.test)["y"]) == list(range(11, 18))


def test_hours_of_the_test_part_follow_those_of_training(tmp_path):
    (tmp_path / "Hourly-train.csv").write_text('"V1","V2","V3","V4"\n"H1",1,2,3\n"H2",4,5,\n')
    (tmp_path / "Hourly-test.csv").write_text('"V1","V2"\n"H1",9\n"H2",8\n')

    files = m4_hourly(tmp_path, tmp_path)

    train, test = pd.read_csv(files.train), pd.read_csv(files.test)
    assert list(train[train["series"] == "H2"]["value"]) == [4, 5]
    assert list(test["time"]) == ["2015-01-01 03:00", "2015-01-01 02:00"]
