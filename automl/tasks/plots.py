"""Pictures of predictions on the validation part; a task's declaration names those that fit it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.core.targets import TARGET
from automl.tasks.shown import Shown

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

MOST_CLASSES = 50
"""Of more classes a matrix cannot be read."""

MOST_PICTURES = 4
"""Pictures with masks that are drawn."""

MOST_POINTS = 2000
"""Points that a browser draws at once without a pause."""


def confusion_matrix(shown: Shown) -> Figure | None:
    """Draw how often each class was taken for each other; nothing for more than 50 classes."""
    import plotly.graph_objects as go

    # plotly reads some tags and all entities in texts
    labels = [escape(str(name), quote=False) for name in shown.task.describe()["classes"]]
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


def worst_masks(shown: Shown) -> Figure | None:
    """Draw classes and wrong pixels over the worst pictures; nothing where there are no pictures."""
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    from automl.tasks.evidence.segmentation import worst_pictures, wrong_shares
    from automl.tasks.mask_files import form_of
    from automl.tasks.overlays import png_of

    if "image" not in shown.inputs:
        return None
    truth, answer = shown.encoded[TARGET], shown.predictions[TARGET].argmax(axis=-1)
    wrong = wrong_shares(truth, answer)
    rows = np.argsort(-wrong, kind="stable")[:MOST_PICTURES]
    form = form_of(shown.task.describe()["form"])
    drawn = worst_pictures(form, shown.inputs["image"], truth, answer, rows)
    titles = [name for row in rows for name in ("true", "predicted", f"wrong: {wrong[row]:.1%}")]
    figure: Any = make_subplots(rows=len(rows), cols=3, subplot_titles=titles)
    for at, pictures in enumerate(drawn, start=1):
        for column, pixels in enumerate(pictures, start=1):
            image = go.Image(source=f"data:image/png;base64,{png_of(pixels, 320)}")
            figure.add_trace(image, row=at, col=column)
    figure.update_xaxes(visible=False).update_yaxes(visible=False)
    figure.update_layout(title="Masks over the worst pictures, validation data", height=320 * len(rows))
    return figure
