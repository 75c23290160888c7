"""Who has dealt with what in the data of a search, as a part of the schema of a job.

Two whole numbers for each row, packed: of a hundred thousand ratings some 200 kB of a JSON file.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from automl.data.interactions.layout import ITEM, USER, layout_of


def dealt_schema(users: np.ndarray, items: np.ndarray) -> dict[str, Any]:
    """Return ``ids``, every user and item in order, and ``dealt``, the places of each row's among them.

    Args:
        users: of each row ``(n,)`` texts.
        items: the same.
    """
    ids: dict[str, list[str]] = {}
    dealt: dict[str, str] = {}
    for name, texts in ((USER, users), (ITEM, items)):
        places, known = pd.factorize(texts, sort=True)
        ids[name] = [str(item) for item in known]
        dealt[name] = base64.b64encode(zlib.compress(places.astype("<i4").tobytes())).decode()
    return {"ids": ids, "dealt": dealt}


def example_of_dealt(schema: Mapping[str, Any], rows: int) -> pd.DataFrame | None:
    """Return the first rows of users and items, under the names that they have in the data.

    Args:
        schema: of a data set; None is returned for one that is of no users and items.
        rows: how many at most.
    """
    if "dealt" not in schema:
        return None
    layout, places = layout_of(schema["layout"]), dealt_of(schema)
    columns = zip((layout.user, layout.item), (USER, ITEM), places, strict=True)
    return pd.DataFrame(
        {column: np.array(schema["ids"][name], object)[place[:rows]] for column, name, place in columns}
    )


def dealt_of(schema: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the user and of the item of each row ``(n,) int64``."""
    users, items = (
        np.frombuffer(zlib.decompress(base64.b64decode(schema["dealt"][name])), "<i4").astype(np.int64)
        for name in (USER, ITEM)
    )
    return users, items
