"""Permutation importance as figures; see ``automl.explanations.permuting``."""

from __future__ import annotations

from typing import Any

from automl.core.figures import Bars, numbers, rounded
from automl.core.specs import COSTS
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.explanations.permuting import Importances, Scoring, importances_of
from automl.tasks.catalog import metric_named
from automl.tasks.prefixes import unprefixed

MOST_BARS = 20


def explain(subject: Subject) -> Found:
    """Permute the columns of examples with targets.

    Raises:
        NotExplainedError: no targets are known, or there is one input only.
    """
    if subject.examples.targets is None:
        raise NotExplainedError(
            "Permutation importance is a fall of the score, so the data must have its targets."
        )
    encoded = subject.task.encode(subject.examples.targets)
    return shown(importances_of(subject, scoring_of(subject), encoded))


def scoring_of(subject: Subject) -> Scoring:
    """Return how importance is scored: by the first objective, or where that is a cost, as usual."""
    usual = subject.task.declaration.default_metric
    name = usual.name if subject.objective.name in COSTS else subject.objective.name
    metric = metric_named(unprefixed(name))
    direction = subject.objective.direction if metric is None else metric.direction
    return Scoring(task=subject.task, metric=name, larger=direction == "maximize")


def shown(importances: Importances) -> Found:
    """Return importances as figures."""
    first = importances.found[:MOST_BARS]
    together = [item for item in importances.found if len(item.columns) > 1]
    intervals = [item.interval or (None, None) for item in first]
    bars = Bars(
        title="Importance of inputs",
        label=f"{importances.metric}, how much worse",
        names=tuple(" + ".join(item.columns) for item in first),
        values=numbers([_plain(item.mean) for item in first], 3),
        low=numbers([low and _plain(low) for low, _ in intervals], 3),
        high=numbers([high and _plain(high) for _, high in intervals], 3),
        note=_note(importances, len(first)),
    )
    text = (
        f"Each column in turn was shuffled among {_rows_told(importances)}, which takes away what it "
        f"tells. As they are, {importances.metric} is {rounded(importances.score, 4)} on these rows."
    )
    if any(item.interval for item in first):
        text += " The lines are 95% intervals over shuffles; they do not say how other rows would differ."
    if together:
        names = "; ".join(", ".join(item.columns) for item in together)
        text += f" Columns that go together were shuffled as one, as one stands in for the other: {names}."
    return Found(text=text, figures=(bars,), values=_values(importances))


def _rows_told(importances: Importances) -> str:
    """How many rows were scored: of fewer than all the score is another one than elsewhere."""
    if importances.rows == importances.known:
        return f"all {importances.rows:,} rows"
    return f"{importances.rows:,} of {importances.known:,} rows, evenly spread"


def _plain(value: float) -> float:
    """A number without the rounding of sums, which would be read as one."""
    return round(value, 12)


def _note(importances: Importances, shown_groups: int) -> str:
    told = []
    rest = len(importances.found) - shown_groups
    if rest:
        told.append(f"{rest} more are worth less.")
    if importances.left_out:
        told.append(f"There was no time for {importances.left_out} more.")
    return " ".join(told)


def _values(importances: Importances) -> dict[str, Any]:
    return {
        "metric": importances.metric,
        "score": rounded(importances.score, 6),
        "rows": importances.rows,
        "left_out": importances.left_out,
        "groups": [
            {
                "columns": list(item.columns),
                "worse": rounded(item.mean, 6),
                "interval": None if item.interval is None else list(numbers(item.interval)),
                "repeats": len(item.drops),
            }
            for item in importances.found
        ],
    }


IMPORTANCE = Method(name="importance", title="What the model relies on", explain=explain, targets=True)
