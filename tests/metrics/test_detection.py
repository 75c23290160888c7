"""Scores of boxes are those of COCO's own evaluation, whatever the batches."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest

from automl.core.boxes import CROWD, LABEL, NAMED, SCORE, padded
from automl.metrics.detection import BoxScorer

LABELS = 3


def truth_of(random):
    """Up to five boxes, some of them crowds; now and then none."""
    count = int(random.integers(0, 6))
    low = random.uniform(0, 80, (count, 2))
    high = low + random.uniform(4, 60, (count, 2))
    labels, crowds = random.integers(0, LABELS, (count, 1)), random.uniform(size=(count, 1)) < 0.15
    return np.concatenate([low, high, labels, crowds], axis=1)


def found_of(random, truth):
    """Boxes near the true ones and anywhere, with scores of two digits: ties are to be met."""
    near = truth[random.uniform(size=len(truth)) < 0.8].copy()
    near[:, :4] += random.normal(0, 4, (len(near), 4))
    far = truth_of(random)
    rows = np.concatenate([near, far])
    rows[:, 2:4] = np.maximum(rows[:, 2:4], rows[:, :2] + 1)
    found = np.zeros((12, 6))
    found[:, NAMED] = -1
    found[: len(rows), :4] = rows[:, :4]
    found[: len(rows), SCORE] = random.uniform(0.01, 1, len(rows)).round(2)
    found[: len(rows), NAMED] = rows[:, LABEL]
    return found[np.argsort(-found[:, SCORE], kind="stable")]


def oracle(truths, founds):
    """The same by pycocotools."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    annotations, rows = [], []
    for picture, (truth, found) in enumerate(zip(truths, founds, strict=True), start=1):
        for box in truth:
            x1, y1, x2, y2 = box[:4]
            sides = [x1, y1, x2 - x1, y2 - y1]
            own = {"bbox": sides, "area": sides[2] * sides[3], "iscrowd": int(box[CROWD])}
            numbers = {"id": len(annotations) + 1, "image_id": picture, "category_id": int(box[LABEL]) + 1}
            annotations.append(own | numbers)
        for x1, y1, x2, y2, score, label in found[found[:, SCORE] > 0]:
            rows.append([picture, x1, y1, x2 - x1, y2 - y1, score, label + 1])
    with contextlib.redirect_stdout(io.StringIO()):
        whole = COCO()
        whole.dataset = {
            "images": [{"id": picture + 1} for picture in range(len(truths))],
            "annotations": annotations,
            "categories": [{"id": label + 1} for label in range(LABELS)],
        }
        whole.createIndex()
        judge = COCOeval(whole, whole.loadRes(np.array(rows)), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return dict(zip(("map", "map50", "map75", "ar100"), judge.stats[[0, 1, 2, 8]], strict=True))


def test_200_random_cases_equal_pycocotools():
    for case in range(200):
        random = np.random.default_rng(case)
        truths = [truth_of(random) for _ in range(6)]
        founds = [found_of(random, truth) for truth in truths]
        if not any((truth[:, CROWD] == 0).any() for truth in truths):
            continue
        scorer = BoxScorer(LABELS)

        scorer.update(padded(truths).astype(np.float64), np.stack(founds))

        rounded = [padded([item])[0][: len(item)].astype(np.float64) for item in truths]
        expected = oracle(rounded, founds)
        assert scorer.result() == pytest.approx(expected, abs=1e-6), case


def test_batches_of_any_size_give_the_same():
    random = np.random.default_rng(3)
    truths = [truth_of(random) for _ in range(10)]
    founds = [found_of(random, truth) for truth in truths]
    whole, parts = BoxScorer(LABELS), BoxScorer(LABELS)

    whole.update(padded(truths), np.stack(founds))
    for start in range(0, 10, 3):
        parts.update(padded(truths[start : start + 3]), np.stack(founds[start : start + 3]))

    assert whole.result() == parts.result()


def test_perfect_boxes_score_one_and_none_score_zero():
    truth = padded([np.array([[1, 1, 9, 9, 0, 0], [20, 20, 40, 30, 2, 0]], float)])
    found = np.zeros((1, 4, 6))
    scorer, empty = BoxScorer(LABELS), BoxScorer(LABELS)
    empty.update(truth, found)
    found[0, :2, :4], found[0, :2, SCORE], found[0, :2, NAMED] = truth[0, :, :4], 0.9, truth[0, :, LABEL]

    scorer.update(truth, found)

    assert scorer.result()["map"] == pytest.approx(1.0)
    assert empty.result() == {"map": 0.0, "map50": 0.0, "map75": 0.0, "ar100": 0.0}
    each = scorer.by_label()
    assert each["ap50"][[0, 2]] == pytest.approx([1.0, 1.0])
    assert np.isnan(each["ap50"][1])


def test_nothing_true_and_nothing_finite_score_nan():
    none, broken = BoxScorer(LABELS), BoxScorer(LABELS)

    none.update(padded([np.zeros((0, 6))]), np.zeros((1, 2, 6)))
    broken.update(padded([np.array([[1.0, 1, 9, 9, 0, 0]])]), np.full((1, 2, 6), np.nan))

    assert all(np.isnan(value) for scorer in (none, broken) for value in scorer.result().values())
