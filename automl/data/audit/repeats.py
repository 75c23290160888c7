"""Rows that occur more than once: within the data, on both sides of the split, with different targets."""

from __future__ import annotations

import numpy as np

from automl.data.audit.finding import Finding, Mood

TOLD, MANY = 0.01, 0.1
"""Shares of rows from which it is told, and from which scores cannot be believed."""


def repeats(
    fingerprints: np.ndarray, target: np.ndarray, validation: np.ndarray | None, *, amounts: bool
) -> list[Finding]:
    """Return what is suspicious about rows with the same inputs.

    Args:
        fingerprints: of the inputs of each row ``(n,) uint64``.
        target: ``(n,)``: codes of classes, or amounts.
        validation: which rows validate ``(n,) bool``; None where each row does in turn.
        amounts: whether the target is one.
    """
    different, places, counts = np.unique(fingerprints, return_inverse=True, return_counts=True)
    repeated = 1 - len(different) / max(len(fingerprints), 1)
    found = []
    if validation is not None and validation.any() and not validation.all():
        found += _across(places, len(different), validation)
    elif repeated >= TOLD:
        found.append(_within(repeated))
    if not amounts:
        found += _contradicting(places, counts, target)
    return found


def _within(share: float) -> Finding:
    return Finding(
        kind="duplicates",
        where="rows",
        mood="careful",
        told=f"{share:.1%} of the rows repeat the inputs of another one.",
        advice="If they are one thing counted twice, drop them, or name what they share: --group-column.",
        size=share,
    )


def _across(places: np.ndarray, different: int, validation: np.ndarray) -> list[Finding]:
    trained = np.zeros(different, bool)
    trained[places[~validation]] = True
    share = float(trained[places[validation]].mean())
    if share < TOLD:
        return []
    told = f"{share:.1%} of the validation rows have the inputs of a training row: scores are too good."
    advice = "Drop the duplicates, or keep what belongs together on one side: --group-column."
    mood: Mood = "bad" if share >= MANY else "careful"
    return [Finding(kind="duplicates", where="split", mood=mood, told=told, advice=advice, size=share)]


def _contradicting(places: np.ndarray, counts: np.ndarray, classes: np.ndarray) -> list[Finding]:
    """Rows with the same inputs and another class than most of these: nobody could get them right."""
    several = counts[places] > 1
    if not several.any():
        return []
    pairs, sizes = np.unique(np.stack([places[several], classes[several]]), axis=1, return_counts=True)
    most = np.zeros(len(counts), np.int64)
    np.maximum.at(most, pairs[0], sizes)
    wrong = int(sizes.sum() - most[np.unique(pairs[0])].sum())
    share = wrong / len(places)
    if share < TOLD:
        return []
    told = f"{share:.1%} of the rows have the inputs of others and another class."
    advice = f"No model can exceed an accuracy of {1 - share:.1%}: look for wrong labels or lost columns."
    return [Finding(kind="labels", where="target", mood="careful", told=told, advice=advice, size=share)]
