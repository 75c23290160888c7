"""Partial dependence and ICE: how answers change with one column, all else as it is.

Friedman, "Greedy function approximation", 2001; each row's own line: Goldstein et al., 2015.

Symbols: n rows, p points of a column, k classes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from automl.core.figures import MUTED, Axis, Bars, Chart, Figure, Line, numbers, rounded
from automl.core.targets import held_rows, spread_rows
from automl.data.raw_values import NO_DATE
from automl.explanations.features import Feature, feature_groups, features_of
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.explanations.pieces import Whole, day_of, pieces_beside
from automl.explanations.quantity import Quantity, quantity_of

ROWS, MOST_COLUMNS = 200, 12
POINTS, CATEGORIES = 16, 10
"""Of a number, at quantiles, and of a category, the most frequent ones."""

LINES = 30
"""Rows that have a line of their own."""

MOST_CLASSES = 6
MIDDLE = (0.1, 0.9)
"""Quantiles of rows between which a whisker lies."""

ENDS = (0.02, 0.98)
"""Quantiles between which a number is varied: beyond, few rows tell what a model should answer."""


def explain(subject: Subject) -> Found:
    """Vary each plain column of a table.

    Raises:
        NotExplainedError: there are no plain columns, or answers are not single numbers.
    """
    some = spread_rows(len(subject.examples), ROWS)
    inputs = held_rows(subject.examples.inputs, some)
    pieces = pieces_beside(subject)
    features = [
        item
        for item in features_of(inputs, subject.labels, ())
        if inputs[item.input].ndim == 1 and isinstance(pieces[item.input], Whole)
    ]
    if not features:
        raise NotExplainedError(
            "Partial dependence varies the columns of a table, and this model reads none."
        )
    if len(some) < 2:
        raise NotExplainedError(
            "Partial dependence sets columns to values of other rows, and the data has one row only."
        )
    quantity = quantity_of(subject.task, subject.predict(inputs))
    ended = subject.clock()
    varied: list[tuple[Feature, np.ndarray, np.ndarray]] = []
    for item in features:
        if ended() and varied:
            break
        varied.append((item, *_varied(subject, inputs, item, quantity)))
    varied.sort(key=lambda each: -_effect(each[2]))
    figures = tuple(_figure(quantity, *each) for each in varied[:MOST_COLUMNS])
    together = [group for group in feature_groups(features, inputs) if len(group) > 1]
    return Found(text=_text(len(some), together), figures=figures, values=_values(quantity, varied))


def _varied(
    subject: Subject, inputs: dict[str, np.ndarray], item: Feature, quantity: Quantity
) -> tuple[np.ndarray, np.ndarray]:
    """Values of a column ``(p,)``, and the answers of all rows with each ``(p, n, k)``."""
    values, rows = inputs[item.input], len(inputs[item.input])
    points = _points(values)
    whole = {name: np.concatenate([column] * len(points)) for name, column in inputs.items()}
    whole[item.input] = np.repeat(points, rows)
    answers = quantity.all_of(subject.predict(whole))
    return points, answers.reshape(len(points), rows, -1)


def _points(values: np.ndarray) -> np.ndarray:
    """Values that a column is set to, in its own type."""
    if values.dtype == object:
        words, counts = np.unique(values.astype(str), return_counts=True)
        often = words[np.argsort(-counts, kind="stable")[:CATEGORIES]]
        return np.array(often.tolist(), dtype=object)
    there = values[np.isfinite(values)] if values.dtype.kind == "f" else values[values != NO_DATE]
    known = np.unique(there)
    if len(known) > POINTS:
        known = np.unique(np.quantile(there, np.linspace(*ENDS, POINTS)).astype(values.dtype))
    return known if len(known) else values[:1]


def _effect(answers: np.ndarray) -> float:
    """How far the mean answer moves."""
    means = answers.mean(axis=1)
    return float((means.max(axis=0) - means.min(axis=0)).max())


def _shown(quantity: Quantity) -> list[int]:
    """Which of the numbers of an answer have a line: of two classes the second says it all."""
    count = len(quantity.words)
    return [1] if quantity.chances and count == 2 else list(range(min(count, MOST_CLASSES)))


def _figure(quantity: Quantity, item: Feature, points: np.ndarray, answers: np.ndarray) -> Figure:
    shown, names = _shown(quantity), _names(points)
    if names and len(shown) == 1:
        return _bars(quantity.words[shown[0]], item.label, names, answers[:, :, shown[0]])
    return _chart(quantity, item, points, answers, shown)


def _bars(words: str, label: str, names: tuple[str, ...], answers: np.ndarray) -> Bars:
    """The mean answer for each category ``(p, n)``, and between which ends most rows lie."""
    low, high = np.quantile(answers, MIDDLE, axis=1)
    return Bars(
        title=label,
        label=words,
        names=names,
        values=numbers(answers.mean(axis=1), 4),
        low=numbers(low, 4),
        high=numbers(high, 4),
        dots=True,
        note="Means; the lines hold the middle 80% of the rows.",
    )


def _chart(
    quantity: Quantity, item: Feature, points: np.ndarray, answers: np.ndarray, shown: list[int]
) -> Chart:
    names = _names(points)
    x = numbers(range(len(points))) if names else numbers(points)
    lines = []
    if len(shown) == 1:
        some = spread_rows(answers.shape[1], LINES)
        lines += [Line(x=x, y=numbers(answers[:, at, shown[0]], 4), tone=MUTED) for at in some]
    means = answers.mean(axis=1)
    for tone, place in enumerate(shown):
        name = "mean" if len(shown) == 1 else quantity.words[place]
        lines.append(Line(name=name, x=x, y=numbers(means[:, place], 4), tone=tone))
    words = quantity.words[shown[0]] if len(shown) == 1 else "answer"
    return Chart(
        title=item.label,
        x=Axis(label=item.label, categories=names),
        y=Axis(label=words),
        lines=tuple(lines),
    )


def _names(points: np.ndarray) -> tuple[str, ...]:
    """Categories and days as they are written; nothing for numbers."""
    if points.dtype == object:
        return tuple(str(word) or "(missing)" for word in points)
    if points.dtype.kind == "f":
        return ()
    return tuple(day_of(int(point)) for point in points)


def _text(rows: int, together: list[tuple[Feature, ...]]) -> str:
    text = (
        f"How the mean answer over {rows:,} rows changes when one column is set to each of some values, "
        "all else as it is; grey lines are single rows. The columns that move it most come first."
    )
    if together:
        names = "; ".join(", ".join(item.label for item in group) for group in together)
        text += (
            f" Of columns that go together ({names}) one is varied without the others, so some of these "
            "rows could not exist."
        )
    return text


def _values(quantity: Quantity, varied: list[tuple[Feature, np.ndarray, np.ndarray]]) -> dict[str, Any]:
    return {
        "explained": list(quantity.words),
        "columns": [
            {
                "column": item.label,
                "values": list(_names(points) or numbers(points)),
                "mean": [list(numbers(row)) for row in answers.mean(axis=1)],
                "moves": rounded(_effect(answers), 4),
            }
            for item, points, answers in varied
        ],
    }


DEPENDENCE = Method(name="dependence", title="How answers change with a column", explain=explain)
