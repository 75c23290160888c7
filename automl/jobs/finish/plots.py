"""One picture of the winner on the validation part: confusion matrix, or predictions against truth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.core.pages import write_page
from automl.core.targets import TARGET
from automl.jobs.assembly import Prepared

if TYPE_CHECKING:
    import keras
    import numpy as np

MOST_CLASSES = 50
MOST_POINTS = 2000


def validation_plot(prepared: Prepared, core: keras.Model, folder: Path) -> list[Path]:
    """Draw the picture that fits the task as an HTML page that needs no network.

    Args:
        prepared: the fold whose validation part is shown.
        core: the trained core model.
        folder: created when missing.

    Returns:
        the file, or nothing for multi-label tasks and for more than 50 classes.
    """
    import numpy as np

    inputs = {name: prepared.split.validation[name] for name in core.input}
    task = prepared.task
    predictions = task.predictions(np.asarray(core.predict(inputs, batch_size=1024, verbose=0)))
    kinds = {
        "binary": _confusion,
        "multiclass": _confusion,
        "regression": _residuals,
        "forecasting": _residuals,
    }
    if task.kind not in kinds:
        return []
    figure = kinds[task.kind](prepared, predictions)
    if figure is None:
        return []
    name = "confusion_matrix" if kinds[task.kind] is _confusion else "predictions_against_truth"
    path = folder / f"{name}.html"
    write_page(path, figure.to_html(include_plotlyjs="directory"))
    return [path]


def _confusion(prepared: Prepared, predictions: np.ndarray) -> Any:
    import numpy as np
    import plotly.graph_objects as go

    columns = [name for name in prepared.task.decode(predictions[:1]) if name.startswith("probability_")]
    labels = [name.removeprefix("probability_") for name in columns]
    if len(labels) > MOST_CLASSES:
        return None
    truth, answer = prepared.targets.argmax(axis=1), predictions.argmax(axis=1)
    counts = np.zeros((len(labels), len(labels)), dtype=int)
    np.add.at(counts, (truth, answer), 1)
    heat = go.Heatmap(z=counts, x=labels, y=labels, text=counts, texttemplate="%{text}", colorscale="Blues")
    figure = go.Figure(heat)
    return figure.update_layout(
        title="Confusion matrix, validation data",
        xaxis={"title": "predicted", "type": "category"},
        yaxis={"title": "true", "type": "category", "autorange": "reversed"},
    )


def _residuals(prepared: Prepared, predictions: np.ndarray) -> Any:
    import numpy as np
    import plotly.graph_objects as go

    truth = np.asarray((prepared.validation.targets or {})[TARGET], dtype=float)
    flat, answer = truth.ravel(), predictions.ravel()
    step = max(1, len(flat) // MOST_POINTS)
    flat, answer = flat[::step], answer[::step]
    ends = [float(np.nanmin(flat)), float(np.nanmax(flat))]
    points = go.Scatter(x=flat, y=answer, mode="markers", marker={"opacity": 0.4}, name="examples")
    ideal = go.Scatter(x=ends, y=ends, mode="lines", name="exact")
    return go.Figure([points, ideal]).update_layout(
        title="Predictions against true values, validation data",
        xaxis={"title": "true"},
        yaxis={"title": "predicted"},
    )
