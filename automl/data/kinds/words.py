"""Cells as words: what categories and labels are made of."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from automl.data.cells import as_text, is_missing


def as_category(series: pd.Series[Any]) -> np.ndarray:
    """A column as an object array of str: white space made single, whole numbers without ``.0``."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        words = as_category(pd.Series(series.cat.categories))
        return np.append(words, "")[series.cat.codes.to_numpy()]  # code -1: missing
    codes, texts = pd.factorize(as_text(series))
    return np.array([_word(text) for text in texts.tolist()], dtype=object)[codes]


def _word(text: str) -> str:
    if is_missing(text):
        return ""
    if re.fullmatch(r"[+-]?\d+\.0+", text):
        text = text.partition(".")[0]
    return " ".join(text.split())
