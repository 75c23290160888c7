"""Connectionist temporal classification (Graves et al., 2006): from scores at each step to text.

At each step a network writes a character or nothing (the blank, class 0). The loss is the surprise at all
ways to write the transcript together; the text is the likeliest class of each step, repetitions written
once, blanks left out.

Legend: n clips, t steps, u characters of the longest transcript, a characters of the alphabet; classes are
the blank and the alphabet, so there are a + 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.targets import TARGET
from automl.core.transcripts import BLANK
from automl.tasks.losses import MappingLoss
from automl.tasks.places import of_highest, to_front

SCORES, TEXT, LOG_PROBABILITIES = "scores", "text", "log_probabilities"
"""Name of the raw output, and of the two predictions."""

OUTSIDE = -30.0
"""Score of every character where there is no sound any more; there the blank is all but certain."""


@keras.saving.register_keras_serializable(package="automl")
class BlankOutside(keras.layers.Layer):  # type: ignore[misc]
    """Let nothing be written behind the end of a clip, whatever the network says there.

    A blank that is certain adds nothing to the loss. So all clips of a batch may count as equally long,
    and a clip is the same text beside any other.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """Nothing is masked any more: what lies behind the end says so itself."""

    def call(self, inputs: Any) -> KerasTensor:
        """From ``[scores (n, t, a + 1), sound (n, s)]``, NaN behind the end of each sound, to scores."""
        scores, sound = inputs
        steps, samples = scores.shape[1], sound.shape[1]
        places = ops.arange(1, samples + 1, dtype="float32")
        length = ops.max(ops.where(ops.isnan(sound), 0.0, places[None, :]), axis=1)
        begins = ops.arange(steps, dtype="float32") * (samples / steps)
        inside = begins[None, :] < length[:, None]
        blank = ops.cast(ops.arange(scores.shape[2]) > 0, "float32") * OUTSIDE
        return ops.where(inside[:, :, None], ops.cast(scores, "float32"), blank[None, None, :])

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Shape and type of the scores."""
        return KerasTensor(inputs[0].shape, dtype="float32")


@keras.saving.register_keras_serializable(package="automl")
class CtcPerCharacter(MappingLoss):
    """Surprise at the transcript in nats, per character of it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"name": "ctc_per_character", **kwargs})

    def call(self, y_true: Any, y_pred: Any) -> KerasTensor:
        """From ids ``(n, u)``, 0 behind the end, and scores ``(n, t, a + 1)`` to nats ``(n,)``."""
        ids, scores = y_true[TARGET], y_pred[SCORES]
        lengths = ops.sum(ops.cast(ids != BLANK, "int32"), axis=1)
        steps = ops.full((ops.shape(scores)[0],), scores.shape[1], dtype="int32")
        nats = ops.ctc_loss(ids, scores, lengths, steps, mask_index=BLANK)
        return nats / ops.cast(ops.maximum(lengths, 1), nats.dtype)


@keras.saving.register_keras_serializable(package="automl")
class GreedyText(keras.layers.Layer):  # type: ignore[misc]
    """From scores ``(n, t, a + 1)`` to the code points of the likeliest text ``(n, t) int32``, 0 behind it.

    Args:
        points: Unicode code point of each character of the alphabet ``(a,)``.
    """

    def __init__(self, points: Sequence[int], **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.points = [int(point) for point in points]

    def call(self, scores: KerasTensor) -> KerasTensor:
        """Take the likeliest class of each step."""
        return greedy(scores, self.points, ops)

    def compute_output_spec(self, scores: KerasTensor) -> KerasTensor:
        """As many code points as there are steps."""
        return KerasTensor(scores.shape[:2], dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "points": self.points}


@keras.saving.register_keras_serializable(package="automl")
class LogShares(keras.layers.Layer):  # type: ignore[misc]
    """From scores to logarithms of probabilities, in float32; keeps the shape."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})

    def call(self, scores: KerasTensor) -> KerasTensor:
        """Normalise each step."""
        return ops.log_softmax(scores, axis=-1)

    def compute_output_spec(self, scores: KerasTensor) -> KerasTensor:
        """Shape of the scores."""
        return KerasTensor(scores.shape, dtype="float32")


def greedy(scores: Any, points: Sequence[int], space: Any) -> Any:
    """Return the code points of the likeliest class of each step, repetitions and blanks left out.

    Args:
        scores: ``(n, t, a + 1)``.
        points: of the alphabet.
        space: NumPy, or ``keras.ops`` for tensors.
    """
    best = of_highest(scores, space)
    before = space.concatenate([space.zeros_like(best[:, :1]), best[:, :-1]], axis=1)
    written = space.logical_and(best != BLANK, best != before)
    known = space.take(np.array([0, *points], np.int32), best, axis=0)
    front = to_front(known, written, space)
    return front.astype("int32") if space is np else ops.cast(front, "int32")


def log_shares(scores: np.ndarray) -> np.ndarray:
    """As ``LogShares``, in NumPy."""
    centred = scores - scores.max(axis=-1, keepdims=True)
    logs: np.ndarray = centred - np.log(np.exp(centred).sum(axis=-1, keepdims=True))
    return logs.astype(np.float32)
