"""Metrics of transcripts: errors per word and per character, and the surprise at what was said.

Errors are the fewest substitutions, deletions and insertions that make one text of the other (Levenshtein,
1966), counted by rapidfuzz, which jiwer counts with too. They are added up over all transcripts before they
are divided by all words: a long one counts for more, as is usual. Letters count as they are written.

Legend: n clips, t steps, u characters of the longest transcript, a characters of the alphabet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from automl.core.optional import require
from automl.core.transcripts import BLANK
from automl.metrics.metric import CER, CTC_NATS, WER

HEARD = 256
"""Clips of a validation part whose surprise is measured: it decides between equal scores, and costs as much
as some steps of training."""

NEVER = -1e30
"""Logarithm of what cannot be."""

_LIBRARY = "rapidfuzz.distance"


def check_library() -> None:
    """Refuse to go on where transcripts cannot be scored.

    Raises:
        MissingDependencyError: the library is not installed.
    """
    require(_LIBRARY, extra="audio", purpose="to count errors of transcripts")


def word_errors(truth: str, found: str) -> int:
    """Return the errors between the words of two texts."""
    return _errors(truth.split(), found.split())


class TextScorer:
    """Hears of true transcripts and of written ones, both as texts."""

    def __init__(self) -> None:
        self._words, self._characters = 0, 0
        self._word_errors, self._character_errors = 0, 0

    def update(self, y: Sequence[str], p: Sequence[str]) -> None:
        """Hear of a batch of true texts ``y`` and of predicted ones ``p``."""
        for truth, found in zip(y, p, strict=True):
            self._words += len(truth.split())
            self._characters += len(truth)
            self._word_errors += word_errors(truth, found)
            self._character_errors += _errors(truth, found)

    def result(self) -> dict[str, float]:
        """Errors per word and per character; NaN where nothing was said."""
        nothing = float("nan")
        return {
            WER.name: self._word_errors / self._words if self._words else nothing,
            CER.name: self._character_errors / self._characters if self._characters else nothing,
        }


class NatsScorer:
    """Hears of true ids and of logarithms of probabilities: of the first clips, see ``HEARD``."""

    def __init__(self) -> None:
        self._clips, self._characters, self._nats = 0, 0, 0.0

    def update(self, y: np.ndarray, p: np.ndarray) -> None:
        """Hear of a batch: ids ``(n, u)`` and logarithms ``(n, t, a + 1)``."""
        room = max(0, HEARD - self._clips)
        ids, logs = y[:room], p[:room]
        self._clips += len(ids)
        self._characters += int((ids != BLANK).sum())
        self._nats += float(ctc_nats(ids, logs).sum())

    def result(self) -> dict[str, float]:
        """Nats per character, NaN where there was none or a probability was no number."""
        return {CTC_NATS.name: self._nats / self._characters if self._characters else float("nan")}


def ctc_nats(ids: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Return the surprise at transcripts over all ways to write them ``(n,)`` (Graves et al., 2006).

    Args:
        ids: of the characters ``(n, u)``, 0 behind the end; a character that the alphabet does not have is
            taken for the unlikeliest at each step.
        logs: logarithms of the probabilities of blank and characters ``(n, t, a + 1)``.
    """
    rows, room = ids.shape
    if not rows:
        return np.zeros(0)
    known = np.concatenate([logs, logs.min(axis=2, keepdims=True)], axis=2).astype(np.float64)
    # blanks before, between and behind the characters: states 0, 2, 4, ... of 2 u + 1
    states = np.zeros((rows, 2 * room + 1), np.int64)
    states[:, 1::2] = np.minimum(ids, known.shape[2] - 1)
    skips = np.zeros(states.shape, bool)
    skips[:, 3::2] = ids[:, 1:] != ids[:, :-1]
    alpha = np.full((rows, states.shape[1] + 2), NEVER)
    alpha[:, 2:4] = np.take_along_axis(known[:, 0], states, axis=1)[:, :2]
    for step in range(1, known.shape[1]):
        stay, come, skip = alpha[:, 2:], alpha[:, 1:-1], np.where(skips, alpha[:, :-2], NEVER)
        reached = np.logaddexp(np.logaddexp(stay, come), skip)
        alpha[:, 2:] = reached + np.take_along_axis(known[:, step], states, axis=1)
    last = 2 * (ids != BLANK).sum(axis=1)
    ends = alpha[:, 2:]
    blank = np.take_along_axis(ends, last[:, None], axis=1)[:, 0]
    character = np.take_along_axis(ends, np.maximum(last - 1, 0)[:, None], axis=1)[:, 0]
    return -np.where(last > 0, np.logaddexp(blank, character), blank)


def _errors(truth: Sequence[str], found: Sequence[str]) -> int:
    library: Any = require(_LIBRARY, extra="audio", purpose="to count errors of transcripts")
    return int(library.Levenshtein.distance(truth, found))
