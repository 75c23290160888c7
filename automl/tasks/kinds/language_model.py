"""Language modelling: what follows at each place of a running text.

A model reads a window of L + 1 tokens and says how surprised it is at each of the last L, and what may
follow the window. Symbols: n windows, V size of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.core.tokens import PADDING, Tokens
from automl.metrics.language import LanguageScorer
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.language_model import LANGUAGE_MODEL
from automl.tasks.language_layers import NATS, NEXT, MeanNats, NextScores, TokenBias, TokenNats
from automl.tasks.ngrams import ORDER, witten_bell
from automl.tasks.scoring import SingleTarget

STREAM, TEXT = "stream", "text"
"""Kind of the tensor of tokens, and name of the raw input."""


LEAST_SHARE = 1e-9
"""Of a token, so that it has a logarithm."""


@dataclass(frozen=True, kw_only=True)
class LanguageOptions:
    """Searched parameters of head and loss: none so far."""


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A fitted task; see ``Task`` for the meaning of each method.

    Attributes:
        tokens: how text becomes tokens.
        length: L, the tokens of a window that are predicted.
        shares: how often each id occurs in the training part ``(V,)``, a share; 0 for padding.
    """

    tokens: Tokens
    length: int
    shares: tuple[float, ...]

    kind: ClassVar[TaskKind] = LANGUAGE_MODEL.name
    declaration: ClassVar[TaskDeclaration] = LANGUAGE_MODEL
    options: ClassVar[type[Any]] = LanguageOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Of each window: tokens that do not count, tokens that do, their characters ``(n, 3) float32``.

        What follows a token stands in the window itself.
        """
        return {TARGET: np.asarray(targets[TARGET], np.float32)}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on, and hand the tokens to the head."""
        return inputs, inputs.one(STREAM).tensor

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """From scores ``(n, L + 1, V)`` to nats ``(n, L)`` and scores of the next token ``(n, V)``."""
        tokens = keras.ops.squeeze(context, -1)
        start = np.log(np.maximum(np.array(self.shares), LEAST_SHARE)).tolist()
        scores = TokenBias(start, name="token_bias", dtype="float32")(features)
        return {
            NATS: TokenNats(name=NATS, dtype="float32")([scores, tokens]),
            NEXT: NextScores(name=NEXT, dtype="float32")([scores, tokens]),
        }

    def loss(self, options: Any) -> keras.losses.Loss:
        """Mean nats per token."""
        return MeanNats()

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """They are nats and logits already."""
        if any(isinstance(values, np.ndarray) for values in outputs.values()):
            return dict(outputs)
        return {
            name: keras.layers.Identity(dtype="float32", name=f"told_{name}")(values)
            for name, values in outputs.items()
        }

    def scorer(self) -> SingleTarget:
        """Hears of ``encode``'s counts and of nats."""
        return SingleTarget(LanguageScorer(), NATS)

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``nats_per_token`` and ``perplexity`` of each window, padding left out."""
        nats = np.asarray(predictions[NATS], np.float64)
        mean = nats.sum(axis=1) / np.maximum((nats != 0).sum(axis=1), 1)
        return {"nats_per_token": mean, "perplexity": np.exp(np.minimum(mean, 700.0))}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``unigram``: the share of each token in training, whatever came before it."""
        places = np.zeros((len(inputs[TEXT]), self.length + 1), np.int64)
        for row, text in enumerate(np.asarray(inputs[TEXT])):
            ids = self.tokens.encode(text)[: self.length + 1]
            places[row, : len(ids)] = ids
        following = places[:, 1:]
        nats = -np.log(np.maximum(np.array(self.shares), LEAST_SHARE))[following]
        return {"unigram": {NATS: np.where(following == PADDING, 0.0, nats)}}

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``ngrams``: the last four tokens, smoothed (Witten and Bell, 1991)."""
        windows = np.asarray(train[STREAM])[:, :, 0]
        # a window's last token is the next one's first
        nats = witten_bell(windows[:, :-1].ravel(), self.tokens.size, np.asarray(inputs[STREAM])[:, :, 0])
        return {f"{ORDER}-gram": {NATS: nats}}

    def describe(self) -> dict[str, Any]:
        """The fitted task as JSON."""
        return {
            "kind": self.kind,
            "names": ["next token"],
            "unit": self.tokens.unit,
            "known": self.tokens.known,
            "length": self.length,
            "shares": list(self.shares),
        }


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> LanguageModel:
    """Fit the task: everything it needs stands in the modality's facts."""
    return restore(facts)


def restore(description: Mapping[str, Any]) -> LanguageModel:
    """Bring a fitted task back from its description."""
    return LanguageModel(
        tokens=Tokens(unit=description["unit"], known=description["known"]),
        length=int(description["length"]),
        shares=tuple(float(share) for share in description["shares"]),
    )
