"""What transcripts show: which words are mistaken for which, and the worst recordings."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from automl.core.figures import Table
from automl.core.optional import require
from automl.core.targets import TARGET
from automl.core.transcripts import decoded, text_of_points
from automl.metrics.transcription import word_errors
from automl.tasks.ctc import TEXT
from automl.tasks.shown import MOST_MISTAKES, Evidence, Mistake, Shown

MOST_WORDS = 20
"""Pairs of words that are listed."""


def evidence(shown: Shown) -> Evidence:
    """Return the evidence of written texts."""
    truth = decoded(np.asarray(shown.encoded[TARGET]), str(shown.task.describe()["alphabet"]))
    found = text_of_points(np.asarray(shown.predictions[TEXT]))
    return Evidence(
        figures=_confusions(truth, found),
        mistakes=_worst(truth, found),
        measure="errors, in words",
    )


def confusions(truth: str, found: str) -> Counter[tuple[str, str]]:
    """Return how often a true word was written as another one; nothing stands for none."""
    library: Any = require("rapidfuzz.distance", extra="audio", purpose="to count errors of transcripts")
    said, written = truth.split(), found.split()
    pairs: Counter[tuple[str, str]] = Counter()
    for change in library.Levenshtein.editops(said, written):
        one = said[change.src_pos] if change.tag != "insert" else ""
        other = written[change.dest_pos] if change.tag != "delete" else ""
        pairs[one, other] += 1
    return pairs


def _confusions(truth: list[str], found: list[str]) -> tuple[Table, ...]:
    every: Counter[tuple[str, str]] = Counter()
    for one, other in zip(truth, found, strict=True):
        every += confusions(one, other)
    if not every:
        return ()
    kinds = {
        "written as another word": sum(count for (one, other), count in every.items() if one and other),
        "left out": sum(count for (_, other), count in every.items() if not other),
        "written where nothing was said": sum(count for (one, _), count in every.items() if not one),
    }
    words = sum(len(text.split()) for text in truth)
    note = f"Of {words:,} words: {', '.join(f'{count:,} {said}' for said, count in kinds.items())}."
    rows = tuple((one, other, count) for (one, other), count in every.most_common(MOST_WORDS))
    return (
        Table(title="Words that were mistaken", columns=("said", "written", "times"), rows=rows, note=note),
    )


def _worst(truth: list[str], found: list[str]) -> tuple[Mistake, ...]:
    errors = [word_errors(one, other) for one, other in zip(truth, found, strict=True)]
    order = sorted(range(len(errors)), key=lambda row: -errors[row])[:MOST_MISTAKES]
    return tuple(
        Mistake(row=row, truth=truth[row], answer=found[row], size=float(errors[row]))
        for row in order
        if errors[row]
    )
