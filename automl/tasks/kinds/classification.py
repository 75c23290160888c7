"""Classification: one class of several, two or more.

Symbols: n examples, k classes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor

from automl.core.errors import ConfigError, DataError, suggest
from automl.core.mistakes import Asked
from automl.core.names import first_names
from automl.core.protected import GROUP, OTHERS, REWEIGHING, THRESHOLDS
from automl.core.shaping import shaping
from automl.core.specs import TaskKind
from automl.core.targets import TARGET
from automl.core.tensors import Inputs
from automl.metrics.alarms import AlarmMetrics, numbers_in
from automl.metrics.classification import ClassScorer, answers
from automl.metrics.metric import PRECISION_AT, RECALL_AT
from automl.tasks.class_order import classes_of
from automl.tasks.deciding import USUAL, Decision, decide
from automl.tasks.declaration import TaskDeclaration
from automl.tasks.declared.classification import BINARY, MULTICLASS
from automl.tasks.fairness.reweighing import ReweighedLoss, row_weights
from automl.tasks.fairness.scoring import GroupedScorer
from automl.tasks.fairness.thresholds import GroupDecision, Rows, decide_by_group, thresholds_of
from automl.tasks.imbalance import RARE, positive_class
from automl.tasks.layers import WeightedCrossentropy, check_head_start, head, softmax
from automl.tasks.losses import JoinedLoss
from automl.tasks.rare_losses import (
    FOCUSED,
    FocalLoss,
    FromFocused,
    UnbiasedCrossentropy,
    thinned_rows,
    weights_of,
)
from automl.tasks.scoring import SingleTarget
from automl.tasks.task import TaskScorer

CLASS_WEIGHTS = ("none", "balanced")
RARE_LOSSES = ("plain", "weighted", "focal")

DECLARED: Mapping[TaskKind, TaskDeclaration] = {item.name: item for item in (BINARY, MULTICLASS)}


@dataclass(frozen=True, kw_only=True)
class ClassificationOptions:
    """Searched parameters of head and loss.

    Attributes:
        label_smoothing: share of each label spread over all classes (Szegedy et al., 2016).
        class_weight: ``none``, or ``balanced``: each class counts alike, whatever its share; this
            trades accuracy for balanced accuracy.
        head_start: ``random``, or ``prior``: before training every example gets the shares of the classes.
        rare_loss: ``plain``, ``weighted`` or ``focal``; probabilities stay true with each of them, see
            ``tasks.rare_losses``.
        rare_power: of the shares, for the weights of ``weighted``: 1 makes all classes count alike.
        focal_gamma: of ``focal``, 1 or more: how little a row counts that is surely right.
        common_kept: share of the rows of a class with more than half of them that is trained on.
    """

    label_smoothing: float = 0.0
    class_weight: str = "none"
    head_start: str = "random"
    rare_loss: str = "plain"
    rare_power: float = shaping(0.5)
    focal_gamma: float = shaping(2.0)
    common_kept: float = shaping(1.0)

    def __post_init__(self) -> None:
        if self.rare_loss not in RARE_LOSSES:
            raise ConfigError(
                f"Unknown rare_loss {self.rare_loss!r}. {suggest(self.rare_loss, RARE_LOSSES)}"
            )
        if self.focal_gamma < 1:
            raise ConfigError(f"Expected a focal_gamma of at least 1, got {self.focal_gamma}.")
        if not 0 < self.common_kept <= 1:
            raise ConfigError(f"Expected a common_kept above 0 and at most 1, got {self.common_kept}.")
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
        facts: ``asked``: what the user asks for, an ``Asked``; or nothing.

    Raises:
        DataError: only one class, or not two for a binary task.
    """
    classes, shares = classes_of(targets[TARGET])
    _check_classes(kind, classes, names)
    return Classification(
        kind=kind,
        names=names,
        classes=classes,
        shares=shares,
        asked=facts.get("asked", Asked()),
    )


def restore(description: Mapping[str, Any]) -> Classification:
    """Bring a task back from what its ``describe`` gave."""
    return Classification(
        kind=description["kind"],
        names=tuple(description["names"]),
        classes=tuple(description["classes"]),
        shares=tuple(description["shares"]),
        asked=Asked.of(description.get("asked", {})),
        threshold=description.get("threshold"),
        by_group=dict(description.get("by_group", {})),
    )


