"""Transcription: what is said in a recording, written character by character.

Symbols: n recordings, t steps, u characters of the longest transcript, a characters of the alphabet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.core.transcripts import decoded, different, encoded, text_of_points
from automl.metrics.transcription import NatsScorer, TextScorer, check_library
from automl.tasks.ctc import (
    LOG_PROBABILITIES,
    SCORES,
    TEXT,
    BlankOutside,
    CtcPerCharacter,
    GreedyText,
    LogShares,
    greedy,
    log_shares,
)
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.transcription import TRANSCRIPTION
from automl.tasks.known_words import KnownWords, lexicon, spelled

SOUND = "sound"
"""Kind of the tensor that says where a recording ends."""


@dataclass(frozen=True, kw_only=True)
class TranscriptionOptions:
    """Searched parameters of head and loss: none so far."""


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Transcription:
    """Learn the alphabet, the characters of the training part by code point.

    Args:
        kind: ``transcription``.
        targets: texts ``(n,)``; a single target.
        names: name of the target.
        facts: ``unit``, what texts are put together of.

    Raises:
        MissingDependencyError: the library that compares texts is not installed.
    """
    check_library()
    texts = targets[TARGET].tolist()
    return Transcription(
        names=tuple(names),
        alphabet="".join(different(texts, "character")),
        words=tuple(different(texts, "word")) if facts["unit"] == "word" else (),
    )


def restore(description: Mapping[str, Any]) -> Transcription:
    """Bring a task back from what its ``describe`` gave."""
    return Transcription(
        names=tuple(description["names"]),
        alphabet=description["alphabet"],
        words=tuple(description["words"]),
    )


@dataclass(frozen=True, kw_only=True)
class Transcription:
    """A fitted task; see ``Task`` for the meaning of each method.

    Raw outputs are scores of the blank and of each character at each step ``(n, t, a + 1)``. Predictions
    are code points of the text ``(n, t) int32``, 0 behind its end, and logarithms of probabilities.

    Attributes:
        names: name of the target.
        alphabet: characters that can be written, by code point.
        words: that alone are written; none where any are.
    """

    names: tuple[str, ...]
    alphabet: str
    words: tuple[str, ...] = ()

    kind: ClassVar[TaskKind] = TRANSCRIPTION.name
    declaration: ClassVar[TaskDeclaration] = TRANSCRIPTION
    options: ClassVar[type[Any]] = TranscriptionOptions

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Texts to ids ``(n, u) int32``, see ``core.transcripts``."""
        return {TARGET: encoded(targets[TARGET].tolist(), self.alphabet)}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on, and hand the sound to the head, which must know where it ends."""
        return inputs, inputs.one(SOUND).tensor

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """From steps ``(n, t, f)`` to scores."""
        scores = keras.layers.Dense(len(self.alphabet) + 1, dtype="float32", name="character_scores")
        return {SCORES: BlankOutside(dtype="float32", name=SCORES)([scores(features), context])}

    def loss(self, options: Any) -> keras.losses.Loss:
        """Connectionist temporal classification, per character."""
        return CtcPerCharacter()

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Scores to code points of the likeliest text, and to logarithms of probabilities."""
        scores, points = outputs[SCORES], [ord(one) for one in self.alphabet]
        if isinstance(scores, np.ndarray):
            logs = log_shares(scores)
            text = (
                spelled(logs, lexicon(self.words, self.alphabet), np)
                if self.words
                else greedy(scores, points, np)
            )
            return {TEXT: text, LOG_PROBABILITIES: logs}
        logs = LogShares(name=LOG_PROBABILITIES)(scores)
        text = (
            KnownWords(self.words, self.alphabet, name=TEXT)(logs)
            if self.words
            else GreedyText(points, name=TEXT)(scores)
        )
        return {TEXT: text, LOG_PROBABILITIES: logs}

    def scorer(self) -> TranscriptScorer:
        """Hears of ids, and of code points and logarithms of probabilities."""
        return TranscriptScorer(self.alphabet)

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The text of each recording."""
        return {"prediction": np.array(text_of_points(predictions[TEXT]), dtype=object)}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``most frequent transcript`` and ``most frequent word`` of training; nothing has a WER of 1."""
        texts = decoded(train[TARGET], self.alphabet)
        words = Counter(word for text in texts for word in text.split())
        rows, steps = len(validation[TARGET]), 2 * validation[TARGET].shape[1] + 1
        ((transcript, _),) = Counter(texts).most_common(1)
        ((word, _),) = words.most_common(1) or [("", 0)]
        rules = {"most frequent transcript": transcript, "most frequent word": word}
        return {name: self._always(text, rows, steps) for name, text in rules.items()}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "alphabet": self.alphabet,
            "words": list(self.words),
        }

    def _always(self, text: str, rows: int, steps: int) -> dict[str, np.ndarray]:
        """One text for all, and every character as likely as any other."""
        classes = len(self.alphabet) + 1
        points = np.zeros((rows, max(steps, len(text))), np.int32)
        points[:, : len(text)] = [ord(one) for one in text]
        logs = np.full((rows, points.shape[1], classes), -np.log(classes), np.float32)
        return {TEXT: points, LOG_PROBABILITIES: logs}


class TranscriptScorer:
    """A ``TaskScorer`` of ids and of what is predicted for them.

    Args:
        alphabet: that the ids are of.
    """

    def __init__(self, alphabet: str) -> None:
        self._alphabet = alphabet
        self._texts, self._nats = TextScorer(), NatsScorer()
        self._finite = True

    def update(
        self,
        targets: Mapping[str, np.ndarray],
        predictions: Mapping[str, np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        """Hear of a batch."""
        logs = np.asarray(predictions[LOG_PROBABILITIES])
        self._finite = self._finite and bool(np.isfinite(logs).all())
        if not self._finite:
            return
        ids = np.asarray(targets[TARGET])
        self._texts.update(decoded(ids, self._alphabet), text_of_points(np.asarray(predictions[TEXT])))
        self._nats.update(ids, logs)

    def result(self) -> dict[str, float]:
        """Every metric; NaN where a prediction was not finite."""
        every = {**self._texts.result(), **self._nats.result()}
        return every if self._finite else dict.fromkeys(every, float("nan"))
