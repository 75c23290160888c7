"""What predicted masks show: overlap by class, what is taken for what, and the worst pictures.

Symbols: n pictures, h x w pixels, k classes.
"""

from __future__ import annotations

import numpy as np

from automl.core.figures import Bars, Cell, Figure, Matrix, Table, numbers, rounded
from automl.core.reports import Remark
from automl.core.targets import TARGET
from automl.metrics.segmentation import confusion, overlaps
from automl.tasks.mask_files import MaskForm, form_of, listed_classes, shares_of
from automl.tasks.overlays import cell_of, colours_of, overlaid, plain_picture, with_errors
from automl.tasks.shown import MOST_MISTAKES, Evidence, Mistake, Shown

MOST_CLASSES = 20
"""Classes of a matrix that can be read."""

MOST_PICTURES = 6
"""Pictures that are drawn."""

MOST_LISTED = 3
"""Classes of a picture whose shares are told."""

MISSED = 0.05
"""Overlap below which a class is not found at all."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of probabilities ``(n, h, w, k)``."""
    form = form_of(shown.task.describe()["form"])
    truth, chances = np.asarray(shown.encoded[TARGET]), np.asarray(shown.predictions[TARGET])
    answer = chances.argmax(axis=-1)
    counts = confusion(truth, chances)
    wrong = wrong_shares(truth, answer)
    order = np.argsort(-wrong, kind="stable")
    figures: list[Figure] = [_by_class(counts, form)]
    if len(form.values) <= MOST_CLASSES:
        figures.append(_confusion(counts, form))
    if "image" in shown.inputs:
        some = order[:MOST_PICTURES]
        figures.append(_worst(form, shown.inputs["image"], truth, answer, wrong, some))
    return Evidence(
        figures=tuple(figures),
        mistakes=tuple(_mistake(int(row), form, truth, answer, wrong) for row in order[:MOST_MISTAKES]),
        measure="share of the pixels that are wrong",
        remarks=_remarks(counts, form),
    )


def wrong_shares(truth: np.ndarray, answer: np.ndarray) -> np.ndarray:
    """Return the share of wrong pixels among those with a class, of each picture ``(n,) float64``."""
    known = truth >= 0
    wrong = (known & (truth != answer)).sum(axis=(1, 2))
    return np.asarray(wrong / np.maximum(known.sum(axis=(1, 2)), 1), np.float64)


def worst_pictures(
    form: MaskForm, pictures: np.ndarray, truth: np.ndarray, answer: np.ndarray, rows: np.ndarray
) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Return truth, answer and errors laid over pictures, each ``(h, w, 3) uint8``."""
    colours = colours_of(form)
    made = []
    for row in rows.tolist():
        picture = plain_picture(np.asarray(pictures[row]))
        over = [overlaid(picture, codes[row], colours) for codes in (truth, answer)]
        made.append((over[0], over[1], with_errors(picture, truth[row], answer[row])))
    return made


def _by_class(counts: np.ndarray, form: MaskForm) -> Bars:
    dice, iou = overlaps(counts)
    pixels = counts.sum(axis=1)
    shares = pixels / max(pixels.sum(), 1)
    order = np.argsort(np.nan_to_num(-iou, nan=1.0), kind="stable")
    return Bars(
        title="Overlap by class",
        label="intersection over union",
        names=tuple(form.titles[at] for at in order),
        values=numbers(iou[order]),
        texts=tuple(f"Dice {dice[at]:.3f}, {100 * shares[at]:.2g}% of the pixels" for at in order),
    )


def _confusion(counts: np.ndarray, form: MaskForm) -> Matrix:
    return Matrix(
        title="Confusion matrix of pixels",
        rows=form.titles,
        columns=form.titles,
        cells=tuple(numbers(row) for row in counts),
        row_label="true",
        column_label="predicted",
    )


def _worst(
    form: MaskForm,
    pictures: np.ndarray,
    truth: np.ndarray,
    answer: np.ndarray,
    wrong: np.ndarray,
    rows: np.ndarray,
) -> Table:
    drawn = worst_pictures(form, pictures, truth, answer, rows)
    cells: list[tuple[Cell, ...]] = [
        (*map(cell_of, over), rounded(wrong[row], 4))
        for row, over in zip(rows.tolist(), drawn, strict=True)
    ]
    return Table(
        title="Masks over the worst pictures",
        columns=("true", "predicted", "wrong pixels in red", "share wrong"),
        rows=tuple(cells),
        note="Worst first. Pixels without a class are neither coloured nor counted.",
    )


def _mistake(row: int, form: MaskForm, truth: np.ndarray, answer: np.ndarray, wrong: np.ndarray) -> Mistake:
    seen = np.where(truth[row] >= 0, answer[row], -1)
    told = [_told(form, codes) for codes in (truth[row], seen)]
    return Mistake(row=row, truth=told[0], answer=told[1], size=float(wrong[row]))


def _told(form: MaskForm, codes: np.ndarray) -> str:
    shares = shares_of(codes, len(form.titles))
    first = np.argsort(-shares, kind="stable")[:MOST_LISTED]
    return listed_classes([form.titles[at] for at in first], [float(shares[at]) for at in first])


def _remarks(counts: np.ndarray, form: MaskForm) -> tuple[Remark, ...]:
    _, iou = overlaps(counts)
    there = counts.sum(axis=1) > 0
    missed = [form.titles[at] for at in np.flatnonzero(there & (np.nan_to_num(iou) < MISSED))]
    absent = [form.titles[at] for at in np.flatnonzero(~there)]
    remarks = []
    if missed:
        remarks.append(Remark(mood="careful", text=f"Hardly found at all: {', '.join(missed)}."))
    if absent:
        text = f"Not among these pictures, so nothing is known of: {', '.join(absent)}."
        remarks.append(Remark(mood="careful", text=text))
    return tuple(remarks)
