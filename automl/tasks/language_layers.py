"""How scores of next tokens become surprise: the head of a language model and its loss.

b  batch, L  tokens that are predicted, V  size of the vocabulary; a window has L + 1 tokens
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import KerasTensor, ops

from automl.core.tokens import PADDING
from automl.tasks.losses import MappingLoss

LEAST_NATS = 1e-30
"""Of a token, so that 0 is padding alone."""

NATS, NEXT = "nats", "next_token_logits"
"""Names of the outputs: the surprise at each token ``(b, L)``, and scores of what follows ``(b, V)``."""


@keras.saving.register_keras_serializable(package="automl")
class TokenBias(keras.layers.Layer):  # type: ignore[misc]
    """Adds a number of each token to its score; at first such that equal scores give the tokens' shares.

    Args:
        start: logarithm of each token's share ``(V,)``.
    """

    def __init__(self, start: Sequence[float], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.start = [float(value) for value in start]

    def build(self, input_shape: Any) -> None:
        """Create the numbers."""
        start = keras.initializers.Constant(self.start)
        self.bias = self.add_weight(shape=(len(self.start),), initializer=start, name="bias")

    def call(self, scores: KerasTensor) -> KerasTensor:
        """From scores ``(b, L + 1, V)`` to scores of the same shape, float32."""
        return ops.cast(scores, "float32") + self.bias

    def compute_output_spec(self, scores: KerasTensor) -> KerasTensor:
        """Shape and type of the scores."""
        return KerasTensor(scores.shape, dtype="float32")

    def get_config(self) -> dict[str, Any]:
        """Arguments of the constructor."""
        return {**super().get_config(), "start": self.start}


@keras.saving.register_keras_serializable(package="automl")
class TokenNats(keras.layers.Layer):  # type: ignore[misc]
    """Surprise at each token of a window but the first, given those before it; 0 at padding."""

    def call(self, inputs: Any) -> KerasTensor:
        """From scores ``(b, L + 1, V)`` and tokens ``(b, L + 1) int32`` to nats ``(b, L) float32``."""
        scores, tokens = inputs
        following = tokens[:, 1:]
        logits = ops.cast(scores[:, :-1], "float32")
        # the cross-entropy of a backend becomes infinite, or NaN where TensorFlow is deterministic, in ONNX
        shares = ops.log_softmax(logits, axis=-1)
        nats = -ops.squeeze(ops.take_along_axis(shares, following[..., None], axis=-1), axis=-1)
        return ops.where(ops.equal(following, PADDING), 0.0, ops.maximum(nats, LEAST_NATS))

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Shape and type of the nats."""
        batch, length = inputs[1].shape
        return KerasTensor((batch, None if length is None else length - 1), dtype="float32")


@keras.saving.register_keras_serializable(package="automl")
class NextScores(keras.layers.Layer):  # type: ignore[misc]
    """Scores of what follows a window, whose text may be shorter than the window."""

    def call(self, inputs: Any) -> KerasTensor:
        """From scores ``(b, L + 1, V)`` and tokens ``(b, L + 1) int32`` to scores ``(b, V) float32``."""
        scores, tokens = inputs
        count = ops.sum(ops.cast(ops.not_equal(tokens, PADDING), "int32"), axis=1)
        last = ops.maximum(count - 1, 0)[:, None, None]
        return ops.cast(ops.take_along_axis(scores, last, axis=1)[:, 0], "float32")

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        """Shape and type of the scores."""
        scores = inputs[0].shape
        return KerasTensor((scores[0], scores[2]), dtype="float32")


@keras.saving.register_keras_serializable(package="automl")
class MeanNats(MappingLoss):
    """Mean surprise per token of the output ``nats``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"name": "mean_nats", **kwargs})

    def call(self, y_true: Any, y_pred: Any) -> KerasTensor:
        """Return the mean of each window ``(b,)``; no surprise is below 0.

        Padding counts as no surprise, so that every window has the weight of its text.
        """
        return ops.mean(ops.relu(y_pred[NATS]), axis=1)
