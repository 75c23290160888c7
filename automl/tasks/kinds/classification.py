"""Classification: one class of several, two or more.

Symbols: n examples, k classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.names import first_names
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.classification import ClassScorer
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.classification import BINARY, MULTICLASS
from automl.tasks.imbalance import positive_class
from automl.tasks.layers import WeightedCrossentropy, check_head_start, head, softmax
from automl.tasks.losses import JoinedLoss
from automl.tasks.scoring import SingleTarget

CLASS_WEIGHTS = ("none", "balanced")

DECLARED: Mapping[TaskKind, TaskDeclaration] = {item.name: item for item in (BINARY, MULTICLASS)}


@dataclass(frozen=True, kw_only=True)
class ClassificationOptions:
    """Searched parameters of head and loss.

    Attributes:
        label_smoothing: share of each label spread over all classes (Szegedy et al., 2016).
        class_weight: ``none``, or ``balanced``: each class counts alike, whatever its share; this
            trades accuracy for balanced accuracy.
        head_start: ``random``, or ``prior``: before training every example gets the shares of the classes.
    """

    label_smoothing: float = 0.0
    class_weight: str = "none"
    head_start: str = "random"

    def __post_init__(self) -> None:
        if self.class_weight not in CLASS_WEIGHTS:
            raise ConfigError(
                f"Unknown class_weight {self.class_weight!r}. {suggest(self.class_weight, CLASS_WEIGHTS)}"
            )
        check_head_start(self.head_start)


def fit(
    kind: TaskKind, targets: Mapping[str, np.ndarray], *, names: tuple[str, ...], facts: Mapping[str, Any]
) -> Classification:
    """Learn classes and their shares from raw targets of the training part.

    Args:
        kind: ``binary`` or ``multiclass``.
        targets: labels ``(n,)`` object array of str; a single target.
        names: name of the target column.
        facts: unused; nothing beyond the targets is needed.

    Raises:
        DataError: only one class, or not two for a binary task.
    """
    values, counts = np.unique(np.asarray(targets[TARGET]).astype(str), return_counts=True)
    order = _class_order([str(value) for value in values])
    classes = tuple(str(values[place]) for place in order)
    _check_classes(kind, classes, names)
    return Classification(
        kind=kind,
        names=names,
        classes=classes,
        shares=tuple(float(counts[place] / counts.sum()) for place in order),
    )


def restore(description: Mapping[str, Any]) -> Classification:
    """Bring a task back from what its ``describe`` gave."""
    return Classification(
        kind=description["kind"],
        names=tuple(description["names"]),
        classes=tuple(description["classes"]),
        shares=tuple(description["shares"]),
    )


@dataclass(frozen=True, kw_only=True)
class Classification:
    """One class of k; raw outputs are logits ``(n, k)``, predictions probabilities ``(n, k)``.

    Attributes:
        kind: ``binary`` or ``multiclass``.
        names: name of the label column.
        classes: labels in the order of the outputs: numbers by value, text by alphabet.
        shares: share of each class in the training part.
    """

    kind: TaskKind
    names: tuple[str, ...]
    classes: tuple[str, ...]
    shares: tuple[float, ...]

    options: ClassVar[type[Any]] = ClassificationOptions

    @property
    def declaration(self) -> TaskDeclaration:
        """What is known of the task without its data."""
        return DECLARED[self.kind]

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Labels ``(n,)`` to one-hot ``(n, k)`` float32.

        Raises:
            DataError: a label that the training part did not have.
        """
        given = np.asarray(targets[TARGET])
        labels, places = np.unique(given.astype(str), return_inverse=True)
        known = {name: code for code, name in enumerate(self.classes)}
        codes = np.array([known.get(str(label), -1) for label in labels], dtype=np.int64)
        if (codes < 0).any():
            unseen = {str(labels[at]): int((places == at).sum()) for at in np.flatnonzero(codes < 0)}
            raise DataError(_unseen(self.names, unseen, self.classes))
        return {TARGET: np.eye(len(self.classes), dtype=np.float32)[codes[places]]}

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Pass the inputs on."""
        return inputs, None

    def head(self, features: KerasTensor, context: Any, options: Any) -> dict[str, KerasTensor]:
        """Features ``(n, f)`` to logits ``(n, k)``."""
        count = len(self.classes)
        shares = self.shares if options.class_weight == "none" else (1 / count,) * count
        prior = np.log(shares).tolist() if options.head_start == "prior" else None
        return {TARGET: head(count, prior, name="logits")(features)}

    def loss(self, options: ClassificationOptions) -> keras.losses.Loss:
        """Cross-entropy of logits."""
        if options.class_weight == "balanced":
            weights = [1 / (len(self.classes) * share) for share in self.shares]
            return JoinedLoss({TARGET: WeightedCrossentropy(weights, options.label_smoothing)})
        crossentropy = keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=options.label_smoothing
        )
        return JoinedLoss({TARGET: crossentropy})

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Logits to probabilities."""
        return {TARGET: softmax(outputs[TARGET], name="probabilities")}

    def lesson(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Probabilities are labels that are not certain."""
        return {TARGET: np.asarray(predictions[TARGET], np.float32)}

    def taught(self, options: ClassificationOptions) -> ClassificationOptions:
        """Neither smoothing nor weights."""
        return replace(options, label_smoothing=0.0, class_weight="none")

    def scorer(self) -> SingleTarget:
        """Hears of one-hot targets and probabilities; of two classes the rare one is the positive one."""
        return SingleTarget(ClassScorer(positive=positive_class(self.shares)))

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``prediction`` and ``probability_<class>``."""
        chances = predictions[TARGET]
        labels = np.array(self.classes, dtype=object)[chances.argmax(axis=1)]
        shares = {f"probability_{name}": chances[:, code] for code, name in enumerate(self.classes)}
        return {"prediction": labels, **shares}

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """``majority``: the shares of the classes in training, for every example."""
        rows = len(validation[TARGET])
        return {"majority": {TARGET: np.tile(train[TARGET].mean(axis=0), (rows, 1))}}

    def describe(self) -> dict[str, Any]:
        """Plain data for ``restore``."""
        return {
            "kind": self.kind,
            "names": list(self.names),
            "classes": list(self.classes),
            "shares": list(self.shares),
        }


def _class_order(labels: list[str]) -> list[int]:
    """Order by value when every label reads as a number, else by alphabet."""
    try:
        numbers = [float(label) for label in labels]
    except ValueError:
        numbers = [float("nan")]
    if not np.isfinite(numbers).all():
        return sorted(range(len(labels)), key=lambda place: labels[place])
    return sorted(range(len(labels)), key=lambda place: (numbers[place], labels[place]))


def _check_classes(kind: TaskKind, classes: tuple[str, ...], names: tuple[str, ...]) -> None:
    target = f"Target {names[0]!r}" if names else "The target"
    if len(classes) < 2:
        raise DataError(
            f"{target} has only one class ({classes[0]!r}) in the training part: nothing to learn. "
            "Choose another target."
        )
    most = DECLARED[kind].classes
    if most is not None and len(classes) != most:
        raise DataError(
            f"{target} has {len(classes)} classes, a {kind} task has {most}. Use task 'multiclass'."
        )


def _unseen(names: tuple[str, ...], unseen: Mapping[str, int], classes: tuple[str, ...]) -> str:
    found = first_names([f"{label!r} ({count} rows)" for label, count in unseen.items()], 5)
    target = f"target {names[0]!r}" if names else "the target"
    return (
        f"Labels in {target} that the training part does not have: {found}. "
        f"Expected one of: {', '.join(classes[:10])}{', ...' if len(classes) > 10 else ''}."
    )
