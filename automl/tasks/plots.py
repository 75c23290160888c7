"""Pictures of predictions on the validation part; a task's declaration names those that fit it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.targets import TARGET
from automl.tasks.shown import Shown

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_CLASSES = 50
"""Of more classes a matrix cannot be read."""

MOST_POINTS = 2000
"""Points that a browser draws at once without a pause."""


def confusion_matrix(shown: Shown) -> Figure | None:
    """Draw how often each class was taken for each other; nothing for more than 50 classes."""
    import plotly.graph_objects as go

    labels = list(shown.task.describe()["classes"])
    if len(labels) > MOST_CLASSES:
        return None
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    truth, answer = (values[TARGET].argmax(axis=1) for values in (shown.encoded, shown.predictions))
    np.add.at(counts, (truth, answer), 1)
    heat = go.Heatmap(z=counts, x=labels, y=labels, text=counts, texttemplate="%{text}", colorscale="Blues")
    figure: Any = go.Figure(heat)
    figure.update_layout(
        title="Confusion matrix, validation data",
        xaxis={"title": "predicted", "type": "category"},
        yaxis={"title": "true", "type": "category", "autorange": "reversed"},
    )
    return figure


def predictions_against_truth(shown: Shown) -> Figure:
    """Draw a point for each predicted number, at most 2,000."""
    import plotly.graph_objects as go

    flat = np.asarray(shown.truth[TARGET], dtype=float).ravel()
    answer = shown.predictions[TARGET].ravel()
    step = max(1, len(flat) // MOST_POINTS)
    flat, answer = flat[::step], answer[::step]
    ends = [float(np.nanmin(flat)), float(np.nanmax(flat))]
    points = go.Scatter(x=flat, y=answer, mode="markers", marker={"opacity": 0.4}, name="examples")
    ideal = go.Scatter(x=ends, y=ends, mode="lines", name="exact")
    figure: Any = go.Figure([points, ideal])
    figure.update_layout(
        title="Predictions against true values, validation data",
        xaxis={"title": "true"},
        yaxis={"title": "predicted"},
    )
    return figure
