"""Detection: any number of boxes in a picture, each with a label.

Symbols: n pictures, k room for true boxes, m for predicted ones, c labels, h and w sides of the map.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.boxes import COLUMNS, CROWD, LABEL, NAMED, NO_BOX, SCORE, areas, padded
from automl.core.letterbox import fitted_sides
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.detection import BoxScorer, check_library
from automl.metrics.scorer import Decoded
from automl.tasks.box_decoding import FRAME, decoded
from automl.tasks.box_loss import HEAT, SIDES, BoxLoss
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.detection import DETECTION
from automl.tasks.scoring import SingleTarget

LEAST_SCORE = 0.1
"""Score below which a predicted box is not told: metrics look at all, a user wants those that are there."""

START = 0.01
"""Chance of a thing in a cell before training: nearly all cells are empty (Lin et al., 2017)."""


@dataclass(frozen=True, kw_only=True)
class DetectionOptions:
    """Searched parameters of the loss.

    Attributes:
        giou_weight: weight of the generalised IoU of boxes beside the heat.
        l1_weight: weight of the distances of their corners.
        spread: size of the spot that is to be hot, in sides of its box.
    """

    giou_weight: float = 5.0
    l1_weight: float = 0.5
    spread: float = 0.54


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Detection:
    """Learn the size of a typical box from raw targets of the training part.

    Args:
        kind: ``detection``.
        targets: boxes ``(n,)``, see ``core.boxes``; a single target.
        names: name of the target.
        facts: ``labels``, and ``height`` and ``width`` that pictures are brought to.

    Raises:
        MissingDependencyError: the library that scores boxes is not installed.
    """
    check_library()
    every = np.concatenate([np.zeros((0, COLUMNS)), *targets[TARGET]])
    sides = (every[:, 2:4] - every[:, :2]) / (facts["width"], facts["height"])
    typical = np.median(sides, axis=0) if len(sides) else (0.1, 0.1)
    return Detection(
        names=tuple(names),
        labels=tuple(facts["labels"]),
        height=int(facts["height"]),
        width=int(facts["width"]),
        typical=(float(typical[0]), float(typical[1])),
    )


def restore(description: Mapping[str, Any]) -> Detection:
    """Bring a task back from what its ``describe`` gave."""
    return Detection(
        names=tuple(description["names"]),
        labels=tuple(description["labels"]),
        height=description["height"],
        width=description["width"],
        typical=(description["typical"][0], description["typical"][1]),
    )


@dataclass(frozen=True, kw_only=True)
class Detection:
    """Boxes with labels; raw outputs are maps, predictions ``(n, m, 6)`` in pixels, see ``core.boxes``.

    Attributes:
        names: name of the target.
        labels: names of the labels, in the order of their places.
        height: of the canvas that pictures are brought to, in pixels.
        width: of that canvas.
        typical: width and height of a typical box, as shares of its sides.
    """

    names: tuple[str, ...]
    labels: tuple[str, ...]
    height: int
    width: int
    typical: tuple[float, float]

    kind: ClassVar[TaskKind] = DETECTION.name
    declaration: ClassVar[TaskDeclaration] = DETECTION
    options: ClassVar[type[Any]] = DetectionOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Boxes in pixels to shares ``(n, k, 6) float32``, the smallest first."""
        shares = [
            np.asarray(boxes, np.float64).reshape(-1, COLUMNS) / self._unit for boxes in targets[TARGET]
        ]
        # of boxes around one centre the loss takes the first: a large one is still seen elsewhere
        return {TARGET: padded([boxes[np.argsort(areas(boxes), kind="stable")] for boxes in shares])}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on; the size of the picture that was given goes straight to the head."""
        return inputs, inputs.one(FRAME).tensor

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Grid ``(n, h, w, f)`` to maps of heat and sides; the size of the picture beside them."""
        start = keras.initializers.Constant(float(np.log(START / (1 - START))))
        heat = keras.layers.Conv2D(len(self.labels), 1, bias_initializer=start, dtype="float32", name=HEAT)(
            _branch(features)
        )
        small = keras.initializers.RandomNormal(stddev=0.01)
        sides = keras.layers.Conv2D(4, 1, kernel_initializer=small, dtype="float32", name=SIDES)(
            _branch(features)
        )
        # an input of the model may be no output of it
        given = keras.layers.Identity(dtype="float32", name="frame_given")(context)
        return {HEAT: heat, SIDES: sides, FRAME: given}

    def loss(self, options: DetectionOptions) -> keras.losses.Loss:
        """Focal loss of the heat, and two losses of the boxes."""
        return BoxLoss(
            self.typical,
            giou_weight=options.giou_weight,
            l1_weight=options.l1_weight,
            spread=options.spread,
        )

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Maps to boxes in pixels of the picture that was given, each thing once."""
        return {TARGET: decoded(outputs, self.typical, (self.height, self.width))}

    def scorer(self) -> SingleTarget:
        """Hears of encoded and of predicted boxes, and scores them in pixels of the canvas."""
        return SingleTarget(Decoded(BoxScorer(len(self.labels)), lambda shares: shares * self._unit))

    def placed(
        self, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """From pixels of pictures as they were read to those of their files."""
        found = np.array(predictions[TARGET], np.float64)
        high, wide = (np.asarray(keys[name], np.float64)[:, None, None] for name in ("height", "width"))
        height, width = fitted_sides(high, wide, (self.height, self.width), np)
        found[..., 0:SCORE:2] = np.clip(found[..., 0:SCORE:2] * wide / width, 0, wide)
        found[..., 1:SCORE:2] = np.clip(found[..., 1:SCORE:2] * high / height, 0, high)
        return {TARGET: found}

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """A list of boxes as JSON for each picture, the surest first."""
        told = [boxes[boxes[:, SCORE] >= LEAST_SCORE] for boxes in predictions[TARGET]]
        lists = [json.dumps([self._told(box) for box in boxes]) for boxes in told]
        return {"prediction": np.array(lists, dtype=object)}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``mean box``: the mean box of each label in training, in every picture."""
        every = train[TARGET].reshape(-1, COLUMNS)
        every = every[(every[:, LABEL] >= 0) & (every[:, CROWD] == 0)]
        rows = np.zeros((len(self.labels), COLUMNS), np.float32)
        rows[:, NAMED] = NO_BOX
        for label in range(len(self.labels)):
            own = every[every[:, LABEL] == label]
            if len(own):
                rows[label] = [*own[:, :4].mean(axis=0), len(own) / len(every), label]
        rows[:, :4] *= (self.width, self.height, self.width, self.height)
        return {"mean box": {TARGET: np.tile(rows, (len(validation[TARGET]), 1, 1))}}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "labels": list(self.labels),
            "height": self.height,
            "width": self.width,
            "typical": list(self.typical),
        }

    @property
    def _unit(self) -> np.ndarray:
        """Pixels of the canvas in each column of encoded boxes ``(6,)``."""
        return np.array([self.width, self.height, self.width, self.height, 1, 1], np.float64)

    def _told(self, box: np.ndarray) -> dict[str, Any]:
        corners = {name: round(float(box[at]), 2) for at, name in enumerate(("x1", "y1", "x2", "y2"))}
        return {"label": self.labels[int(box[NAMED])], "score": round(float(box[SCORE]), 4), **corners}


def _branch(features: KerasTensor) -> KerasTensor:
    layer = keras.layers.Conv2D(
        int(features.shape[-1]), 3, padding="same", activation="relu", kernel_initializer="he_normal"
    )
    return layer(features)
