"""The data sets: what is searched, for how long, how it is judged, and what peers reached."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from automl.core.errors import ConfigError
from benchmarks.quality.cutting import (
    Files,
    ag_news,
    etth1,
    given,
    m4_hourly,
    sign_digits,
    sms_spam,
)
from benchmarks.quality.judging import Judge, by_evaluation, by_forecasts, by_predictions

Scores = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class QualitySet:
    """A data set.

    Attributes:
        name: as in its folder.
        group: kind of data; the report has a table for each.
        measure: the score that counts, a key of what ``judge`` returns.
        seconds: that a search gets unless ``--time`` says otherwise.
        flags: options of the search.
        target: target column, None where the flags or the data say it.
        files: writes or finds training and test part, given a folder for what must be written.
        judge: scores the model of a job on the test part.
        task: ``binary``, ``multiclass``, ``regression`` where peers were sorted by it.
        recorded: scores of peers that stand in the data folder, by peer.
    """

    name: str
    group: str
    measure: str
    files: Callable[[Path], Files]
    judge: Judge
    seconds: int = 120
    flags: Sequence[str] = ()
    target: str | None = None
    task: str = ""
    recorded: Mapping[str, Scores] = field(default_factory=dict)

    @property
    def command(self) -> tuple[str, ...]:
        """Options of the search besides data, time and seed; it reads names without outer blanks."""
        target = () if self.target is None else ("--target", self.target.strip())
        return (*target, *self.flags)


LARGER = ("accuracy",)
"""Measures of which a larger value is better."""

GROUPS = ("tables", "tabular", "text", "images", "forecasts", "series")

SERIES = ("GunPoint", "ItalyPowerDemand", "ArrowHead", "BasicMotions", "JapaneseVowels")

PEERS = {
    "majority class / mean": "baseline",
    "HistGradientBoosting default": "histgb",
    "LightGBM default": "lightgbm",
    "CatBoost default": "catboost",
    "Keras MLP 2x128": "mlp",
    "AutoGluon medium_quality 120 s": "autogluon",
    "TF-IDF 1-2 grams + logistic regression": "tf-idf",
}
"""Short names of peers in ``splits/results.json``; others keep their names."""

MEASURES = {"logloss": "log_loss", "auc": "roc_auc", "nrmse": "relative_rmse", "mse": "mse_scaled"}
"""Our names of measures; others are the same."""


def find_sets(data: Path) -> dict[str, QualitySet]:
    """Return the data sets of a folder, by name.

    Raises:
        ConfigError: there is none.
    """
    found = {item.name: item for item in (*_tables(data / "tables"), *_others(data))}
    if not found:
        raise ConfigError(f"Found no data sets in {data}. Expected folders such as tables/ and tabular/.")
    return found


def choose(sets: Mapping[str, QualitySet], asked: str | None) -> list[QualitySet]:
    """Return the sets that are named, by themselves or by their group, in the order of the folder.

    Raises:
        ConfigError: a name is not known.
    """
    from benchmarks.arguments import names_of

    names = names_of(asked, {*sets, *GROUPS}, "data set") if asked else GROUPS
    return [item for item in sets.values() if item.name in names or item.group in names]


def _tables(folder: Path) -> Iterator[QualitySet]:
    if not (folder / "index.json").exists():
        return
    results = folder / "results.json"
    recorded = json.loads(results.read_text()) if results.exists() else {}
    for row in json.loads((folder / "index.json").read_text()):
        files = given(folder / row["train"], folder / row["test"])
        header = pd.read_csv(files.train, nrows=0).columns
        yield QualitySet(
            name=row["name"],
            group="tables",
            task=row["task"],
            measure="relative_rmse" if row["task"] == "regression" else "log_loss",
            target=row["target"],
            flags=[flag for name in row["drop"] if name in header for flag in ("--drop", name.strip())],
            files=lambda work, files=files: files,
            judge=by_predictions,
            recorded={peer: _renamed(scores) for peer, scores in recorded.get(row["name"], {}).items()},
        )


def _others(data: Path) -> Iterator[QualitySet]:
    file = data / "splits" / "results.json"
    results = json.loads(file.read_text())["datasets"] if file.exists() else {}
    for item, needed in _listed(data):
        if needed.exists():
            yield QualitySet(**{**vars(item), "recorded": _recorded(results.get(item.name, {}))})


def _listed(data: Path) -> Iterator[tuple[QualitySet, Path]]:
    """Each set with a file that must be there."""
    yield from _tabular(data)
    yield from _texts(data / "text_classification", data / "splits")
    yield from _images(data / "image_classification")
    yield from _forecasts(data / "time_series_forecasting", data / "splits")
    for name in SERIES:
        folder = data / "time_series_classification" / name
        files = given(folder / f"{name}_TRAIN.ts", folder / f"{name}_TEST.ts")
        yield _classes(name, "series", 120, lambda work, files=files: files), files.train


def _tabular(data: Path) -> Iterator[tuple[QualitySet, Path]]:
    adult = given(*(data / "tabular/adult" / f"adult-{part}.csv" for part in ("train", "test")))
    housing = given(*(data / "splits/california_housing" / f"{part}.csv" for part in ("train", "test")))
    for name, files, target, measure, task in (
        ("adult", adult, "income", "log_loss", "binary"),
        ("california_housing", housing, "median_house_value", "relative_rmse", "regression"),
    ):
        one = QualitySet(
            name=name,
            group="tabular",
            measure=measure,
            seconds=240,
            target=target,
            task=task,
            files=lambda work, files=files: files,
            judge=by_predictions,
        )
        yield one, files.train


def _texts(folder: Path, splits: Path) -> Iterator[tuple[QualitySet, Path]]:
    sst2 = given(folder / "sst2/train.tsv", folder / "sst2/test.tsv")
    news, sms = folder / "ag_news_test/test.csv", folder / "sms_spam/SMSSpamCollection"
    rows = splits / "ag_news/split.json"
    yield _classes("sst2", "text", 240, lambda work: sst2, "c1"), sst2.train
    yield _classes("ag_news", "text", 240, lambda work: ag_news(news, rows, work), "c0"), rows
    yield _classes("sms_spam", "text", 240, lambda work: sms_spam(sms, work), "c0"), sms


def _images(folder: Path) -> Iterator[tuple[QualitySet, Path]]:
    cifar = given(folder / "cifar10_subset/train", folder / "cifar10_subset/test")
    signs = folder / "sign_language_digits"
    yield _classes("cifar10_subset", "images", 360, lambda work: cifar), cifar.train
    yield _classes("sign_digits", "images", 360, lambda work: sign_digits(signs, work)), signs


def _forecasts(folder: Path, splits: Path) -> Iterator[tuple[QualitySet, Path]]:
    table, hourly = folder / "etth1/ETTh1.csv", folder / "m4_hourly"
    split = splits / "etth1/split.json"
    columns = ("HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT")
    wide = ("--time-column", "date", "--lookback", "336", "--horizon", "96")
    long = ("--id-column", "series", "--time-column", "time", "--target", "value", "--horizon", "48")
    etth = QualitySet(
        name="etth1",
        group="forecasts",
        measure="mse_scaled",
        seconds=240,
        flags=(*wide, *(flag for name in columns for flag in ("--target", name))),
        files=lambda work: etth1(table, split, work),
        judge=by_evaluation,
    )
    m4 = QualitySet(
        name="m4_hourly",
        group="forecasts",
        measure="mase",
        seconds=240,
        flags=long,
        files=lambda work: m4_hourly(hourly, work),
        judge=by_forecasts,
    )
    yield etth, split
    yield m4, hourly


def _classes(
    name: str, group: str, seconds: int, files: Callable[[Path], Files], target: str | None = None
) -> QualitySet:
    """A set that is judged by its accuracy; texts have no header."""
    return QualitySet(
        name=name,
        group=group,
        measure="accuracy",
        seconds=seconds,
        target=target,
        flags=() if target is None else ("--no-header",),
        files=files,
        judge=by_evaluation,
    )


def _recorded(results: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, Scores]:
    peers = {
        PEERS.get(str(row["method"]), str(row["method"])): _renamed(row)
        for row in results.get("results", ())
    }
    constant = peers.get("baseline", {}).get("rmse")
    if constant is None:
        return dict(peers)
    return {
        name: {**row, "relative_rmse": row["rmse"] / constant}
        for name, row in peers.items()
        if "rmse" in row
    }


def _renamed(row: Mapping[str, object]) -> dict[str, float]:
    numbers = {name: value for name, value in row.items() if isinstance(value, int | float)}
    return {MEASURES.get(name, name): float(value) for name, value in numbers.items()}
