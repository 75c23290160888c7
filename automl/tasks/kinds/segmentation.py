"""Semantic segmentation: the class of each pixel of a picture.

Symbols: n pictures, h x w pixels of the canvas that pictures are brought to, k classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, layers

from automl.core.errors import ConfigError, suggest
from automl.core.letterbox import from_canvas
from automl.core.specs import TaskKind
from automl.core.targets import TARGET, ragged
from automl.core.tensors import Inputs
from automl.metrics.segmentation import PixelScorer
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.segmentation import SEGMENTATION
from automl.tasks.layers import softmax
from automl.tasks.losses import MappingLoss
from automl.tasks.mask_files import HEIGHT, PREDICTION, WIDTH, MaskForm, form_of, shares_of
from automl.tasks.pixels import InPictureSize, PixelLoss
from automl.tasks.scoring import SingleTarget

PIXEL_WEIGHTS = ("none", "balanced")

RAREST = 1e-3
"""Share of the pixels that a class is taken to have at least, so that weights stay within reason."""


@dataclass(frozen=True, kw_only=True)
class SegmentationOptions:
    """Searched parameters of the loss.

    Attributes:
        dice_share: share of the Dice loss (Milletari et al., 2016); the rest is cross-entropy.
        pixel_weight: ``none``, or ``balanced``: in the cross-entropy each class counts alike, whatever its
            share of the pixels.
    """

    dice_share: float = 0.5
    pixel_weight: str = "none"

    def __post_init__(self) -> None:
        if self.pixel_weight not in PIXEL_WEIGHTS:
            raise ConfigError(
                f"Unknown pixel_weight {self.pixel_weight!r}. {suggest(self.pixel_weight, PIXEL_WEIGHTS)}"
            )


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Segmentation:
    """Learn the shares of the classes from the masks of the training part.

    Args:
        kind: ``segmentation``.
        targets: classes ``(n, h, w) int16``, -1 where a pixel has none.
        names: name of the target.
        facts: ``masks``: the form of the masks.
    """
    form = form_of(facts["masks"])
    shares = shares_of(np.asarray(targets[TARGET]), len(form.values))
    return Segmentation(names=names, form=form, shares=tuple(float(share) for share in shares))


def restore(description: Mapping[str, Any]) -> Segmentation:
    """Bring a task back from what its ``describe`` gave."""
    return Segmentation(
        names=tuple(description["names"]),
        form=form_of(description["form"]),
        shares=tuple(description["shares"]),
    )


@dataclass(frozen=True, kw_only=True)
class Segmentation:
    """Raw outputs are logits ``(n, h, w, k)``, predictions probabilities of the same shape.

    Attributes:
        names: name of the target.
        form: of the masks, with the classes.
        shares: of each class among the pixels of the training part.
    """

    names: tuple[str, ...]
    form: MaskForm
    shares: tuple[float, ...]

    kind: ClassVar[TaskKind] = SEGMENTATION.name
    declaration: ClassVar[TaskDeclaration] = SEGMENTATION
    options: ClassVar[type[Any]] = SegmentationOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Classes ``(n, h, w)`` to int32; -1 stays."""
        return {TARGET: np.asarray(targets[TARGET]).astype(np.int32)}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """A vector for each pixel ``(n, h, w, f)`` to logits; it begins at the shares of the classes."""
        start = np.log(np.maximum(self.shares, RAREST)).tolist()
        head = layers.Conv2D(
            len(self.shares),
            1,
            bias_initializer=keras.initializers.Constant(start),
            dtype="float32",
            name="logits",
        )
        return {TARGET: head(features)}

    def loss(self, options: SegmentationOptions) -> MappingLoss:
        """Cross-entropy and Dice."""
        weights: list[float] = []
        if options.pixel_weight == "balanced":
            weights = [1 / (len(self.shares) * max(share, RAREST)) for share in self.shares]
        return PixelLoss(options.dice_share, weights)

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Logits to probabilities."""
        return {TARGET: softmax(outputs[TARGET], name="probabilities")}

    def in_form_of(self, inputs: Mapping[str, Any], predictions: Mapping[str, Any]) -> dict[str, Any]:
        """Probabilities in the size of the raw pictures."""
        (picture,) = inputs.values()
        return {TARGET: InPictureSize(name="in_picture_size")([predictions[TARGET], picture])}

    def scorer(self) -> SingleTarget:
        """Hears of classes and probabilities; of two classes ``dice`` is that of the rarer one."""
        rarer = int(np.argmin(self.shares)) if len(self.shares) == 2 else None
        return SingleTarget(PixelScorer(rarer))

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``prediction`` (masks in the size of the canvas) and ``share_<class>``."""
        return self._columns(list(predictions[TARGET]))

    def decode_for(
        self, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """As ``decode``, with masks in the size of the pictures, which keys tell."""
        if HEIGHT not in keys:
            return self.decode(predictions)
        sizes = zip(keys[HEIGHT].tolist(), keys[WIDTH].tolist(), strict=True)
        chances = [
            from_canvas(item[None].astype(np.float32), height, width, np)[0]
            for item, (height, width) in zip(predictions[TARGET], sizes, strict=True)
        ]
        return self._columns(chances)

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``majority``: the shares of the classes, for every pixel; ``mean_mask``: those at its place."""
        seen = train[TARGET]
        counts = np.stack([(seen == code).sum(axis=0) for code in range(len(self.shares))], axis=-1)
        shares = np.maximum(np.array(self.shares), 1e-6)
        # as if one more picture had the classes everywhere as often as all do
        there = (counts + shares) / (counts + shares).sum(axis=-1, keepdims=True)
        shape = (len(validation[TARGET]), *there.shape)
        return {
            "majority": {TARGET: np.broadcast_to((shares / shares.sum()).astype(np.float32), shape)},
            "mean_mask": {TARGET: np.broadcast_to(there.astype(np.float32), shape)},
        }

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "form": self.form.as_json(),
            "shares": list(self.shares),
        }

    def _columns(self, chances: list[np.ndarray]) -> dict[str, np.ndarray]:
        codes = [item.argmax(axis=-1) for item in chances]
        shares = np.stack([shares_of(item, len(self.shares)) for item in codes])
        columns = {f"share_{title}": shares[:, at] for at, title in enumerate(self.form.titles)}
        return {PREDICTION: ragged(self.form.mask(item) for item in codes), **columns}
