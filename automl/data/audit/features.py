"""What a quick model sees of examples: codes of the cells of a table, small pictures, parts of texts.

Symbols: n examples, d features.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.data.alike.pictures import is_clips, is_pictures, small_pictures
from automl.data.alike.texts import plain_texts
from automl.data.audit.codes import coded_column, is_column
from automl.data.modality import Examples

WORDS, TOPICS = 1 << 14, 60
"""Places of hashed words, and directions that are kept of them (Deerwester et al., 1990)."""

MOST_COLUMNS = 300


def features_of(examples: Examples, rows: np.ndarray) -> np.ndarray | None:
    """Return features of some examples ``(n, d) float32``; None where a quick model sees nothing.

    Args:
        examples: raw examples.
        rows: positions of those to take.
    """
    parts = [_of_input(name, array, rows) for name, array in list(examples.inputs.items())[:MOST_COLUMNS]]
    known = [part for part in parts if part is not None]
    return np.concatenate(known, axis=1).astype(np.float32) if known else None


def _of_input(name: str, array: Any, rows: np.ndarray) -> np.ndarray | None:
    if is_pictures(array) or is_clips(array):
        return small_pictures(array, rows)
    if not is_column(array.shape):
        return None
    values = np.asarray(array[rows])
    column = coded_column(name, values)
    if column is None or column.coded:
        return None if column is None else column.codes[:, None]
    return _topics(values.reshape(-1)) if len(rows) > TOPICS else None


def _topics(texts: np.ndarray) -> np.ndarray | None:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer

    counts = HashingVectorizer(n_features=WORDS, norm=None, alternate_sign=False)
    weighed = TfidfTransformer(sublinear_tf=True).fit_transform(
        counts.transform(plain_texts(texts.tolist()))
    )
    # short texts, such as names, fill a tenth of the places; the empty ones cost as much as the others
    weighed = weighed[:, np.flatnonzero(weighed.getnnz(axis=0))]
    topics = min(TOPICS, *weighed.shape)
    if topics == 0:
        return None
    return np.asarray(TruncatedSVD(topics, random_state=0).fit_transform(weighed))
