"""Metrics of boxes, computed by the field's own implementation (COCO's, in the faster of two).

Average precision of a class is the area below its curve of precision over recall, at 101 recalls; a
predicted box hits where its intersection over union with a true one is large enough, and each true box is
hit once. ``map`` is the mean over classes and over overlaps from .50 to .95 (Lin et al., 2014).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.core.boxes import CROWD, LABEL, NAMED, SCORE
from automl.core.optional import require
from automl.metrics.metric import AR100, MAP, MAP50, MAP75

MOST = 100
"""Boxes of a picture that count, those with the highest scores."""

_LIBRARY = "faster_coco_eval"


def check_library() -> None:
    """Refuse to go on where boxes cannot be scored.

    Raises:
        MissingDependencyError: the library is not installed.
    """
    require(_LIBRARY, extra="vision", purpose="to score boxes")


class BoxScorer:
    """Hears of true boxes and of predicted ones, both in pixels.

    Args:
        labels: how many labels there are.
    """

    def __init__(self, labels: int) -> None:
        self._labels = labels
        self._pictures = 0
        self._truth: list[dict[str, Any]] = []
        self._found: list[np.ndarray] = []
        self._finite = True

    def update(self, y: np.ndarray, p: np.ndarray, groups: np.ndarray | None = None) -> None:
        """Hear of a batch.

        Args:
            y: true boxes ``(n, k, 6)``: corners, label, crowd; see ``core.boxes``.
            p: predicted ones ``(n, m, 6)``: corners, score, label.
            groups: unused.
        """
        self._finite = self._finite and bool(np.isfinite(p).all())
        for boxes, found in zip(y, p, strict=True):
            self._pictures += 1
            for box in boxes[boxes[:, LABEL] >= 0]:
                self._truth.append(self._annotation(box))
            known = found[found[:, SCORE] > 0].astype(np.float64)
            sides = known[:, 2:4] - known[:, :2]
            picture = np.full((len(known), 1), self._pictures, np.float64)
            row = (picture, known[:, :2], sides, known[:, SCORE, None], known[:, NAMED, None] + 1)
            self._found.append(np.concatenate(row, axis=1))

    def result(self) -> dict[str, float]:
        """Every metric; NaN where there was no true box, or a prediction was not finite."""
        names = [metric.name for metric in (MAP, MAP50, MAP75, AR100)]
        known = any(not item["iscrowd"] for item in self._truth)
        if not (self._finite and known):
            return dict.fromkeys(names, float("nan"))
        if not sum(map(len, self._found)):
            return dict.fromkeys(names, 0.0)
        precision, recall, thresholds = self._curves()
        chosen = {0.5: MAP50.name, 0.75: MAP75.name}
        found = {
            name: _mean(precision[np.isclose(thresholds, threshold)]) for threshold, name in chosen.items()
        }
        return {MAP.name: _mean(precision), **found, AR100.name: _mean(recall)}

    def by_label(self) -> Mapping[str, np.ndarray]:
        """Return ``ap`` and ``ap50`` of each label, NaN where it has no true box, and the curve at .50:
        ``precision (labels, 101)`` over ``recalls (101,)``.
        """
        recalls = np.linspace(0, 1, 101)
        if not (self._finite and self._truth and sum(map(len, self._found))):
            none, flat = np.zeros(self._labels), np.zeros((self._labels, 101))
            return {"ap": none, "ap50": none, "precision": flat, "recalls": recalls}
        precision, _, thresholds = self._curves()
        half = precision[np.isclose(thresholds, 0.5)][0]
        known = (half > -1).any(axis=0)
        of_each = np.where(known, precision.mean(axis=(0, 1)), np.nan)
        return {
            "ap": of_each,
            "ap50": np.where(known, half.mean(axis=0), np.nan),
            "precision": np.where(known[:, None], half.T, np.nan),
            "recalls": recalls,
        }

    def _annotation(self, box: np.ndarray) -> dict[str, Any]:
        x1, y1, x2, y2 = (float(value) for value in box[:4])
        return {
            # an annotation of the number 0 would count as one that nothing hit
            "id": len(self._truth) + 1,
            "image_id": self._pictures,
            "category_id": int(box[LABEL]) + 1,
            "bbox": [x1, y1, x2 - x1, y2 - y1],
            "area": (x2 - x1) * (y2 - y1),
            "iscrowd": int(box[CROWD]),
        }

    def _curves(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Precision ``(overlaps, recalls, labels)``, recall ``(overlaps, labels)``, -1 where there is no
        true box, and the overlaps.
        """
        library: Any = require(_LIBRARY, extra="vision", purpose="to score boxes")
        truth = library.COCO(
            {
                "images": [{"id": number + 1} for number in range(self._pictures)],
                "annotations": self._truth,
                "categories": [{"id": label + 1, "name": str(label)} for label in range(self._labels)],
            }
        )
        found = truth.loadRes(np.concatenate(self._found))
        judge = library.COCOeval_faster(truth, found, "bbox", print_function=_silent)
        judge.params.maxDets = [MOST]
        judge.params.areaRng, judge.params.areaRngLbl = [[0.0, 1e10]], ["all"]
        judge.evaluate()
        judge.accumulate()
        precision, recall = (np.asarray(judge.eval[name]) for name in ("precision", "recall"))
        return precision[..., 0, -1], recall[..., 0, -1], np.asarray(judge.params.iouThrs)


def _mean(values: np.ndarray) -> float:
    known = values[values > -1]
    return float(known.mean()) if known.size else float("nan")


def _silent(*words: object) -> None:
    """Nobody asked."""
