"""Training and test parts: files as they are, or cut by a fixed rule into a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

SHARE = 0.25
"""Of the rows that are the test part where the data has none, stratified by class, seed 0."""

SEASON, STEPS = 24, 48
"""Steps of a day, and steps ahead, of the M4 competition's hourly series."""


@dataclass(frozen=True, kw_only=True)
class Files:
    """Parts of a data set.

    Attributes:
        train: what is searched.
        test: what the search never sees.
        validation: what the search is told to validate on, where the split has such a part.
    """

    train: Path
    test: Path
    validation: Path | None = None


def given(train: Path, test: Path) -> Files:
    """Parts that are there."""
    return Files(train=train, test=test)


def ag_news(source: Path, split: Path, work: Path) -> Files:
    """Rows by the numbers that the split holds."""
    rows = _cells(source)
    held = np.isin(np.arange(len(rows)), json.loads(split.read_text())["test_rows"])
    files = given(work / "train.csv", work / "test.csv")
    for part, path in ((rows[~held], files.train), (rows[held], files.test)):
        part.to_csv(path, index=False, header=False, quoting=1)
    return files


def sms_spam(source: Path, work: Path) -> Files:
    """Lines as they are, stratified by their label."""
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    train, test = _stratified(lines, [line.partition("\t")[0] for line in lines])
    files = given(work / "train.tsv", work / "test.tsv")
    files.train.write_text("".join(train), encoding="utf-8")
    files.test.write_text("".join(test), encoding="utf-8")
    return files


def sign_digits(source: Path, work: Path) -> Files:
    """Copies of the images, a quarter of each class as test part."""
    paths = sorted(path for path in source.glob("*/*") if path.is_file())
    train, test = _stratified([str(path) for path in paths], [path.parent.name for path in paths])
    files = given(work / "train", work / "test")
    for folder, chosen in ((files.train, train), (files.test, test)):
        for path in map(Path, chosen):
            (folder / path.parent.name).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / path.parent.name / path.name)
    return files


def etth1(source: Path, split: Path, work: Path, *, lookback: int = 336) -> Files:
    """Rows by the ranges that the split holds; windows of the test part reach back by the look-back."""
    rule, rows = json.loads(split.read_text()), pd.read_csv(source, dtype=str)
    files = Files(train=work / "train.csv", test=work / "test.csv", validation=work / "validation.csv")
    first, end = rule["test_rows"]
    ranges = {
        "train": rule["train_rows"],
        "validation": rule["validation_rows"],
        "test": (first - lookback, end),
    }
    for part, (begin, stop) in ranges.items():
        rows.iloc[begin:stop].to_csv(work / f"{part}.csv", index=False)
    return files


def m4_hourly(source: Path, work: Path) -> Files:
    """One row per series and hour; the file has no times, so all series begin at one and the same."""
    files = given(work / "train.csv", work / "test.csv")
    for part, path in (("train", files.train), ("test", files.test)):
        wide = pd.read_csv(source / f"Hourly-{part}.csv").set_index("V1")
        lengths = series_of(source / "Hourly-train.csv") if part == "test" else {}
        parts = [_long(str(name), row, len(lengths.get(str(name), ()))) for name, row in wide.iterrows()]
        pd.concat(parts).to_csv(path, index=False)
    return files


def series_of(wide: Path) -> dict[str, np.ndarray]:
    """Return the values ``(steps,)`` of each series of a file that has one row for each."""
    frame = pd.read_csv(wide).set_index("V1")
    return {str(name): row.dropna().to_numpy(np.float64) for name, row in frame.iterrows()}


def _long(name: str, row: pd.Series, first: int) -> pd.DataFrame:
    values = row.dropna().to_numpy()
    hours = pd.date_range("2015-01-01", periods=first + len(values), freq="h")[first:]
    return pd.DataFrame({"series": name, "time": hours.strftime("%Y-%m-%d %H:%M"), "value": values})


def _cells(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, header=None, dtype=str, keep_default_na=False)


def _stratified(items: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Both parts, each in the order of the source."""
    from sklearn.model_selection import train_test_split

    places = np.arange(len(items))
    parts = train_test_split(places, test_size=SHARE, stratify=labels, random_state=0)
    train, test = ([items[place] for place in sorted(part)] for part in parts)
    return train, test
