"""What a task is: target encoding, head, loss, metrics and decoding of one kind of question.

A task is fitted on the targets of the training part (``fit_task`` of each kind) and is then frozen.
Targets, raw outputs and predictions are mappings by name; where there is one of them, its name is
``core.targets.TARGET``. Raw outputs need not have the names and shapes of the encoded targets.
Symbols: n examples, k outputs (classes or target columns), h forecast steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from automl.core.specs import TaskKind
from automl.core.tensors import Inputs
from automl.tasks.declaration import TaskDeclaration

if TYPE_CHECKING:
    import keras
    import numpy as np
    from keras import KerasTensor

    from automl.core.tokens import Tokens
    from automl.tasks.deciding import Decision
    from automl.tasks.fairness.thresholds import GroupDecision
    from automl.tasks.gallery import Gallery


class TaskScorer(Protocol):
    """As ``metrics.scorer.Scorer``, of mappings by name."""

    def update(
        self,
        targets: Mapping[str, np.ndarray],
        predictions: Mapping[str, np.ndarray],
        groups: np.ndarray | None = None,
    ) -> None:
        """Hear of a batch: encoded targets, predictions, and the group of each example."""
        ...

    def result(self) -> dict[str, float]:
        """Every metric by name; NaN where nothing was heard of or a prediction was not finite."""
        ...


class Task(Protocol):
    """A fitted task."""

    kind: TaskKind
    options: type[Any]
    """Frozen dataclass of searched parameters of head and loss (``label_smoothing``, ``loss``, ...)."""

    @property
    def declaration(self) -> TaskDeclaration:
        """What is known of the task without its data: metrics, words, kind of its targets, ..."""
        ...

    def encode(self, targets: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Raw targets (see ``Examples.targets``) to training targets: dense arrays, first axis n.

        Amounts are float32. Whole numbers are int32 and stay so all the way into the loss.

        Raises:
            DataError: a label that the training part did not have.
        """
        ...

    def connect(self, inputs: Inputs, options: Any) -> tuple[Inputs, Any]:
        """Prepare inputs before the family sees them; returns them and a context for ``head``."""
        ...

    def head(self, features: Any, context: Any, options: Any) -> dict[str, KerasTensor]:
        """From the first of the needed features that there is to raw outputs: logits ``(n, k)``,
        standardised values.

        Where heads need different features (``TaskDeclaration.each_need``), ``features`` holds one for each
        of these needs.
        """
        ...

    def loss(self, options: Any) -> keras.losses.Loss:
        """The training loss between the mappings of encoded targets and of raw outputs.

        See ``automl.tasks.losses`` for one that joins a loss per target, and for one that sees all.
        """
        ...

    def finish(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """Raw outputs to predictions, as the last layers of the exported model:
        probabilities ``(n, k)``, values in the unit of the target ``(n, k)`` or ``(n, h, k)``.

        NumPy arrays are finished, too, each time an epoch is scored: in NumPy where the backend would
        be slower or less precise.
        """
        ...

    def scorer(self) -> TaskScorer:
        """Return what hears of *encoded* targets and predictions batch by batch, and scores them."""
        ...

    def decode(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Predictions to columns of a result file: labels and probabilities, or values.

        Each column has n rows; a forecast has n * h, the steps of one example one after another.
        """
        ...

    def baselines(
        self,
        train: Mapping[str, np.ndarray],
        validation: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """Predictions for the validation part of trivial rules, by name of the rule.

        ``train`` and ``validation`` are encoded targets, ``inputs`` the validation part's raw inputs.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Plain data (JSON) from which ``tasks.kinds`` restores the fitted task."""
        ...


@runtime_checkable
class Joins(Protocol):
    """A task over several targets."""

    @property
    def tasks(self) -> Mapping[str, Task]:
        """The task of each target, by name."""
        ...


@runtime_checkable
class FitsHead(Protocol):
    """A task whose head can be fitted in closed form, before the first step of training."""

    def fit_head(
        self,
        model: keras.Model,
        inputs: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        options: Any,
    ) -> bool:
        """Give the head of a new model the weights that fit best on the features as they are.

        Args:
            model: as trials train it, from preprocessed inputs to raw outputs.
            inputs: preprocessed inputs of the training part.
            targets: its encoded targets.
            options: those of the task that the model was built with.

        Returns:
            whether the options ask for it, else nothing is done.
        """
        ...


@runtime_checkable
class Continues(Protocol):
    """A task whose models say what follows in a text."""

    @property
    def streams(self) -> Mapping[str, Tokens]:
        """How the text becomes tokens, by the name of the tensor that a network takes."""
        ...


@runtime_checkable
class Recognises(Protocol):
    """A task whose models tell whom or what an example shows, among those in a gallery."""

    def recognise(self, predictions: Mapping[str, np.ndarray], gallery: Gallery) -> dict[str, np.ndarray]:
        """Return columns of a result file for predictions, named by a gallery."""
        ...


@runtime_checkable
class Teaches(Protocol):
    """A task in which a network can learn what others predict."""

    def lesson(self, predictions: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Predictions as encoded targets, such as probabilities in the place of 0 and 1."""
        ...

    def taught(self, options: Any) -> Any:
        """Return options without what helps against noisy or unequal labels: teachers have seen to that."""
        ...


@runtime_checkable
class Thins(Protocol):
    """A task that may learn from a part of the training rows, and knows what that does to its outputs."""

    def thinned(
        self, targets: Mapping[str, np.ndarray], rows: np.ndarray | None, options: Any, seed: int
    ) -> np.ndarray | None:
        """Return the positions of the rows to learn from, ascending int32; None for all.

        Args:
            targets: encoded targets of the whole training part.
            rows: positions that may be chosen, None for all.
            options: those of the task.
            seed: of the choice.
        """
        ...


@runtime_checkable
class Decides(Protocol):
    """A task whose answers follow from probabilities by a threshold, where mistakes have costs."""

    def decided(
        self, targets: Mapping[str, np.ndarray], predictions: Mapping[str, np.ndarray], seed: int
    ) -> tuple[Task, Decision | GroupDecision] | None:
        """Return the task with its threshold, and what that is worth; None where nothing has a cost.

        Args:
            targets: encoded targets of rows that were not trained on.
            predictions: of these rows, as they are exported.
            seed: of the cross-validation.
        """
        ...


@runtime_checkable
class AnswersByClass(Protocol):
    """A task that answers one class for each example, by its probabilities."""

    @property
    def classes(self) -> tuple[str, ...]:
        """In the order of the probabilities."""
        ...

    @property
    def positive(self) -> int:
        """Which of two classes has the threshold."""
        ...

    @property
    def threshold(self) -> float | None:
        """Probability from which on it is answered; None for the class with the highest."""
        ...


@runtime_checkable
class ComparesGroups(Protocol):
    """A task that knows of protected groups of rows, where such were named."""

    def grouped(self, compared: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Return what travels beside the encoded targets of rows that are scored; nothing without groups.

        Args:
            compared: see ``data.modality.Examples.compared``.
        """
        ...

    def reweighed(
        self, targets: Mapping[str, np.ndarray], compared: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return the encoded targets of training rows with their weights, where that was asked for."""
        ...

    def of_rows(self, compared: Mapping[str, np.ndarray]) -> Task:
        """Return the task as it answers certain rows, where thresholds go by group.

        Raises:
            DataError: their groups are not known.
        """
        ...

    def group_rule(self) -> dict[str, Any] | None:
        """Return how thresholds go by group (JSON), None for one threshold for all.

        ``columns`` make the groups, ``groups`` are those that stand for themselves, rows of any other count
        as ``others``; ``thresholds`` has that of each, and the usual one holds where there is none.
        """
        ...


@runtime_checkable
class KnowsSpread(Protocol):
    """A task that predicts amounts and knows how much these vary."""

    def spread(self) -> Mapping[str, np.ndarray]:
        """Return the standard deviation of each target in training, in its unit, by name of the prediction
        ``(k,)``; nothing of what is no amount.
        """
        ...


@runtime_checkable
class TakesForm(Protocol):
    """A task whose predictions have the form of the raw input that they are for, such as a mask's."""

    def in_form_of(self, inputs: Mapping[str, Any], predictions: Mapping[str, Any]) -> dict[str, Any]:
        """Return predictions in the form of raw inputs, as the very last layers of the exported model.

        Args:
            inputs: raw inputs by name, as tensors of Keras.
            predictions: what ``finish`` gave.
        """
        ...

    def decode_for(
        self, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """As ``Task.decode``, in the form that each example had before it was read.

        Args:
            predictions: of the exported model.
            keys: columns that name the examples, with what tells their form; see ``Examples.keys``.
        """
        ...


@runtime_checkable
class LearnsBaselines(Protocol):
    """A task with simple rules that are learned from the inputs, in closed form and within seconds."""

    def learned_baselines(
        self,
        train: Mapping[str, np.ndarray],
        targets: Mapping[str, np.ndarray],
        inputs: Mapping[str, np.ndarray],
    ) -> dict[str, dict[str, np.ndarray]]:
        """Predictions by name of the rule, as ``Task.baselines`` gives them.

        Args:
            train: preprocessed inputs of the training part.
            targets: its encoded targets.
            inputs: preprocessed inputs of what is predicted.
        """
        ...


@runtime_checkable
class PlacesAnswers(Protocol):
    """A task whose answers lie in pictures that were made smaller, or larger, when they were read."""

    def placed(
        self, predictions: Mapping[str, np.ndarray], keys: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Return predictions in pixels of the pictures' files.

        Args:
            predictions: in pixels of the pictures as they were read.
            keys: of the examples, ``height`` and ``width`` of each picture among them.
        """
        ...
