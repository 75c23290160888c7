"""The likeliest text of known words alone (Viterbi, 1967), from probabilities of characters at each step.

Where few words are all that is ever said, spelling mistakes of a network that writes any characters are
mistakes that need not be: words are paths through a tree of their letters, and a space leads back to its
root. It is the end of an exported model, and computes with NumPy where epochs are scored.

Legend: n clips, t steps, a characters of the alphabet, k nodes of the tree; node 0 is the space between
words. A state is a node that is written (0 to k - 1), the blank behind a node (k to 2k - 1), or the blank
before anything is written (2k).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.core.transcripts import BLANK
from automl.tasks.places import of_highest, to_front

NEVER = np.float32(-1e9)
"""Logarithm of what cannot be."""

SPACE = " "


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """A tree of letters.

    Attributes:
        label: class of each node ``(k,) int32``, ``BLANK`` for a space that is never written.
        parent: node before each ``(k,) int32``, the space for first letters.
        first: which are first letters ``(k,) bool``.
        final: which end a word ``(k,) bool``.
        points: code point of each node ``(k,) int32``.
    """

    label: np.ndarray
    parent: np.ndarray
    first: np.ndarray
    final: np.ndarray
    points: np.ndarray


def lexicon(words: Sequence[str], alphabet: str) -> Lexicon:
    """Return the tree of words.

    Args:
        words: at least one.
        alphabet: the characters by their classes, from 1 on.
    """
    classes = {character: place for place, character in enumerate(alphabet, start=1)}
    nodes: dict[str, int] = {SPACE: 0}
    for word in words:
        for end in range(1, len(word) + 1):
            nodes.setdefault(word[:end], len(nodes))
    heads = list(nodes)
    return Lexicon(
        label=np.array([classes.get(head[-1], BLANK) for head in heads], np.int32),
        parent=np.array([nodes.get(head[:-1], 0) for head in heads], np.int32),
        first=np.array([len(head) == 1 and head != SPACE for head in heads]),
        final=np.array([head in set(words) for head in heads]),
        points=np.array([ord(head[-1]) for head in heads], np.int32),
    )


@keras.saving.register_keras_serializable(package="automl")
class KnownWords(keras.layers.Layer):  # type: ignore[misc]
    """From logarithms ``(n, t, a + 1)`` to code points of the likeliest words ``(n, t) int32``, 0 behind.

    Args:
        words: that can be written.
        alphabet: the characters by their classes, from 1 on.
    """

    def __init__(self, words: Sequence[str], alphabet: str, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.words, self.alphabet = list(words), alphabet
        self._lexicon = lexicon(self.words, alphabet)

    def call(self, logs: KerasTensor) -> KerasTensor:
        """Find the likeliest path."""
        return spelled(logs, self._lexicon, ops)

    def in_plain_loop(self, logs: KerasTensor) -> KerasTensor:
        """As ``call``, by a loop with nothing but tensors in it, see ``formats.recurrent``."""
        return spelled(logs, self._lexicon, ops, scans=False)

    def compute_output_spec(self, logs: KerasTensor) -> KerasTensor:
        """As many code points as there are steps."""
        return KerasTensor(logs.shape[:2], dtype="int32")

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "words": self.words, "alphabet": self.alphabet}


def spelled(logs: Any, tree: Lexicon, space: Any, *, scans: bool = True) -> Any:
    """Return the code points of the likeliest text of known words ``(n, t) int32``, 0 behind its end.

    Args:
        logs: logarithms of probabilities ``(n, t, a + 1)``.
        tree: of the words.
        space: NumPy, or ``keras.ops`` for tensors.
        scans: of tensors, whether Keras' scan goes through the steps, or a plain loop.
    """
    nodes = len(tree.label)
    # before the first step only the last state can be
    start = logs[:, 0, :1] * 0.0 + np.array([*[NEVER] * (2 * nodes), 0.0], np.float32)
    by_time = space.transpose(logs, (1, 0, 2))
    ends, came = _scan(_stepping(tree, space), start, by_time, space, scans=scans)
    last = _last(ends, tree, space)

    def back(state: Any, pointers: Any) -> tuple[Any, Any]:
        here = np.arange(2 * nodes + 1, dtype=np.float32)[None, :] == state[:, None]
        return space.sum(space.where(here, pointers, np.float32(0)), axis=1), state

    _, found = _scan(back, last, came, space, scans=scans, reverse=True)
    states = _whole(space.transpose(found, (1, 0)), space)
    before = space.concatenate([space.full_like(states[:, :1], 2 * nodes), states[:, :-1]], axis=1)
    written = space.logical_and(states < nodes, states != before)
    points = space.take(np.concatenate([tree.points, np.zeros(nodes + 1, np.int32)]), states, axis=0)
    return _whole(to_front(points, written, space), space)


def _stepping(tree: Lexicon, space: Any) -> Callable[[Any, Any], tuple[Any, Any]]:
    """Return what goes one step on: from scores of states ``(n, 2k + 1)`` and logarithms ``(n, a + 1)`` to
    such scores, and to the state before each state ``(n, 2k + 1)``.
    """
    nodes = len(tree.label)
    own = np.arange(nodes, dtype=np.int32)[None, :]
    is_space, known = own == 0, tree.label != BLANK
    repeats = tree.label == tree.label[tree.parent]

    def step(scores: Any, logs: Any) -> tuple[Any, Any]:
        node, behind, begin = _parts(scores, nodes)
        emitted = space.where(known, space.take(logs, tree.label, axis=1), NEVER)
        final_node = space.where(tree.final, node, NEVER)
        final_behind = space.where(tree.final, behind, NEVER)
        # equal letters one after another need a blank between them
        parent_node = space.where(repeats, NEVER, space.take(node, tree.parent, axis=1))
        parent_behind = space.take(behind, tree.parent, axis=1)
        ways = [
            node,
            space.where(is_space, space.max(final_node, axis=1, keepdims=True), parent_node),
            space.where(is_space, space.max(final_behind, axis=1, keepdims=True), parent_behind),
            space.where(tree.first, begin, NEVER),
        ]
        ends = [of_highest(item, space)[:, None] for item in (final_node, final_behind)]
        zero = 0 * ends[0]
        came = [
            own + zero,
            space.where(is_space, ends[0], tree.parent[None] + zero),
            space.where(is_space, ends[1] + nodes, tree.parent[None] + nodes + zero),
            2 * nodes + 0 * own + zero,
        ]
        every = space.stack(ways, axis=-1)
        best = of_highest(every, space)
        pointer = came[0]
        for number in range(1, len(came)):
            pointer = space.where(best == number, came[number], pointer)
        blank = logs[:, :1]
        stays = space.where(node > behind, own + zero, own + nodes + zero)
        pointers = space.concatenate([pointer, stays, 2 * nodes + zero], axis=1)
        further = (space.max(every, axis=-1) + emitted, space.maximum(node, behind) + blank, begin + blank)
        return space.concatenate(further, axis=1), _decimal(pointers, space)

    return step


def _parts(scores: Any, nodes: int) -> tuple[Any, Any, Any]:
    """Scores of nodes, of the blanks behind them, and of the blank before all."""
    return scores[:, :nodes], scores[:, nodes : 2 * nodes], scores[:, 2 * nodes :]


def _last(scores: Any, tree: Lexicon, space: Any) -> Any:
    """The likeliest state ``(n,)`` at the end, where a word has ended or none begun."""
    node, behind, begin = _parts(scores, len(tree.label))
    ends = [space.where(tree.final, item, NEVER) for item in (node, behind)]
    return _decimal(of_highest(space.concatenate([*ends, begin], axis=1), space), space)


def _scan(
    step: Callable[[Any, Any], tuple[Any, Any]],
    first: Any,
    items: Any,
    space: Any,
    *,
    scans: bool,
    reverse: bool = False,
) -> tuple[Any, Any]:
    """Go through items, one after another; what is told at each stays at its place.

    On TensorFlow that must be of the shape and the type of what is carried on.
    """
    if space is not np and scans:
        found: tuple[Any, Any] = ops.scan(step, first, items, reverse=reverse)
        return found
    if space is not np:
        return _looped(step, first, items, reverse=reverse)
    told = []
    for item in items[::-1] if reverse else items:
        first, said = step(first, item)
        told.append(said)
    return first, np.stack(told[::-1] if reverse else told)


def _looped(
    step: Callable[[Any, Any], tuple[Any, Any]], first: Any, items: Any, *, reverse: bool
) -> tuple[Any, Any]:
    """As ``_scan``; what has been told is one array, of which each step writes its place."""
    steps = items.shape[0]
    places = ops.reshape(np.arange(steps, dtype=np.int32), (-1, *[1] * len(first.shape)))

    def going(at: Any, state: Any, told: Any) -> Any:
        return at < steps

    def body(at: Any, state: Any, told: Any) -> tuple[Any, Any, Any]:
        place = steps - 1 - at if reverse else at
        state, said = step(state, ops.take(items, place, axis=0))
        return at + 1, state, ops.where(places == place, said[None], told)

    empty = ops.repeat(ops.zeros_like(first)[None], steps, axis=0)
    _, state, told = ops.while_loop(going, body, (ops.convert_to_tensor(0, "int32"), first, empty))
    return state, told


def _decimal(values: Any, space: Any) -> Any:
    """Whole numbers as float32, for ``_scan``."""
    return values.astype("float32") if space is np else ops.cast(values, "float32")


def _whole(values: Any, space: Any) -> Any:
    return values.astype("int32") if space is np else ops.cast(values, "int32")
