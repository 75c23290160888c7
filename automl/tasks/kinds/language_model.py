"""Language modelling: what follows at each place of a running text.

A model reads a window of L + 1 tokens and says how surprised it is at each of the last L, and what may
follow the window. Symbols: n windows, V size of the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

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
"""Kind of the tensor of tokens, its name where there is one, and name of the raw input."""

SUBWORD: Final = "subword"

LEAST_SHARE = 1e-9
"""Of a token, so that it has a logarithm."""


@dataclass(frozen=True, kw_only=True)
class LanguageOptions:
    """Searched parameters of head and loss: none so far."""


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """A fitted task; see ``Task`` for the meaning of each method.

    Attributes:
        streams: how text becomes tokens, by the name of the tensor; several where trials differ in it.
        length: L, the tokens of a window that are predicted.
        shares: how often each id occurs in the training part ``(V,)``, a share; 0 for padding.
    """

    streams: Mapping[str, Tokens]
    length: int
    shares: Mapping[str, tuple[float, ...]]

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
        return inputs, inputs.one(STREAM)

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """From scores ``(n, L + 1, V)`` to nats ``(n, L)`` and scores of the next token ``(n, V)``."""
        tokens = keras.ops.squeeze(context.tensor, -1)
        start = np.log(np.maximum(np.array(self.shares[context.spec.name]), LEAST_SHARE)).tolist()
        scores = TokenBias(start, name="token_bias", dtype="float32")(features)
        return {
            NATS: TokenNats(name=NATS, dtype="float32")([scores, tokens]),
            NEXT: NextScores(name=NEXT, dtype="float32")([scores, tokens]),
        }

    def loss(self, options: Any) -> keras.losses.Loss:
        """Mean nats per token."""
        return MeanNats()

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """They are nats and logits already; arrays of nats get as many places as the exported model has."""
        if any(isinstance(values, np.ndarray) for values in outputs.values()):
            nats = np.asarray(outputs[NATS])
            room = max(self.length - nats.shape[1], 0)
            return {**outputs, NATS: np.pad(nats, [(0, 0), (0, room)])}
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
        name, tokens = self._first
        texts = np.asarray(inputs[TEXT])
        rows = [tokens.encode_window(text)[: self.length + 1] for text in texts]
        places = np.zeros((len(rows), max([self.length + 1, *map(len, rows)])), np.int64)
        for row, ids in enumerate(rows):
            places[row, : len(ids)] = ids
        following = places[:, 1:]
        nats = -np.log(np.maximum(np.array(self.shares[name]), LEAST_SHARE))[following]
        return {"unigram": {NATS: np.where(following == PADDING, 0.0, nats)}}

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``ngrams``: the last four tokens, smoothed (Witten and Bell, 1991)."""
        name, tokens = self._first
        windows = np.asarray(train[name])[:, :, 0]
        # a window's last unit is the next one's first
        text = windows[:, :-1].ravel() if tokens.unit != SUBWORD else windows[:, 1:][windows[:, 1:] > 0]
        nats = witten_bell(text, tokens.size, np.asarray(inputs[name])[:, :, 0])
        return {f"{ORDER}-gram": {NATS: nats}}

    @property
    def _first(self) -> tuple[str, Tokens]:
        """The stream that simple rules read: of several the one with the smallest vocabulary."""
        return next(iter(self.streams.items()))

    def describe(self) -> dict[str, Any]:
        """The fitted task as JSON."""
        own = {"kind": self.kind, "names": ["next token"], "length": self.length}
        name, tokens = self._first
        if tokens.unit != SUBWORD:
            return {**own, "unit": tokens.unit, "known": tokens.known, "shares": list(self.shares[name])}
        longest = max((item.merges for item in self.streams.values()), key=len)
        return {
            **own,
            "unit": SUBWORD,
            "merges": [list(pair) for pair in longest],
            "taken": {name: len(item.merges) for name, item in self.streams.items()},
            "shares": {name: list(shares) for name, shares in self.shares.items()},
        }


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> LanguageModel:
    """Fit the task: everything it needs stands in the modality's facts."""
    return restore(facts)


def restore(description: Mapping[str, Any]) -> LanguageModel:
    """Bring a fitted task back from its description."""
    length, shares = int(description["length"]), description["shares"]
    if description["unit"] != SUBWORD:
        tokens = Tokens(unit=description["unit"], known=description["known"])
        return LanguageModel(
            streams={STREAM: tokens},
            length=length,
            shares={STREAM: tuple(float(share) for share in shares)},
        )
    merges = tuple((int(first), int(second)) for first, second in description["merges"])
    return LanguageModel(
        streams={
            name: Tokens(unit=SUBWORD, merges=merges[:count])
            for name, count in description["taken"].items()
        },
        length=length,
        shares={name: tuple(float(share) for share in every) for name, every in shares.items()},
    )
