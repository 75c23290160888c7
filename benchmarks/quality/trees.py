"""LightGBM and CatBoost with their defaults, on one reading of a table.

``pip install 'automl-keras[bench]'`` installs them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl.core.errors import ConfigError
from benchmarks.quality.cutting import Files
from benchmarks.quality.measures import class_scores, value_scores
from benchmarks.quality.sets import QualitySet

MISSING = ("", "?", "NA")

TERMS = 200
"""Words of free text that LightGBM is given."""

_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}/\d{4}")


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as trees take it; training rows first.

    Attributes:
        numbers: columns ``(n, ...)`` float64, dates as several of them.
        categories: columns of text, missing as empty.
        texts: columns of free text.
        targets: texts of the target ``(n,)``.
        rows: how many are training rows.
    """

    numbers: pd.DataFrame
    categories: pd.DataFrame
    texts: pd.DataFrame
    targets: np.ndarray
    rows: int


def lightgbm(item: QualitySet, files: Files, seed: int) -> dict[str, float]:
    """LightGBM, categories as such, free text as TF-IDF."""
    try:
        from lightgbm import LGBMClassifier, LGBMRegressor
    except ImportError:
        raise _absent("LightGBM") from None
    table = read(item, files)
    categories = table.categories.astype("category")
    features = pd.concat([table.numbers, categories, _terms(table)], axis=1)
    features.columns = [f"c{place}" for place in range(features.shape[1])]
    kind = LGBMRegressor if item.task == "regression" else LGBMClassifier
    return _scored(item, table, features, kind(random_state=seed, verbose=-1))


def catboost(item: QualitySet, files: Files, seed: int) -> dict[str, float]:
    """CatBoost, categories and free text as such."""
    try:
        from catboost import CatBoostClassifier, CatBoostRegressor
    except ImportError:
        raise _absent("CatBoost") from None
    table = read(item, files)
    features = pd.concat([table.numbers, table.categories, table.texts], axis=1)
    kind = CatBoostRegressor if item.task == "regression" else CatBoostClassifier
    model = kind(
        random_seed=seed,
        verbose=0,
        allow_writing_files=False,
        cat_features=list(table.categories.columns),
        text_features=list(table.texts.columns) or None,
    )
    return _scored(item, table, features, model)


def read(item: QualitySet, files: Files) -> Table:
    """Read both parts; what a column is follows from the training rows alone."""
    train, test = (
        pd.read_csv(path, dtype=str, keep_default_na=False) for path in (files.train, files.test)
    )
    rows, frame = len(train), pd.concat([train, test], ignore_index=True)
    targets = frame.pop(str(item.target)).str.strip().to_numpy()
    numbers, categories, texts = {}, {}, {}
    for name in frame:
        cells = frame[name].str.strip()
        cells = cells.where(~cells.isin(MISSING), "")
        known = cells[:rows][cells[:rows] != ""]
        if pd.to_numeric(known, errors="coerce").notna().all():
            numbers[name] = pd.to_numeric(cells, errors="coerce").astype(np.float64)
        elif known.str.match(_DATE).all():
            numbers |= _parts_of_date(str(name), cells)
        elif known.nunique() > rows / 2 and known.str.count(r"\s+").mean() >= 2:
            texts[name] = cells
        else:
            categories[name] = cells
    parts = [pd.DataFrame(columns, index=frame.index) for columns in (numbers, categories, texts)]
    return Table(numbers=parts[0], categories=parts[1], texts=parts[2], targets=targets, rows=rows)


def _parts_of_date(name: str, cells: pd.Series) -> dict[str, pd.Series]:
    dates = pd.to_datetime(cells, format="mixed", errors="coerce")
    days = (dates - pd.Timestamp(0)).dt.days
    parts = {
        "year": dates.dt.year,
        "month": dates.dt.month,
        "day": dates.dt.day,
        "weekday": dates.dt.weekday,
    }
    return {f"{name} {part}": values for part, values in {**parts, "days": days}.items()}


def _terms(table: Table) -> pd.DataFrame:
    from sklearn.feature_extraction.text import TfidfVectorizer

    parts = [np.zeros((len(table.targets), 0))]
    for name in table.texts:
        words = TfidfVectorizer(max_features=TERMS).fit(table.texts[name][: table.rows])
        parts.append(words.transform(table.texts[name]).toarray())
    return pd.DataFrame(np.hstack(parts))


def _scored(item: QualitySet, table: Table, features: pd.DataFrame, model: object) -> dict[str, float]:
    seen, unseen = features.iloc[: table.rows], features.iloc[table.rows :]
    if item.task == "regression":
        values = table.targets.astype(np.float64)
        train, truth = values[: table.rows], values[table.rows :]
        guess = model.fit(seen, train).predict(unseen)
        return value_scores(truth, guess, float(train.mean()))
    train, truth = table.targets[: table.rows], table.targets[table.rows :]
    shares = model.fit(seen, train).predict_proba(unseen)
    return class_scores(truth, [str(name) for name in _classes(model)], shares)


def _classes(model: object) -> Sequence[object]:
    return list(model.classes_)


def _absent(name: str) -> ConfigError:
    return ConfigError(
        f"{name} is not installed: pip install 'automl-keras[bench]', or leave it out of --peers."
    )
