"""Counterfactuals as tables; see ``automl.explanations.counterfactual``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.core.errors import ConfigError, suggest
from automl.core.figures import Cell, Table, rounded
from automl.core.targets import held_rows, spread_rows
from automl.explanations.counterfactual import MOST_CHANGES, Way, ways_of
from automl.explanations.drawn import row_name
from automl.explanations.features import feature_groups, features_of
from automl.explanations.goal import Goal, goal_of
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.explanations.other_rows import OtherRows, other_rows
from automl.explanations.pieces import Pieces, Whole, pieces_beside, value_text

ROWS = 400
"""Other rows that values are taken from."""


def explain(subject: Subject) -> Found:
    """Change as few columns of each row as its answer needs to become another one.

    Raises:
        ConfigError: a column that is to be kept, or a class that is wanted, is not there.
        NotExplainedError: there are no plain columns, or an answer is neither a class nor an amount.
    """
    pieces = pieces_beside(subject)
    others = _others(subject, pieces)
    predictions = subject.predict(
        held_rows(subject.examples.inputs, spread_rows(len(subject.examples), ROWS))
    )
    ended = subject.clock()
    told: list[_Told] = []
    for row in subject.rows:
        if told and ended():
            break
        example = held_rows(subject.examples.inputs, np.array([row]))
        own = subject.predict(example)
        goal = goal_of(subject, row, own, predictions)
        ways = [] if goal.given else ways_of(others, example, goal, subject.predict, ended)
        told.append(
            _Told(
                name=row_name(subject, row),
                row=row,
                labels={name: item.label for name, item in pieces.items()},
                example=example,
                goal=goal,
                answer=goal.told(own)[0],
                ways=ways,
            )
        )
    return Found(
        text=_text(subject, len(told)),
        figures=tuple(item.table() for item in told),
        values={"kept": list(subject.wish.keep), "rows": [item.plain() for item in told]},
    )


def _others(subject: Subject, pieces: Mapping[str, Pieces]) -> OtherRows:
    """Rows that values are taken from, without the columns that are kept among the groups."""
    inputs = held_rows(subject.examples.inputs, spread_rows(len(subject.examples), ROWS))
    plain = {name: values for name, values in inputs.items() if _is_plain(values, pieces[name])}
    if not plain:
        raise NotExplainedError(
            "Counterfactuals change the columns of a table, and this model reads none: choose another "
            "method."
        )
    if len(subject.examples) < 2:
        raise NotExplainedError(
            "Counterfactuals set columns to values of other rows, and the data has one row only."
        )
    labels = {name: pieces[name].label for name in plain}
    for kept in subject.wish.keep:
        if kept not in labels.values():
            raise ConfigError(f"keep: the model reads no column {kept!r}. {suggest(kept, labels.values())}")
    free = {name: values for name, values in plain.items() if labels[name] not in subject.wish.keep}
    if not free:
        raise ConfigError("keep: all columns are kept, so no answer can change. Keep fewer.")
    groups = feature_groups(features_of(free, subject.labels, ()), free)
    return other_rows(plain, [tuple(item.input for item in group) for group in groups])


def _is_plain(values: np.ndarray, item: Pieces) -> bool:
    return values.ndim == 1 and isinstance(item, Whole)


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What was found for one row.

    Attributes:
        name: what the row is called.
        row: its position.
        labels: what columns are called, by input.
        example: the row.
        goal: what its answer is to become.
        answer: what it is.
        ways: to the goal.
    """

    name: str
    row: int
    labels: Mapping[str, str]
    example: Mapping[str, np.ndarray]
    goal: Goal
    answer: str
    ways: Sequence[Way]

    def table(self) -> Table:
        """One line for each changed column of each way."""
        rows: list[tuple[Cell, ...]] = []
        for number, way in enumerate(self.ways, start=1):
            for name, value in way.changes.items():
                now, then = (value_text(each) for each in (self.example[name][0], value))
                seen = "like others" if way.plausible else "unlike any"
                rows.append((number, self.labels[name], now, then, way.answer, seen))
        return Table(
            title=f"{self.name}: {self.answer}",
            columns=("way", "column", "now", "instead", "answer then", "the whole row"),
            rows=tuple(rows),
            note=self._note(),
        )

    def _note(self) -> str:
        if self.goal.given:
            return f"The answer is {self.goal.words} as it is."
        if not self.ways:
            return f"No change of up to {MOST_CHANGES} columns was found that makes it {self.goal.words}."
        return f"Asked for: {self.goal.words}. Each way by itself; the nearest comes first."

    def plain(self) -> dict[str, Any]:
        """Plain JSON."""
        return {
            "row": self.row,
            "answer": self.answer,
            "wanted": self.goal.words,
            "ways": [
                {
                    "changes": [
                        {
                            "column": self.labels[name],
                            "now": _plain(self.example[name][0]),
                            "instead": _plain(value),
                        }
                        for name, value in way.changes.items()
                    ],
                    "answer": way.answer,
                    "cost": rounded(way.cost, 4),
                    "plausible": way.plausible,
                }
                for way in self.ways
            ],
        }


def _plain(value: Any) -> Any:
    return rounded(value, 6) if isinstance(value, np.floating) else value_text(value)


def _text(subject: Subject, told: int) -> str:
    text = (
        "The smallest changes found by which the model would answer otherwise (Wachter et al., 2017; "
        "Mothilal et al., 2020). New values are those of other rows of this data, and columns that go "
        "together take theirs from one row. They say what the model would answer, not what would "
        "happen: changing a cell does not change the world behind it."
    )
    if subject.wish.keep:
        text += f" Kept as they are: {', '.join(subject.wish.keep)}."
    if told < len(subject.rows):
        text += f" There was time for {told} of {len(subject.rows)} rows."
    return text


COUNTERFACTUALS = Method(name="counterfactuals", title="What would change single answers", explain=explain)
