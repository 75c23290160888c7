"""Images, videos, texts and sounds that are equal or nearly so: within the data and over the split."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from automl.data.alike.sets import Alike
from automl.data.audit.finding import Finding, Mood

TOLD, MANY = 0.01, 0.1
"""Shares of examples from which it is told, and from which scores cannot be believed."""

MOST_NAMED = 2


def copies(
    alike: Alike, names: np.ndarray, held: np.ndarray | None, classes: np.ndarray | None
) -> list[Finding]:
    """Return what is suspicious about examples that are alike.

    Args:
        alike: which ones are.
        names: of the examples ``(n,)``.
        held: which ones validate ``(n,) bool``; None where each does in turn, on the side of its like.
        classes: codes ``(n,)``; None where the target is none.
    """
    if alike.is_chain:
        return [_chain(alike)]
    found = []
    spanning = np.zeros(len(names), bool) if held is None else _spanning(alike.sets, held)
    if held is not None and spanning[held].any():
        found.append(_across(alike, names, held, spanning))
    elif alike.repeated.mean() >= TOLD:
        found.append(_within(alike, names))
    if classes is not None:
        found += _contradicting(
            alike if alike.same else replace(alike, sets=alike.equal, near=False), names, classes
        )
    return found


def _within(alike: Alike, names: np.ndarray) -> Finding:
    share = float(alike.repeated.mean())
    return Finding(
        kind="duplicates",
        where=alike.what,
        mood="careful",
        told=f"{share:.1%} of the {alike.what} ({_counted(alike.repeated)}) {_words(alike)} another one, "
        f"such as {_pair(alike, names, alike.repeated)}.",
        advice="A random split keeps them on one side; if they are one thing counted twice, remove them.",
        size=share,
    )


def _across(alike: Alike, names: np.ndarray, held: np.ndarray, spanning: np.ndarray) -> Finding:
    share = float(spanning[held].mean())
    mood: Mood = "bad" if share >= MANY else "careful"
    return Finding(
        kind="duplicates",
        where="split",
        mood=mood,
        told=f"{share:.1%} of the validation {alike.what} ({_counted(spanning & held)}) {_words(alike)} "
        f"one of training, such as {_pair(alike, names, spanning)}: scores are too good.",
        advice="Remove them from one of the parts, or name what they share: --group-column.",
        size=share,
    )


def _chain(alike: Alike) -> Finding:
    share = float(alike.counts.max() / len(alike.sets))
    return Finding(
        kind="duplicates",
        where=alike.what,
        mood="bad",
        told=f"{share:.0%} of the {alike.what} hang together, each nearly equal to a next, as in a film.",
        advice="A random split puts them on both sides: name what they are parts of, --group-column.",
        size=share,
    )


def _contradicting(alike: Alike, names: np.ndarray, classes: np.ndarray) -> list[Finding]:
    """Sets with more than one class: at least one label is wrong, or classes look the same."""
    pairs = np.unique(np.stack([alike.sets, classes]), axis=1)
    several = np.bincount(pairs[0], minlength=int(alike.sets.max()) + 1) > 1
    odd = several[alike.sets]
    share = float(odd.mean())
    if share < TOLD and odd.sum() < 2 * FEW_SETS:
        return []
    return [
        Finding(
            kind="labels",
            where="target",
            mood="careful",
            told=f"{_counted(odd)} {alike.what} {_words(alike)} one of another class, such as "
            f"{_pair(alike, names, odd)}.",
            advice="One of the two labels is wrong, or the classes look the same: look at them.",
            size=share,
        )
    ]


FEW_SETS = 3
"""Sets of different classes from which it is told, however many examples there are."""


def _spanning(sets: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Which examples are of a set with members on both sides ``(n,) bool``."""
    inside, outside = (np.bincount(sets[part], minlength=int(sets.max()) + 1) > 0 for part in (held, ~held))
    return np.asarray((inside & outside)[sets])


def _words(alike: Alike) -> str:
    return "are equal or nearly equal to" if alike.near else "are equal to"


def _counted(which: np.ndarray) -> str:
    return f"{int(which.sum()):,}"


def _pair(alike: Alike, names: np.ndarray, among: np.ndarray) -> str:
    """Two examples of one set, nearly equal ones rather than equal ones."""
    first = int(np.flatnonzero(among)[0])
    same = np.flatnonzero(alike.sets == alike.sets[first])[:MOST_NAMED]
    return " and ".join(str(names[at]) for at in same)
