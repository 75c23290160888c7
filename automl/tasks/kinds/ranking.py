"""Ranking: which items a user will deal with next, learned from what users have dealt with.

A model sees a part of a user's items and is asked for all of them. Its predictions are shares of the items,
below 0 for those that it was given: a list of recommendations begins with the largest.

n  users, I  items
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.ranking import K, RankingScorer, top_items
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.ranking import RANKING
from automl.tasks.neighbours import neighbour_scores
from automl.tasks.ranking_layers import GIVEN, OWN_LOSS, ItemsLoss, SignedShares, Temperature
from automl.tasks.scoring import SingleTarget

HISTORY = "history"
"""Kind and name of the preprocessed input: numbers of items."""

NEIGHBOURS = 50
"""Of each item, in the rule that goes by items like those that a user has dealt with."""

LINE, TAB = "\n", "\t"
"""Between what was given and what was held out, and between items, in raw targets."""


@dataclass(frozen=True, kw_only=True)
class RankingOptions:
    """Nothing is searched in head or loss."""


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Ranking:
    """Fit the task: the items that it knows stand in the modality's facts."""
    return restore(facts)


def restore(description: Mapping[str, Any]) -> Ranking:
    """Bring a task back from what its ``describe`` gave."""
    return Ranking(items=tuple(description["items"]))


@dataclass(frozen=True, kw_only=True)
class Ranking:
    """Items for users.

    Attributes:
        items: all that it knows, as they stand in texts; item number 1 is the first.
    """

    items: tuple[str, ...]

    kind: ClassVar[TaskKind] = RANKING.name
    declaration: ClassVar[TaskDeclaration] = RANKING
    options: ClassVar[type[Any]] = RankingOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Texts of two lines to numbers of items ``(n, any) int32``: given above 0, held out below."""
        rows: list[np.ndarray] = []
        for text in targets[TARGET].tolist():
            given, _, held = str(text).partition(LINE)
            known = self._numbers(given)
            rows.append(np.concatenate([known[known <= len(self.items)], -self._numbers(held)]))
        width = max(1, *map(len, rows)) if rows else 1
        encoded = np.zeros((len(rows), width), np.int32)
        for place, row in enumerate(rows):
            encoded[place, : len(row)] = row
        return {TARGET: encoded}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on; which items are given goes straight to the head."""
        return inputs, inputs.one(HISTORY).tensor

    def head(self, features: Any, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Scores of items ``(n, I)``, sharpened, and the items that are given.

        Scores that come with a loss of their own ``(n, 1)`` are as sharp as that makes them.
        """
        # an input of the model may be no output of it
        given = {GIVEN: keras.layers.Identity(dtype="int32", name="given")(context)}
        if not isinstance(features, tuple):
            return {TARGET: Temperature(dtype="float32", name="temperature")(features), **given}
        scores, loss = features
        as_they_are = keras.layers.Activation("linear", dtype="float32", name="scores")(scores)
        return {TARGET: as_they_are, **given, OWN_LOSS: loss}

    def loss(self, options: Any) -> keras.losses.Loss:
        """Cross-entropy of all items of a user, or the loss that scores come with."""
        return ItemsLoss()

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Scores to shares, below 0 for what is given."""
        scores, given = outputs[TARGET], outputs[GIVEN]
        if isinstance(scores, np.ndarray):
            return {TARGET: SignedShares.of(scores, given)}
        return {TARGET: SignedShares(name="shares")([scores, given])}

    def scorer(self) -> SingleTarget:
        """Hears of numbers of items and of shares."""
        return SingleTarget(RankingScorer())

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The first items of each list as JSON, without those that were given."""
        shares = np.asarray(predictions[TARGET])
        lists = []
        for row, best in zip(shares, top_items(shares, K), strict=True):
            told = [self._told(row, item) for item in best if row[item] >= 0]
            lists.append(json.dumps(told, ensure_ascii=False))
        return {"prediction": np.array(lists, dtype=object)}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``popularity``: what most users have dealt with, for every user."""
        numbers = np.abs(train[TARGET])
        counts = np.bincount(numbers[numbers <= len(self.items)], minlength=len(self.items) + 1)[1:]
        given = np.maximum(validation[TARGET], 0)
        scores = np.log(np.maximum(counts, 0.5)).astype(np.float32)
        return {"popularity": self.finish({TARGET: np.tile(scores, (len(given), 1)), GIVEN: given})}

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``item-KNN``: items like those that a user has dealt with; for catalogues that it takes."""
        given = np.asarray(inputs[HISTORY])[:, :, 0]
        scores = neighbour_scores(np.abs(targets[TARGET]), given, len(self.items), NEIGHBOURS)
        return {} if scores is None else {"item-KNN": self.finish({TARGET: scores, GIVEN: given})}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {"kind": self.kind, "names": ["items"], "items": list(self.items)}

    def _numbers(self, text: str) -> np.ndarray:
        unknown = len(self.items) + 1
        return np.array([self._number.get(item, unknown) for item in text.split(TAB) if item], np.int32)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {item: number for number, item in enumerate(self.items, start=1)}

    def _told(self, row: Sequence[float], item: int) -> dict[str, Any]:
        return {"item": self.items[item], "score": float(f"{float(row[item]):.4g}")}
