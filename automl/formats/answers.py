"""From what an exported file predicts to answers: labels by thresholds, and sets and intervals around them.

The description beside a file has what these need: the classes with their threshold, or one for each group,
and how far predictions of held-out rows were from the truth. This module needs NumPy only and imports
nothing else, so a copy of it can go wherever the file goes.

    labels(description, shares)                    # the class of each row
    sets(description, shares)                      # all classes that may be true
    intervals(description, amounts)                # ends between which the truth lies

Symbols: n rows, k classes or targets, h steps of a forecast (no axis where nothing is forecast).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np


def labels(description: Mapping[str, Any], shares: Any, groups: Sequence[str] | None = None) -> np.ndarray:
    """Return the class that is answered for each row ``(n,)``, an object array of str.

    Args:
        description: with ``labels``.
        shares: probabilities ``(n, k)``.
        groups: group of each row, where ``labels`` has ``by_group``: the value of the column that it names,
            of several columns the values with a comma and a blank between.

    Raises:
        ValueError: groups are needed and not given.
    """
    known, shares = description["labels"], np.asarray(shares)
    return np.asarray(np.array(known["classes"], object)[_places(known, shares, groups)])


def sets(
    description: Mapping[str, Any],
    shares: Any,
    groups: Sequence[str] | None = None,
    *,
    answers: Sequence[str] | None = None,
) -> list[list[str]]:
    """Return the classes of each row of which one is true, in the share of rows that ``coverage`` promises.

    Args:
        description: with ``labels`` and ``coverage``.
        shares: probabilities ``(n, k)``.
        groups: of each row, where ``coverage`` goes ``by`` a column; unknown ones go by all rows.
        answers: what ``labels`` gave, where its thresholds go by group.
    """
    known, shares = description["labels"], np.asarray(shares, np.float32)
    classes = list(known["classes"])
    members = np.zeros(shares.shape, bool)
    for rows, found in _by_group(description["coverage"], len(shares), groups):
        bound = np.inf if found["bound"] is None else found["bound"]
        members[rows] = np.float32(1) - shares[rows] <= np.float32(bound)
    given = labels(description, shares) if answers is None else answers
    members[np.arange(len(shares)), [classes.index(name) for name in given]] = True
    order = np.argsort(-shares, axis=1, kind="stable")
    return [[classes[at] for at in places if own[at]] for places, own in zip(order, members, strict=True)]


def intervals(
    description: Mapping[str, Any],
    amounts: Any,
    rows: Mapping[str, Any] | None = None,
    groups: Sequence[str] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends between which the truth lies, in the share of rows that ``coverage`` promises.

    Args:
        description: with ``coverage``.
        amounts: predictions ``(n, k)`` or ``(n, h, k)``.
        rows: raw inputs by name, where ``coverage`` has a ``window`` that it looks at.
        groups: of each row, where ``coverage`` goes ``by`` a column, or by the series of a forecast.

    Returns:
        lower and upper ends in the form of the predictions, float64.
    """
    known, amounts = description["coverage"], np.asarray(amounts, np.float64)
    units = _units(known, amounts, rows or {})
    lower, upper = np.empty_like(amounts), np.empty_like(amounts)
    for own, found in _by_group(known, len(amounts), groups):
        lower[own] = amounts[own] + _ends(found["low"], -np.inf) * units[own]
        upper[own] = amounts[own] + _ends(found["high"], np.inf) * units[own]
    return lower, upper


def _places(known: Mapping[str, Any], shares: np.ndarray, groups: Sequence[str] | None) -> np.ndarray:
    """Which class is answered for each row ``(n,) int``."""
    threshold, positive = known["threshold"], known["positive"]
    by_group = known.get("by_group")
    if by_group is not None:
        if groups is None:
            columns = ", ".join(by_group["columns"])
            raise ValueError(f"Answers go by thresholds of groups: give the group of each row ({columns}).")
        usual = 0.5 if threshold is None else threshold
        named = [str(name) if str(name) in by_group["groups"] else by_group["others"] for name in groups]
        threshold = np.array([by_group["thresholds"].get(name, usual) for name in named], np.float64)
    if threshold is None:
        return np.asarray(shares.argmax(axis=1))
    sure = shares[:, positive].astype(np.float64) >= threshold
    return np.asarray(np.where(sure, positive, 1 - positive))


def _by_group(
    known: Mapping[str, Any], rows: int, groups: Sequence[str] | None
) -> Iterator[tuple[np.ndarray, Mapping[str, Any]]]:
    """Positions of rows, with what they go by: their group where it is known, else all held-out rows."""
    every = np.arange(rows)
    if groups is None or not known["groups"]:
        yield every, known
        return
    names = np.asarray(groups).astype(str)
    for name, found in known["groups"].items():
        yield every[names == name], found
    yield every[~np.isin(names, list(known["groups"]))], known


def _units(known: Mapping[str, Any], amounts: np.ndarray, rows: Mapping[str, Any]) -> np.ndarray:
    """The unit of errors, in the form of the predictions but for axes of 1."""
    if "sizes" in known:
        knots, sizes = np.array(known["sizes"]["knots"]), np.array(known["sizes"]["sizes"])
        columns = [np.interp(amounts[:, at], knots[:, at], sizes[:, at]) for at in range(amounts.shape[1])]
        return np.stack(columns, axis=1)
    if "window" not in known:
        return np.ones_like(amounts)
    window = known["window"]
    spread = np.array(window["spread"], np.float64)
    if window["unit"] == "spread":
        return np.tile(spread, (len(amounts), 1, 1))
    values = np.asarray(rows[window["input"]], np.float64)[:, :, : len(spread)]
    if window["unit"] == "deviation":
        moved = values.std(axis=1)
    else:
        moved = np.abs(np.diff(values, axis=1)).mean(axis=1)
    return np.asarray(np.maximum(moved, window["least"] * spread)[:, None])


def _ends(values: Any, infinite: float) -> np.ndarray:
    """Ends in units of errors; none where too few rows were held out."""
    ends = np.array(values, np.float64)
    return np.asarray(np.where(np.isnan(ends), infinite, ends))
