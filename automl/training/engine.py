"""What an engine is: it trains a group of candidates and returns what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from automl.core.specs import Objective

if TYPE_CHECKING:
    import keras
    import numpy as np

StopReason: TypeAlias = Literal["", "pruned", "deadline", "interrupted", "patience", "diverged"]


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """How one candidate is trained; every field may be searched.

    Attributes:
        optimizer: ``adam``, ``adamw``, ``nadam``, ``rmsprop``, ``sgd`` (Nesterov), ``lion``, ``adafactor``,
            ``muon``.
        learning_rate: peak learning rate.
        schedule: ``constant``, ``cosine``, ``onecycle``, ``warmup_linear``, ``step``, ``coslog4``,
            ``plateau``.
        warmup: share of all steps during which the rate rises from 0.
        batch_size: examples per step, over all devices.
        weight_decay: decoupled decay per step, as in AdamW (Loshchilov and Hutter, 2019); applied by
            every optimizer, not on biases and norms.
        momentum: of ``sgd``, and the first decay rate of ``rmsprop``.
        gradient_clip: largest global norm of a gradient, 0 for none.
        mixup: concentration of the Beta distribution of mixup (Zhang et al., 2018), 0 for none; for
            image classification.
        patience: epochs without a better score after which training ends, 0 for never.
    """

    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    warmup: float = 0.0
    batch_size: int = 128
    weight_decay: float = 0.0
    momentum: float = 0.9
    gradient_clip: float = 0.0
    mixup: float = 0.0
    patience: int = 0


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One model to train.

    Attributes:
        model: takes the dictionary of preprocessed inputs, gives raw outputs; not compiled.
        loss: training loss between encoded targets and raw outputs.
        options: how to train it.
        epochs: full length in epochs; schedules are laid over it.
        seed: of batches and of random layers.
    """

    model: keras.Model
    loss: keras.losses.Loss
    options: TrainingOptions
    epochs: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Split:
    """Preprocessed data of one fold, shared by all candidates.

    Attributes:
        train: inputs by name, first axis examples.
        train_targets: encoded targets, float32.
        validation: inputs by name of the validation part.
        score: from raw outputs on the validation part to every metric of the task.
    """

    train: Mapping[str, np.ndarray]
    train_targets: np.ndarray
    validation: Mapping[str, np.ndarray]
    score: Callable[[np.ndarray], dict[str, float]]


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """What is known after one epoch: metrics hold ``loss`` and every ``val_<metric>``."""

    number: int
    metrics: Mapping[str, float]
    seconds: float


Observer: TypeAlias = Callable[[Epoch], StopReason]
"""Called after each epoch; a reason ends the training there."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one candidate; its model holds the weights of the best epoch.

    Attributes:
        epochs: every epoch trained, in order.
        best: index into ``epochs`` of the best one, -1 when there is none.
        stopped: why it ended before its full length, or empty.
    """

    epochs: tuple[Epoch, ...]
    best: int
    stopped: StopReason = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


class Engine(Protocol):
    """Trains a group of candidates of one structure; a group of one is the common case."""

    name: str

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
    ) -> Sequence[Outcome]:
        """Train each candidate to its full length or until it is stopped.

        Args:
            candidates: models with their options.
            split: the data.
            objective: decides which epoch is best (a cost counts as the task's first metric).
            observers: one per candidate.
            deadline: ``time.monotonic()`` at which training stops, in mid-epoch if need be; the
                validation part is still scored once.
        """
        ...
