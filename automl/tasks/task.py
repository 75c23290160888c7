"""What a task is: target encoding, head, loss, metrics and decoding of one kind of question.

A task is fitted on the targets of the training part (``fit_task`` of each kind) and is then frozen.
Symbols: n examples, k outputs (classes or target columns), h forecast steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from automl.core.specs import TaskKind
from automl.core.tensors import Inputs
from automl.tasks.declaration import TaskDeclaration

if TYPE_CHECKING:
    import keras
    import numpy as np
    from keras import KerasTensor

    from automl.metrics.scorer import Scorer


class Task(Protocol):
    """A fitted task."""

    kind: TaskKind
    options: type[Any]
    """Frozen dataclass of searched parameters of head and loss (``label_smoothing``, ``loss``, ...)."""

    @property
    def declaration(self) -> TaskDeclaration:
        """What is known of the task without its data: metrics, words, kind of its targets, ..."""
        ...

    def encode(self, targets: np.ndarray) -> np.ndarray:
        """Raw targets (see ``Examples.targets``) to float32 training targets, first axis n.

        Raises:
            DataError: a label that the training part did not have.
        """
        ...

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Prepare inputs before the family sees them; returns them and a context for ``head``."""
        ...

    def head(self, features: KerasTensor, context: Any, options: Any) -> KerasTensor:
        """From the first of the needed features that there is to raw outputs: logits ``(n, k)``,
        standardised values.
        """
        ...

    def loss(self, options: Any) -> keras.losses.Loss:
        """The training loss between encoded targets and raw outputs."""
        ...

    def finish(self, outputs: KerasTensor) -> KerasTensor:
        """Raw outputs to predictions, as the last layers of the exported model:
        probabilities ``(n, k)``, values in the unit of the target ``(n, k)`` or ``(n, h, k)``.
        """
        ...

    def predictions(self, outputs: np.ndarray) -> np.ndarray:
        """The same as ``finish`` on arrays."""
        ...

    def scorer(self) -> Scorer:
        """Return what hears of *encoded* targets and predictions batch by batch, and scores them."""
        ...

    def score(self, targets: np.ndarray, predictions: np.ndarray) -> dict[str, float]:
        """Every metric of the task, of *encoded* targets against predictions."""
        ...

    def decode(self, predictions: np.ndarray) -> dict[str, np.ndarray]:
        """Predictions to columns of a result file: labels and probabilities, or values.

        Each column has n rows; a forecast has n * h, the steps of one example one after another.
        """
        ...

    def baselines(
        self, train: np.ndarray, validation: np.ndarray, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Predictions for the validation part of trivial rules, by name of the rule.

        ``train`` and ``validation`` are encoded targets, ``inputs`` the validation part's raw inputs.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Plain data (JSON) from which ``tasks.kinds`` restores the fitted task."""
        ...
