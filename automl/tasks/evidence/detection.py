"""What predicted boxes show: average precision by label, curves, and the worst images with their boxes.

Legend: n pictures, k true and m predicted boxes of one.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping

import numpy as np

from automl.core.boxes import CROWD, LABEL, NAMED, SCORE, overlaps
from automl.core.figures import Axis, Chart, Line, Picture, Table, numbers, rounded
from automl.core.targets import TARGET
from automl.metrics.detection import BoxScorer
from automl.tasks.shown import Evidence, Shown

HIT = 0.5
"""Intersection over union from which a box counts as found."""

SURE = 0.3
"""Score from which a predicted box is drawn, and counts as a mistake where nothing is."""

MOST_LABELS, MOST_CURVES, MOST_PICTURES = 40, 8, 6

SIDE = 280
"""Longer side of a drawn picture in pixels."""

MISSED, FALSE, FOUND = (214, 39, 40), (255, 127, 14), (44, 160, 44)
"""Colours of true boxes that were missed, of predicted ones where nothing is, and of hits."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of predicted boxes ``(n, m, 6)``."""
    facts = shown.task.describe()
    labels = [str(name) for name in facts["labels"]]
    unit = np.array([facts["width"], facts["height"], facts["width"], facts["height"], 1, 1])
    truth = np.asarray(shown.encoded[TARGET], np.float64) * unit
    predictions = np.asarray(shown.predictions[TARGET], np.float64)
    scorer = BoxScorer(len(labels))
    scorer.update(truth, predictions)
    by_label = scorer.by_label()
    curves, table = _curves(by_label, labels), _by_label(by_label, truth, predictions, labels)
    return Evidence(figures=(curves, table, *_worst(shown, truth, predictions, labels)))


def matched(truth: np.ndarray, found: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return which true boxes ``(k,)`` and which predicted ones ``(m,)`` are hits, the surest taken first.

    Args:
        truth: ``(k, 6)`` corners, label, crowd; a crowd is hit by any number of boxes.
        found: ``(m, 6)`` corners, score, label, the surest first.
    """
    hit, right = np.zeros(len(truth), bool), np.zeros(len(found), bool)
    if not (len(truth) and len(found)):
        return hit, right
    shared = overlaps(found, truth) * (found[:, None, NAMED] == truth[None, :, LABEL])
    for row in range(len(found)):
        free = shared[row] * ~(hit & (truth[:, CROWD] == 0))
        best = int(free.argmax())
        if free[best] >= HIT:
            hit[best] = right[row] = True
    return hit, right


def _curves(by_label: Mapping[str, np.ndarray], labels: list[str]) -> Chart:
    scores = np.nan_to_num(by_label["ap50"], nan=-1.0)
    shown = [at for at in np.argsort(-scores, kind="stable")[:MOST_CURVES] if scores[at] >= 0]
    recalls = numbers(by_label["recalls"][::2], 4)
    lines = tuple(
        Line(
            name=f"{labels[at]} ({scores[at]:.2f})",
            x=recalls,
            y=numbers(by_label["precision"][at][::2], 4),
            tone=tone,
        )
        for tone, at in enumerate(shown)
    )
    rest = len(labels) - len(shown)
    return Chart(
        title="Precision and recall at an overlap of .50",
        x=Axis(label="recall: share of the true boxes that are found", low=0, high=1),
        y=Axis(label="precision: predicted and right", low=0, high=1),
        lines=lines,
        note=f"{rest} more labels are not shown." if rest else "In brackets the average precision.",
    )


def _by_label(
    by_label: Mapping[str, np.ndarray], truth: np.ndarray, predictions: np.ndarray, labels: list[str]
) -> Table:
    real = truth[truth[..., LABEL] >= 0]
    sure = predictions[predictions[..., SCORE] >= SURE]
    order = np.argsort(np.nan_to_num(by_label["ap"], nan=2.0), kind="stable")[:MOST_LABELS]
    rows = tuple(
        (
            labels[at],
            int((real[:, LABEL] == at).sum()),
            int((sure[:, NAMED] == at).sum()),
            rounded(by_label["ap"][at], 3),
            rounded(by_label["ap50"][at], 3),
        )
        for at in order
    )
    note = f"Average precision over overlaps of .50 to .95, and at .50; predicted: scores from {SURE}."
    if len(labels) > MOST_LABELS:
        note += f" The {MOST_LABELS} of {len(labels)} labels with the lowest."
    columns = ("label", "boxes", "predicted", "AP", "AP50")
    return Table(title="By label", columns=columns, rows=rows, note=note)


def _worst(
    shown: Shown, truth: np.ndarray, predictions: np.ndarray, labels: list[str]
) -> tuple[Table, ...]:
    pictures = shown.inputs.get("image")
    if pictures is None:
        return ()
    faults = []
    for row, (boxes, found) in enumerate(zip(truth, predictions, strict=True)):
        real, sure = boxes[boxes[:, LABEL] >= 0], found[found[:, SCORE] >= SURE]
        hit, right = matched(real, sure)
        missed, false = int((~hit & (real[:, CROWD] == 0)).sum()), int((~right).sum())
        faults.append((missed + false, row, missed, false, len(real)))
    worst = [item for item in sorted(faults, key=lambda item: -item[0])[:MOST_PICTURES] if item[0]]
    if not worst:
        return ()
    rows = tuple(
        (_overlay(pictures[row], truth[row], predictions[row], labels), missed, false, count)
        for _, row, missed, false, count in worst
    )
    return (
        Table(
            title="Worst images",
            columns=("image", "missed", "nothing there", "boxes"),
            rows=rows,
            note=f"Green: found. Red: missed. Orange: predicted with a score from {SURE} where nothing is.",
        ),
    )


def _overlay(pixels: np.ndarray, truth: np.ndarray, found: np.ndarray, labels: list[str]) -> Picture:
    """A picture with its boxes, drawn."""
    from PIL import Image, ImageDraw

    real, sure = truth[truth[:, LABEL] >= 0], found[found[:, SCORE] >= SURE]
    hit, right = matched(real, sure)
    values = np.nan_to_num(np.asarray(pixels, np.float64))
    high = values.max(initial=0.0)
    bytes_ = (values if pixels.dtype == np.uint8 else 255 * values / max(high, 1e-9)).clip(0, 255)
    plain = bytes_.astype(np.uint8)
    picture = Image.fromarray(plain[..., 0] if plain.shape[-1] == 1 else plain).convert("RGB")
    scale = SIDE / max(picture.size)
    picture = picture.resize((max(1, round(picture.width * scale)), max(1, round(picture.height * scale))))
    pen = ImageDraw.Draw(picture)
    drawn = [(box, MISSED, int(box[LABEL])) for box in real[~hit]]
    drawn += [(box, FOUND if ok else FALSE, int(box[NAMED])) for box, ok in zip(sure, right, strict=True)]
    for box, colour, label in drawn:
        corners = [round(float(value) * scale) for value in box[:4]]
        pen.rectangle(corners, outline=colour, width=2)
        pen.text((corners[0] + 3, corners[1] + 1), labels[label], fill=colour)
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG")
    return Picture(png=base64.b64encode(file.getvalue()).decode())
