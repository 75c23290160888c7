"""Tables as a modality: kinds of columns, targets, bad cells, reading again, preprocessing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest

from automl.core.errors import DataError
from automl.data.modalities.tabular import TABULAR
from automl.data.modality import Dataset, ReadOptions
from automl.data.preprocessing import tabular as fitting
from automl.data.source import open_source

ROWS = 60


def read(data: Any, *target: str, **options: Any) -> Dataset:
    return TABULAR.read(open_source(data), ReadOptions(target=target or ("y",), **options))


def frame(**columns: Any) -> pd.DataFrame:
    base = {"x": np.linspace(0.0, 1.0, ROWS), "y": ["a", "b"] * (ROWS // 2)}
    return pd.DataFrame({**base, **columns})


def kinds(dataset: Dataset) -> dict[str, str]:
    return {column["name"]: column["kind"] for column in dataset.schema["columns"]}


def transform(dataset: Dataset) -> dict[str, np.ndarray]:
    every = np.arange(len(dataset.examples))
    return TABULAR.fit(dataset, every, 0).transform(dataset.examples)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    made = pd.DataFrame(
        {
            "id": [f"person {number}" for number in range(ROWS)],
            "number": range(1, ROWS + 1),
            "age": random.integers(18, 80, ROWS),
            "charges": [" " if row % 7 == 0 else f"{row * 1.5}" for row in range(ROWS)],
            "town": random.choice(["Bonn", "Ulm", "?"], ROWS),
            "member": random.choice(["True", "False"], ROWS),
            "joined": pd.date_range("2020-01-30", periods=ROWS, freq="31h").strftime("%d.%m.%Y %H:%M"),
            "nothing": [""] * ROWS,
            "same": ["one"] * ROWS,
            "y": random.choice(["no", "yes"], ROWS),
        }
    )
    made.to_csv(tmp_path / "table.csv", index=False)
    return tmp_path / "table.csv"


def test_kinds_are_inferred_and_useless_columns_dropped_and_said(table: Path) -> None:
    dataset = read(table)
    assert kinds(dataset) == {
        "age": "number",
        "charges": "number",
        "town": "category",
        "member": "category",
        "joined": "date",
    }
    said = " ".join(dataset.notes)
    assert "'nothing' has no values" in said
    assert "'same' has only one value" in said
    assert "'number' is an id by its name" in said
    assert "'id' has a different text in nearly every row" in said


def test_raw_inputs_have_the_documented_types(table: Path) -> None:
    inputs = read(table).examples.inputs
    assert inputs["charges"].dtype == np.float64
    assert np.isnan(inputs["charges"][0])
    assert set(inputs["town"]) == {"Bonn", "Ulm", ""}
    assert inputs["joined"].dtype == np.int64
    assert inputs["joined"][0] == pd.Timestamp("2020-01-30").timestamp()


def test_the_schema_is_plain_json(table: Path) -> None:
    schema = read(table).schema
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize(
    ("target", "task"),
    [
        (["a", "b"] * 30, "binary"),
        (["a", "b", "c"] * 20, "multiclass"),
        ([True, False] * 30, "binary"),
        ([0, 1] * 30, "binary"),
        ([1.0, 2.0, None] * 20, "binary"),
        ([3, 5, 7] * 20, "multiclass"),
        (list(range(20)) * 3, "regression"),
        ([0.5, 1.5] * 30, "regression"),
    ],
)
def test_the_task_follows_the_target(target: list[Any], task: str) -> None:
    assert read(frame(y=target)).task == task


def test_few_rows_for_each_number_are_regression() -> None:
    assert read(frame(y=list(range(6)) * 10).head(20)).task == "regression"


def test_several_targets_are_labels_or_numbers() -> None:
    labels = read(frame(y=[0, 1] * 30, z=["no", "yes"] * 30), "y", "z")
    assert (labels.task, labels.examples.targets["target"].tolist()[1]) == ("multilabel", [1.0, 1.0])
    numbers = read(frame(y=np.arange(60), z=np.arange(60) / 2), "y", "z")
    assert (numbers.task, numbers.examples.targets["target"].tolist()[1]) == ("regression", [1.0, 0.5])
    mixed = read(frame(z=np.arange(60)), "y", "z")
    assert (mixed.task, dict(mixed.target_tasks)) == ("joint", {"y": "binary", "z": "regression"})


def test_labels_are_the_same_as_integers_floats_and_text() -> None:
    first = read(frame(y=[0, 1] * 30))
    again = [frame(y=["0.0", "1.0"] * 30), frame(y=[0.0, 1.0] * 30), frame(y=["0", "1"] * 30)]
    for other in again:
        examples, _ = TABULAR.read_again(open_source(other), first.schema, targets=True)
        assert examples.targets["target"].tolist() == first.examples.targets["target"].tolist()


def test_rows_without_target_are_dropped_and_counted() -> None:
    dataset = read(frame(y=["a", "", None] * 20, z=["a", "b"] * 30), "z")
    assert len(dataset.examples) == ROWS
    dataset = read(frame(y=["a", "b", None] * 20))
    assert len(dataset.examples) == 40
    assert dataset.examples.keys["row"][2] == 3
    assert "20 of 60 rows have no target in 'y' and are dropped." in dataset.notes


def test_targets_that_teach_nothing_are_refused() -> None:
    with pytest.raises(DataError, match="'y' has only one class"):
        read(frame(y=["a"] * ROWS))
    with pytest.raises(DataError, match="'y' has only one value"):
        read(frame(y=[0.5] * ROWS))
    with pytest.raises(DataError, match="no row has a target"):
        read(frame(y=[None] * ROWS))
    with pytest.raises(DataError, match="60 different texts in 60 rows"):
        read(frame(y=[f"name {row}" for row in range(ROWS)]))


def test_a_task_that_does_not_fit_the_target_is_refused_with_the_cell() -> None:
    with pytest.raises(DataError, match=r"column 'y', row 1: expected a number .* got 'a' \(60 such"):
        read(frame(), task="regression")
    with pytest.raises(DataError, match="has 3 classes"):
        read(frame(y=["a", "b", "c"] * 20), task="binary")


def test_unknown_columns_are_refused_with_the_nearest() -> None:
    with pytest.raises(DataError, match="no column 'yy'"):
        read(frame(), "yy")
    with pytest.raises(DataError, match=r"no column 'grup'\. Did you mean 'group'"):
        read(frame(group=range(ROWS)), group_column="grup")
    with pytest.raises(DataError, match="which column is the target"):
        TABULAR.read(open_source(frame()), ReadOptions())


def test_a_table_without_features_is_refused() -> None:
    with pytest.raises(DataError, match="no column to learn from besides 'y'"):
        read(frame(x=[1.0] * ROWS))


def test_infinite_and_huge_numbers_count_as_missing() -> None:
    values = [np.inf, -np.inf, 1e308, *np.arange(57.0) / 7]
    dataset = read(frame(x=values))
    assert (
        "Column 'x': 3 of 60 cells are too large, infinite or no numbers and count as missing."
        in dataset.notes
    )
    assert np.isfinite(transform(dataset)["numeric"]).all()


def test_counting_features_stay_and_an_index_goes() -> None:
    dataset = read(pd.DataFrame({"x": range(100), "y": np.arange(100) * 2.0 + 1}))
    assert kinds(dataset) == {"x": "number"}
    assert "leave it out: --drop 'x'" in " ".join(dataset.notes)
    years = frame(year=range(1880, 1940), noise=np.random.default_rng(0).normal(size=ROWS))
    assert "year" in kinds(read(years))
    index = np.random.default_rng(0).permutation(150)[:ROWS]
    dataset = read(pd.DataFrame({"Unnamed: 0": index, **frame()}))
    assert kinds(dataset) == {"x": "number"}
    assert "'Unnamed: 0' has no name and holds row numbers" in " ".join(dataset.notes)


def test_columns_are_kept_and_dropped_by_name() -> None:
    made = frame(id=range(ROWS), name=[f"person {row}" for row in range(ROWS)], same=["one"] * ROWS, z=1)
    kept = read(made, keep=("id", "name", "same"), drop=("x",))
    assert kinds(kept) == {"id": "number", "name": "category", "same": "category"}
    again, notes = TABULAR.read_again(open_source(made), kept.schema, targets=True)
    assert (set(again.inputs), notes) == ({"id", "name", "same"}, ())
    assert all(np.isfinite(tensor).all() for tensor in transform(kept).values())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"keep": ("xx",)}, r"no column 'xx'\. Did you mean 'x'"),
        ({"drop": ("y",)}, "'y' is the target, which --drop cannot take"),
    ],
)
def test_columns_that_cannot_be_chosen_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(DataError, match=said):
        read(frame(), **options)


def test_whole_numbers_that_float64_cannot_tell_apart_are_told() -> None:
    steps = [2**60 + row % 7 for row in range(ROWS)]
    same = "'code' has only one value to the 16 digits of float64"
    assert same in " ".join(read(frame(code=steps)).notes)
    codes = [2**60 + row % 7 * 100 for row in range(ROWS)]
    assert "of 7 cannot be told from their neighbours" in " ".join(read(frame(code=codes)).notes)


@pytest.mark.parametrize(
    ("cells", "kind", "said"),
    [
        (pd.to_timedelta(np.arange(ROWS) ** 2, unit="s"), "number", ""),
        (pd.period_range("2000-01", periods=ROWS, freq="M"), "date", ""),
        (pd.date_range("2024-01-01", periods=ROWS, freq="3ms"), "date", "60 different ones become 1"),
        (["n/k" if row % 9 == 0 else str(row % 40) for row in range(ROWS)], "category", "as categories"),
        (1 + np.arange(ROWS) * 1e-13, "number", "varies by 6e-12 of its size"),
        ([1e300, *np.arange(59) / 7], "number", "1 of 60 cells are too large"),
    ],
)  # fmt: skip
def test_unusual_columns_are_read_or_told(cells: Any, kind: str, said: str) -> None:
    dataset = read(frame(z=cells))
    assert kinds(dataset)["z"] == kind
    assert said in " ".join(dataset.notes)


def test_a_few_words_among_amounts_are_refused_with_the_cell() -> None:
    with pytest.raises(DataError, match=r"row 60: expected a number as in most rows .* got 'abc'"):
        read(frame(y=[*map(str, range(59)), "abc"]))


def test_whole_numbers_of_a_target_that_fall_together_are_told() -> None:
    notes = read(frame(y=[2**60 + row * 10 for row in range(ROWS)])).notes
    assert "Target 'y' holds whole numbers beyond 2**53" in " ".join(notes)


def test_targets_far_from_all_others_are_told() -> None:
    dataset = read(frame(y=np.r_[np.arange(58) / 7, 1e9, -1e9]))
    assert "Target 'y': 2 values lie more than 10,000 times" in " ".join(dataset.notes)


def test_none_is_a_class_among_words_and_missing_among_numbers() -> None:
    assert read(frame(y=["none", "brown", "white"] * 20)).task == "multiclass"
    dataset = read(frame(y=["none", "1", "0"] * 20))
    assert (dataset.task, len(dataset.examples)) == ("binary", 40)


def test_a_few_odd_cells_leave_a_column_numeric() -> None:
    dataset = read(frame(x=["twelve", *[f"{row / 7}" for row in range(59)]]))
    assert kinds(dataset) == {"x": "number"}
    assert "1 of 60 cells" in " ".join(dataset.notes)


@pytest.mark.parametrize(
    "form", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%d-%b-%Y"]
)
def test_dates_are_read_in_their_format(form: str) -> None:
    dates = pd.date_range("1968-02-27", periods=ROWS, freq="D")
    dataset = read(frame(when=dates.strftime(form)))
    np.testing.assert_array_equal(
        dataset.examples.inputs["when"], dates.to_numpy().astype("datetime64[s]").astype(np.int64)
    )


def test_dates_of_another_file_may_have_another_format() -> None:
    dates = pd.date_range("1968-02-27", periods=ROWS, freq="D")
    dataset = read(frame(when=dates.strftime("%Y-%m-%d")))
    other = frame(when=dates.strftime("%d.%m.%Y"))
    examples, notes = TABULAR.read_again(open_source(other), dataset.schema, targets=True)
    np.testing.assert_array_equal(examples.inputs["when"], dataset.examples.inputs["when"])
    assert notes == ("Column 'when': dates are read as %d.%m.%Y, those of training as ISO8601.",)


def test_dates_expand_to_the_calendar() -> None:
    dates = pd.date_range("1890-02-27 05:00", periods=ROWS, freq="1111D")
    codes = transform(read(frame(when=dates)))["categorical"]
    np.testing.assert_array_equal(
        codes, np.stack([dates.month, dates.dayofweek + 1, dates.hour + 1], axis=1)
    )


@pytest.mark.parametrize("offset", [1e6, 1.7e9, 1e12])
def test_an_offset_costs_numbers_no_digits(offset: float) -> None:
    random = np.random.default_rng(0)
    steps = {"x": random.integers(0, 60, ROWS).astype(float), "z": random.integers(0, 9, ROWS) / 8}
    near = transform(read(frame(**steps)))
    far = transform(read(frame(**{name: values + offset for name, values in steps.items()})))
    for name, tensor in near.items():
        np.testing.assert_allclose(far[name], tensor, atol=1e-6)


def test_noise_of_arithmetic_is_no_variation() -> None:
    values = np.where(np.arange(ROWS) % 2, 0.1 + 0.2, 0.3) * 1e9
    dataset = read(frame(z=values))
    assert "'z' has only one value to the 16 digits of float64" in " ".join(dataset.notes)
    assert not transform(read(frame(z=values), keep=("z",), drop=("x",)))["numeric"].any()


def test_numbers_of_any_size_stay_finite() -> None:
    values = np.r_[1e-300, -1e149, 1e149, np.arange(57.0) * 1e-295]
    tensors = transform(read(frame(x=values)))
    assert all(np.isfinite(tensor).all() for tensor in tensors.values())


def test_numbers_are_scaled_clipped_and_flagged_where_missing() -> None:
    values = np.r_[np.nan, np.arange(1.0, 59.0) / 3, 1e9]
    numeric = transform(read(frame(x=values)))["numeric"]
    assert numeric[0].tolist() == [0.0, 1.0]
    assert 2.99 < numeric[-1, 0] <= 3.0
    assert abs(np.median(numeric[1:, 0])) < 0.05


def test_ranks_of_few_values_are_those_of_the_different_ones() -> None:
    values = np.r_[np.zeros(40), np.arange(1.0, 21.0) / 3]
    dataset = read(frame(x=values))
    ranks = transform(dataset)["ranks"][:, 0]
    np.testing.assert_allclose(ranks, np.r_[np.zeros(40), np.arange(1.0, 21.0) / 20], atol=1e-6)
    (spec,) = [item for item in TABULAR.fit(dataset, np.arange(ROWS), 0).inputs if item.name == "ranks"]
    assert spec.facts.steps == (20,)


def test_ranks_of_many_values_are_half_those_of_rows_and_half_those_of_values() -> None:
    common = np.random.default_rng(0).integers(0, 5, 5000).astype(float)
    values = np.r_[common, np.linspace(10.0, 20.0, 1000)] + 0.5
    names = ["a", "b"] * 3000
    ranks = transform(read(pd.DataFrame({"x": values, "y": names})))["ranks"][:, 0]
    # five values hold five sixths of the rows and hardly any of the different values
    assert (ranks[:5000].max(), ranks[-1]) == (pytest.approx(0.05, abs=0.05), 1.0)
    middle = ranks[5000 + 500]
    assert 0.4 < middle < 0.6


def test_ranks_outside_are_those_of_the_ends_and_missing_ones_in_the_middle() -> None:
    dataset = read(frame(x=np.arange(60.0) / 7))
    fitted = TABULAR.fit(dataset, np.arange(ROWS), 0)
    again = frame(x=np.r_[-5.0, 99.0, np.nan, np.zeros(57)])
    examples, _ = TABULAR.read_again(open_source(again), dataset.schema, targets=False)
    assert fitted.transform(examples)["ranks"][:3, 0].tolist() == [0.0, 1.0, 0.5]


def test_words_that_are_rare_in_a_large_table_count_as_unseen() -> None:
    words = ["Bonn", "Ulm"] * 598 + ["Jena"] * 4
    dataset = read(pd.DataFrame({"town": words, "y": ["a", "b"] * 600}))
    assert transform(dataset)["categorical"][-5:, 0].tolist() == [2, 0, 0, 0, 0]


def test_unseen_and_missing_categories_have_code_zero() -> None:
    dataset = read(frame(town=["Bonn", "Ulm", ""] * 20))
    fitted = TABULAR.fit(dataset, np.arange(ROWS), 0)
    again = frame(town=["Bonn", "Ulm", "Jena"] * 20)
    examples, _ = TABULAR.read_again(open_source(again), dataset.schema, targets=False)
    assert fitted.transform(examples)["categorical"][:3, 0].tolist() == [1, 2, 0]


def test_a_word_is_coded_by_its_own_column() -> None:
    dataset = read(frame(one=["a", "b"] * 30, two=["b", "c"] * 30))
    fitted = TABULAR.fit(dataset, np.arange(ROWS), 0)
    swapped, _ = TABULAR.read_again(
        open_source(frame(one=["c", "b"] * 30, two=["a", "b"] * 30)), dataset.schema, targets=False
    )
    assert fitted.transform(swapped)["categorical"][:2].tolist() == [[0, 0], [2, 1]]


def test_only_training_rows_are_learned_from() -> None:
    dataset = read(
        frame(x=np.r_[np.zeros(30), np.arange(30.0) + 0.5], town=["a"] * 15 + ["b"] * 15 + ["c"] * 30)
    )
    facts = {spec.kind: spec.facts for spec in TABULAR.fit(dataset, np.arange(30), 0).inputs}
    assert facts["categorical"].sizes == (3,)


def test_the_most_frequent_categories_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fitting, "MAX_CATEGORIES", 2)
    dataset = read(frame(town=["a"] * 30 + ["b"] * 20 + ["c"] * 10))
    codes = transform(dataset)["categorical"][:, 0]
    assert (codes[0], codes[30], codes[-1]) == (1, 2, 0)


def test_a_hundred_thousand_categories_are_read() -> None:
    count = 100_000
    rare = [f"category {number}" for number in range(count)]
    words = rare + rare[:12_000] * 4
    made = pd.DataFrame(
        {"town": words, "x": np.arange(len(words)) % 7, "y": ["a", "b"] * (len(words) // 2)}
    )
    dataset = read(made)
    assert "100000 categories: all but the 10000 most frequent count as one" in " ".join(dataset.notes)
    fitted = TABULAR.fit(dataset, np.arange(len(words)), 0)
    known = {spec.kind: spec.facts for spec in fitted.inputs}
    assert known["categorical"].sizes == (10_001,)


def test_five_hundred_columns_build_quickly() -> None:
    random = np.random.default_rng(0)
    numbers = {f"n{column}": random.normal(size=ROWS) for column in range(250)}
    words = {f"w{column}": random.choice(["a", "b", "c"], ROWS) for column in range(250)}
    dataset = read(frame(**numbers, **words))
    outputs = transform(dataset)
    assert outputs["numeric"].shape == (ROWS, 251)
    assert outputs["categorical"].shape == (ROWS, 250)


def test_reading_again_takes_other_orders_and_ignores_extra_columns(table: Path) -> None:
    dataset = read(table)
    other = pd.read_csv(table, dtype=str, keep_default_na=False)
    other = other[sorted(other.columns, reverse=True)].assign(extra="1")
    examples, notes = TABULAR.read_again(open_source(other), dataset.schema, targets=True)
    for name, values in dataset.examples.inputs.items():
        np.testing.assert_array_equal(examples.inputs[name], values)
    assert "columns the model does not know are ignored: 'extra'" in " ".join(notes)


def test_reading_again_refuses_missing_columns_by_name(table: Path) -> None:
    dataset = read(table)
    other = pd.read_csv(table).drop(columns=["age", "town"])
    with pytest.raises(DataError, match="is missing columns that the model was trained on: 'age', 'town'"):
        TABULAR.read_again(open_source(other), dataset.schema, targets=False)
    with pytest.raises(DataError, match=r"is missing columns .*: 'y'"):
        TABULAR.read_again(open_source(pd.read_csv(table).drop(columns="y")), dataset.schema, targets=True)


def test_prediction_keeps_rows_without_target(table: Path) -> None:
    dataset = read(table)
    other = pd.read_csv(table).drop(columns="y").head(7)
    examples, _ = TABULAR.read_again(open_source(other), dataset.schema, targets=False)
    assert (len(examples), examples.targets, examples.keys["row"].tolist()) == (7, None, list(range(7)))


def test_groups_times_and_ids_stand_beside_the_features() -> None:
    made = frame(group=["g", "h"] * 30, when=pd.date_range("2020-01-01", periods=ROWS), name=range(ROWS))
    dataset = read(made, group_column="group", time_column="when", id_column="name")
    assert set(kinds(dataset)) == {"x", "when"}
    assert dataset.examples.groups[:2].tolist() == ["g", "h"]
    assert dataset.examples.times[0] == np.datetime64("2020-01-01")
    assert dataset.examples.keys["name"][1] == 1


def test_times_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(DataError, match="column 'when', data row 1: expected a time"):
        read(frame(when=["soon", "later"] * 30), time_column="when")


def test_arrays_are_tables_too() -> None:
    inputs = np.random.default_rng(0).normal(size=(ROWS, 3))
    dataset = TABULAR.read(open_source((inputs, np.arange(ROWS) % 2)), ReadOptions())
    assert (dataset.task, dataset.columns) == ("binary", ("x0", "x1", "x2"))
    examples, _ = TABULAR.read_again(open_source(inputs), dataset.schema, targets=False)
    np.testing.assert_array_equal(examples.inputs["x1"], inputs[:, 1])
    with pytest.raises(DataError, match="60 rows and targets 59"):
        TABULAR.read(open_source((inputs, np.arange(59))), ReadOptions())


def test_features_beside_targets_in_memory_have_any_name() -> None:
    inputs = pd.DataFrame(
        np.random.default_rng(0).normal(size=(ROWS, 3)), columns=["target", "target_", "b"]
    )
    given = open_source((inputs, pd.Series(np.arange(ROWS) % 2, index=np.arange(ROWS)[::-1])))
    dataset = TABULAR.read(given, ReadOptions())
    assert dataset.columns == ("target", "target_", "b")
    examples, _ = TABULAR.read_again(given, dataset.schema, targets=True)
    assert examples.targets["target"].tolist()[:2] == ["0", "1"]


def test_the_saved_model_gives_the_same_from_any_column_names(tmp_path: Path) -> None:
    names = {
        "numeric": range(ROWS),
        "a/b": np.arange(ROWS) / 7,
        "a_b": ["u", "v"] * 30,
        "lookup": [1.5, None] * 30,
    }
    dataset = read(frame(**names))
    fitted = TABULAR.fit(dataset, np.arange(ROWS), 0)
    fitted.model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    again = loaded.predict(dict(dataset.examples.inputs), verbose=0)
    for name, values in fitted.transform(dataset.examples).items():
        np.testing.assert_allclose(again[name], values, atol=1e-5)


@pytest.mark.parametrize(
    ("train", "new", "value"),
    [
        (["1.234,5", "7,25"], "1.234", 1234.0),
        (["1,5", "2,25"], "1,234", 1.234),
        (["1,234.5", "7.25"], "1,234", 1234.0),
        (["1 234,5", "7,25"], "1,234", 1.234),
    ],
)
def test_numbers_of_another_file_are_read_as_those_of_training(
    tmp_path: Path, train: list[str], new: str, value: float
) -> None:
    frame(x=train * (ROWS // 2)).to_csv(tmp_path / "train.csv", index=False)
    (tmp_path / "new.csv").write_text(f"x;y\n{new};a\n")
    schema = json.loads(json.dumps(read(tmp_path / "train.csv").schema))

    for source in (tmp_path / "new.csv", pd.DataFrame({"x": [new]})):
        examples, _ = TABULAR.read_again(open_source(source), schema, targets=False)
        assert examples.inputs["x"].tolist() == [value]


def test_a_file_that_is_surely_written_otherwise_is_read_by_itself() -> None:
    train = frame(x=["1.234,5", "7,25"] * (ROWS // 2), z=["0,5", "7,5"] * (ROWS // 2))
    new = pd.DataFrame({"x": ["1.234"], "z": ["0.5"]})

    assert TABULAR.read_again(open_source(new), read(train).schema, targets=False)[0].inputs["x"] == [1.234]


@pytest.mark.parametrize(("train", "new"), [("5%", "0.05"), ("0.5", "5%"), ("$5", "€5")])
def test_numbers_with_other_signs_than_in_training_are_told(train: str, new: str) -> None:
    schema = read(frame(x=[train, train.replace("5", "7.5")] * (ROWS // 2))).schema
    notes = TABULAR.read_again(open_source(pd.DataFrame({"x": [new] * 3})), schema, targets=False)[1]

    assert any("those of training" in note and note.share == 1.0 for note in notes)


@pytest.mark.parametrize(
    "target", [pd.date_range("2024-01-01", periods=ROWS), ["05.01.2024", "06.02.2024"] * 30]
)
def test_dates_are_no_targets(target: Any) -> None:
    with pytest.raises(DataError, match="target 'y' holds dates"):
        read(frame(y=target))


@pytest.mark.parametrize("role", ["group_column", "time_column", "id_column"])
def test_the_target_is_nothing_else(role: str) -> None:
    with pytest.raises(DataError, match="'y' is the target and cannot be --"):
        read(frame(), **{role: "y"})


@pytest.mark.parametrize(
    ("cells", "kind", "first", "said"),
    [
        (["01234", "90210", "60601"], "category", "01234", "codes with leading zeros such as '01234'"),
        (["007", "8", "12"], "number", 7.0, "leading zeros such as '007' are read as 7"),
        (["($4.00)", "$1,200.50", "-$5"], "number", -4.0, "'($4.00)' are read as -4.00"),
        (["\N{EN DASH}5", "7", "1.5"], "number", -5.0, "are read as -5"),
        ([f"{row} kg" for row in range(20)], "category", "0 kg", "such as '0 kg' hold numbers or times"),
        ([f"{row}:30" for row in range(20)], "category", "0:30", "such as '0:30' hold numbers or times"),
        (["1/2/2020", "3/4/2020"], "date", 1577923200, "read as %m/%d/%Y; it could be %d/%m/%Y, a guess"),
    ],
)
def test_cells_that_can_be_read_otherwise_are_told(cells: Any, kind: str, first: object, said: str) -> None:
    dataset = read(frame(x=(cells * ROWS)[:ROWS]))

    assert kinds(dataset) == {"x": kind}
    assert dataset.examples.inputs["x"][0] == first
    assert any(said in note for note in dataset.notes)


def test_amounts_with_units_that_all_differ_are_dropped_with_a_hint() -> None:
    notes = read(frame(w=[f"{row} kg" for row in range(ROWS)])).notes

    assert any("is dropped: cells such as '0 kg' hold numbers" in note for note in notes)


@pytest.mark.parametrize("marker", ["\N{EN DASH}", "\N{EM DASH}", "--", "n.a."])
def test_dashes_are_missing_numbers(marker: str) -> None:
    dataset = read(frame(x=["1", "2.5", marker] * (ROWS // 3)))

    assert np.isnan(dataset.examples.inputs["x"][2])
    assert dataset.notes == ()


@pytest.mark.parametrize("form", ["%m/%d/%y", "%B %d, %Y", "%d %B %Y", "%d.%m.%y", "%m/%d/%Y %I:%M %p"])
def test_dates_are_read_as_people_write_them(form: str) -> None:
    days = pd.date_range("2024-01-25", periods=ROWS)
    dataset = read(frame(x=days.strftime(form)))

    assert dataset.examples.inputs["x"].tolist() == (days.as_unit("s").astype("int64")).tolist()
    assert dataset.notes == ()


def test_dates_of_a_data_base_that_are_none_are_missing() -> None:
    dataset = read(frame(x=["0000-00-00", "2024-01-01", "2024-02-01"] * (ROWS // 3)))

    assert kinds(dataset) == {"x": "date"}
    assert dataset.examples.inputs["x"][0] == -(2**63)


def test_ids_of_hexadecimal_digits_are_no_amounts_with_units() -> None:
    notes = read(frame(w=[f"{row:032x}" for row in range(ROWS)])).notes

    assert notes == ("Column 'w' has a different text in nearly every row (60 of 60) and is dropped.",)


def test_codes_that_lost_their_zeros_get_them_back(tmp_path: Path) -> None:
    frame(x=["01234", "90210", ""] * (ROWS // 3)).to_csv(tmp_path / "train.csv", index=False)
    schema = read(tmp_path / "train.csv").schema
    again = pd.read_csv(tmp_path / "train.csv")

    examples, notes = TABULAR.read_again(open_source(again), schema, targets=False)

    assert examples.inputs["x"][:3].tolist() == ["01234", "90210", ""]
    assert notes == ()