@dataclass(frozen=True, kw_only=True)
class Classification:
    """One class of k; raw outputs are logits ``(n, k)``, predictions probabilities ``(n, k)``.

    Attributes:
        kind: ``binary`` or ``multiclass``.
        names: name of the label column.
        classes: labels in the order of the outputs: numbers by value, text by alphabet.
        shares: share of each class in the training part.
        asked: what the user asks for beyond the targets.
        threshold: of two classes, the probability from which on the positive one is answered; None for the
            class with the highest.
        by_group: thresholds of protected groups, by name; empty for one threshold for all.
        each: the threshold of each row ``(n,)`` of those that are answered, see ``of_rows``; else None.
    """

    kind: TaskKind
    names: tuple[str, ...]
    classes: tuple[str, ...]
    shares: tuple[float, ...]
    asked: Asked = field(default_factory=Asked)
    threshold: float | None = None
    by_group: Mapping[str, float] = field(default_factory=dict)
    each: np.ndarray | None = field(default=None, compare=False, repr=False)

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
        logits = head(count, prior, name="logits")(features)
        if options.rare_loss == "focal":
            true = FromFocused(options.focal_gamma, self._kept(options), name="unfocused")(logits)
            return {TARGET: true, FOCUSED: logits}
        return {TARGET: logits}

    def loss(self, options: ClassificationOptions) -> keras.losses.Loss:
        """Cross-entropy of logits, or one of those for a rare class; of rows that have weights, weighed."""
        if options.rare_loss == "focal":
            return FocalLoss(options.focal_gamma)
        loss = self._plain_loss(options)
        return JoinedLoss({TARGET: ReweighedLoss(loss) if REWEIGHING in self.asked.mitigate else loss})

    def _plain_loss(self, options: ClassificationOptions) -> keras.losses.Loss:
        if options.rare_loss == "weighted" or options.common_kept < 1:
            weights = weights_of(
                self.shares, options.rare_power if options.rare_loss == "weighted" else 0.0
            )
            kept = self._kept(options)
            return UnbiasedCrossentropy(weights, options.label_smoothing, kept)
        if options.class_weight == "balanced":
            weights = [1 / (len(self.classes) * share) for share in self.shares]
            return WeightedCrossentropy(weights, options.label_smoothing)
        return keras.losses.CategoricalCrossentropy(
            from_logits=True, label_smoothing=options.label_smoothing
        )

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Logits to probabilities."""
        return {TARGET: softmax(outputs[TARGET], name="probabilities")}

    def lesson(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Probabilities are labels that are not certain."""
        return {TARGET: np.asarray(predictions[TARGET], np.float32)}

    def taught(self, options: ClassificationOptions) -> ClassificationOptions:
        """Neither smoothing nor weights nor a loss for a rare class."""
        return replace(
            options, label_smoothing=0.0, class_weight="none", rare_loss="plain", common_kept=1.0
        )

    def thinned(
        self, targets: Mapping[str, np.ndarray], rows: np.ndarray | None, options: Any, seed: int
    ) -> np.ndarray | None:
        """Leave out a share of the common class at random."""
        if options.common_kept == 1:
            return rows
        return thinned_rows(np.asarray(targets[TARGET]).argmax(axis=1), rows, self._kept(options), seed)

    def _kept(self, options: ClassificationOptions) -> list[float]:
        return [options.common_kept if share > 0.5 else 1.0 for share in self.shares]

    def grouped(self, compared: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return the protected group of each row ``(n,)``, where such were named and are known."""
        protected = self.asked.protected
        names = None if protected is None else protected.of_rows(compared)
        return {} if names is None else {GROUP: names}

    def reweighed(
        self, targets: Mapping[str, np.ndarray], compared: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return targets times the weights of their rows, where that was asked for."""
        groups = self.grouped(compared).get(GROUP)
        if REWEIGHING not in self.asked.mitigate or groups is None:
            return dict(targets)
        return {TARGET: targets[TARGET] * row_weights(groups, targets[TARGET])[:, None]}

    def of_rows(self, compared: Mapping[str, np.ndarray]) -> Classification:
        """Return the task with the threshold of each row."""
        if not self.by_group:
            return self
        groups = self.grouped(compared).get(GROUP)
        if groups is None or self.asked.protected is None:
            columns = ", ".join(map(repr, self.asked.protected.columns if self.asked.protected else ()))
            raise DataError(f"Answers go by thresholds of groups: the data needs {columns} and lacks it.")
        rows = self._of_groups(groups)
        return replace(self, each=rows, by_group={})

    def group_rule(self) -> dict[str, Any] | None:
        """Return how thresholds go by group, as JSON has it."""
        if not self.by_group or self.asked.protected is None:
            return None
        return {**self.asked.protected.plain(), "others": OTHERS, "thresholds": dict(self.by_group)}

    def scorer(self) -> TaskScorer:
        """Hears of one-hot targets and probabilities; of two classes the rare one is the positive one."""
        scorer = ClassScorer(self.positive, self.threshold, self._alarms())
        if self.asked.protected is None or len(self.classes) != 2:
            return SingleTarget(scorer)
        return GroupedScorer(scorer, self.answers, self.positive)

    @property
    def positive(self) -> int:
        """Which of two classes is looked for."""
        return positive_class(self.shares)

    def answers(
        self, predictions: Mapping[str, np.ndarray], groups: np.ndarray | None = None
    ) -> np.ndarray:
        """The class that is answered for each row ``(n,) int``.

        Args:
            predictions: probabilities.
            groups: protected group of each row, where thresholds go by it; without, all have the common
            one.
        """
        threshold = self.threshold if self.each is None else self.each
        if self.by_group and groups is not None:
            threshold = self._of_groups(groups)
        return answers(predictions[TARGET], self.positive, threshold)

    def decided(
        self, targets: Mapping[str, np.ndarray], predictions: Mapping[str, np.ndarray], seed: int
    ) -> tuple[Classification, Decision | GroupDecision] | None:
        """Choose the threshold of the positive class by what mistakes cost, or one for each group."""
        costs, groups = self.asked.costs, targets.get(GROUP)
        if costs is None and THRESHOLDS not in self.asked.mitigate:
            return None
        hit = np.asarray(targets[TARGET])[:, self.positive] > 0.5
        chance = np.asarray(predictions[TARGET], np.float64)[:, self.positive]
        decision = None if costs is None else decide(hit, chance, costs, seed=seed)
        chosen = self if decision is None else replace(self, threshold=decision.threshold)
        if THRESHOLDS in self.asked.mitigate and groups is not None:
            usual = USUAL if chosen.threshold is None else chosen.threshold
            rows = Rows(groups=groups, hit=hit, chance=chance)
            metric, bound = next(iter(self.asked.bounds.items()))
            found = decide_by_group(rows, metric, bound, usual=usual, costs=costs, seed=seed)
            return replace(chosen, by_group=dict(found.thresholds)), found
        return None if decision is None else (chosen, decision)

    def _of_groups(self, groups: np.ndarray) -> np.ndarray:
        """The threshold of each row by its group."""
        return thresholds_of(groups, self.by_group, USUAL if self.threshold is None else self.threshold)

    def _alarms(self) -> AlarmMetrics | None:
        """What is measured of the positive class: what is asked for, and the usual where it is rare."""
        if len(self.classes) != 2:
            return None
        rare = self.shares[self.positive] < RARE
        usual = [PRECISION_AT.at(PRECISION_AT.usual), RECALL_AT.at(RECALL_AT.usual)] if rare else []
        alerts, one_in = numbers_in([*usual, *self.asked.metrics])
        costs = self.asked.costs
        known = self.threshold if self.threshold is not None or costs is None else costs.threshold
        return AlarmMetrics(
            alerts=alerts, one_in=one_in, costs=costs, threshold=USUAL if known is None else known
        )

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Columns ``prediction`` and ``probability_<class>``."""
        chances = predictions[TARGET]
        labels = np.array(self.classes, dtype=object)[self.answers(predictions)]
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
            **({"asked": self.asked.plain()} if self.asked.plain() else {}),
            **({} if self.threshold is None else {"threshold": self.threshold}),
            **({"by_group": dict(self.by_group)} if self.by_group else {}),
        }


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
