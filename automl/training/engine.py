"""What an engine is: it trains a group of candidates and returns what came of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from automl.core.shaping import shaping
from automl.core.specs import Objective
from automl.training.batches.transforms.transform import BatchTransform, Kinds
from automl.training.scoring import Scorer

if TYPE_CHECKING:
    import keras
    import numpy as np

OUTPUT_BYTES = 64 << 20
"""Most bytes of raw outputs that come with an outcome."""

StopReason: TypeAlias = Literal["", "pruned", "paused", "deadline", "interrupted", "patience", "diverged"]


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
        accumulation: parts that a batch is trained in, one after another, their gradients summed before
            the step; more parts need less memory. Rounded up to a divisor of the batch size.
        passes: how often each example is seen over the full length, however many epochs it has; 0 for once
            an epoch.
        weight_decay: decoupled decay per step, as in AdamW (Loshchilov and Hutter, 2019); applied by
            every optimizer, not on biases and norms.
        momentum: of ``sgd``, and the first decay rate of ``rmsprop``.
        beta_2: of ``adam`` and ``adamw``, the decay rate of the mean square of gradients.
        gradient_clip: largest global norm of a gradient, 0 for none.
        patience: passes over the training part without a better score after which training ends, 0 for
            never.
    """

    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    schedule: str = "cosine"
    warmup: float = 0.0
    batch_size: int = 128
    accumulation: int = 1
    passes: int = 0
    weight_decay: float = 0.0
    momentum: float = 0.9
    beta_2: float = 0.999
    gradient_clip: float = shaping(0.0)
    patience: int = 0


@dataclass(frozen=True, kw_only=True, eq=False)
class Part:
    """The rows of one set of weights, such as those of a fold.

    Attributes:
        train: positions in the training part of the split that it learns from ``(m,) int32``.
        validation: positions in the validation part that it is scored on, ascending ``(v,) int32``.
    """

    train: np.ndarray
    validation: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """One model to train; with parts a bag, one set of weights for each of them.

    A bag is trained as one: each set of weights has the rows, batches and random layers of its own; they
    share options, epochs and the best epoch, and are scored together, each row by the weights that were
    not trained on it. The weights of a bag come with the outcome and not in the model.

    Attributes:
        model: takes the dictionary of preprocessed inputs, gives that of raw outputs; not compiled.
        loss: training loss between the dictionaries of encoded targets and of raw outputs.
        options: how to train it.
        epochs: full length in epochs; schedules are laid over it.
        seed: of batches and of random layers.
        epochs_per_pass: epochs that a pass over the training part is divided into, more than 1 where it is
            large.
        transforms: how batches are changed, in the order in which they act.
        kinds: what inputs and targets are, for the transforms.
        parts: rows of each set of weights; together they validate every row of the validation part. None
            for one set of weights.
        rows: positions in the training part that the only set of weights learns from, ascending ``(m,)
            int32``; None for all.
        drawn: gives the first values of ``model.variables`` as another seed draws them, for all parts but
            the first; None lets every part begin with the model's, and random layers differ all the same.
        learned: changes first values by what the rows at some positions of the training part tell, None for
            all of them, with a seed for what is drawn; every set of weights by its own rows, so that it
            knows nothing of those it is scored on.
        steps_per_epoch: steps of an epoch, cut from an endless stream of shuffled passes, so that an epoch
            is many passes over few rows or a share of one over many; 0 for as many as ``options.passes``
            make, or else for an epoch by passes.
        fits_deadline: whether epochs become shorter, once the speed is known, so that all of them end
            before the deadline, with the schedule laid over the shorter length. They then come from the
            stream, also where ``steps_per_epoch`` is 0.
    """

    model: keras.Model
    loss: keras.losses.Loss
    options: TrainingOptions
    epochs: int
    seed: int
    epochs_per_pass: int = 1
    transforms: tuple[BatchTransform, ...] = ()
    kinds: Kinds = field(default_factory=Kinds)
    parts: tuple[Part, ...] = ()
    rows: np.ndarray | None = None
    drawn: Callable[[int], Sequence[np.ndarray]] | None = None
    learned: Callable[[Sequence[np.ndarray], np.ndarray | None, int], Sequence[np.ndarray]] | None = None
    steps_per_epoch: int = 0
    fits_deadline: bool = False


@dataclass(frozen=True, kw_only=True)
class Split:
    """Preprocessed data of one fold, shared by all candidates.

    Attributes:
        train: inputs by name, first axis examples; in memory, mapped from files, or ``Windows``.
        train_targets: encoded targets by name, dense arrays; whole numbers stay whole.
        validation: inputs by name of the validation part.
        scorer: begins the scoring of one epoch.
    """

    train: Mapping[str, np.ndarray]
    train_targets: Mapping[str, np.ndarray]
    validation: Mapping[str, np.ndarray]
    scorer: Callable[[], Scorer]


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """What is known after one epoch.

    Attributes:
        number: counted from 1.
        metrics: ``loss`` and every ``val_<metric>``.
        seconds: wall time.
        state: takes out the state of the training as it stands after this epoch, so that it can go on
            from here in this process or another; only to be called while the observer is being told.
    """

    number: int
    metrics: Mapping[str, float]
    seconds: float
    state: Callable[[], TrainingState] | None = field(default=None, repr=False, compare=False)


Observer: TypeAlias = Callable[[Epoch], StopReason]
"""Called after each epoch; a reason ends the training there."""


@dataclass(frozen=True, kw_only=True)
class TrainingState:
    """Everything that a training needs to go on as if it had not stopped.

    The order of batches and the learning rate follow from seed and epoch, so they are not in it. Of a bag
    all arrays but those of ``best_outputs`` have the parts as their first axis.

    Attributes:
        engine: name of the engine that trained.
        variables: weights, statistics of normalisations and seeds of random layers, in the order of
            ``model.variables``.
        optimizer: slots and step count, in the order of ``optimizer.variables``.
        best_variables: ``variables`` after the best epoch; empty when there is none.
        epochs: every epoch so far.
        best: index of the best one, -1 when there is none.
        stale: epochs since the best one.
        rate_factor: what the ``plateau`` schedule has made of the learning rate so far.
        steps_per_epoch: steps of an epoch that comes from the stream, shortened as it may be; else 0.
        best_outputs: as ``Outcome.outputs``.
    """

    engine: str
    variables: tuple[np.ndarray, ...]
    optimizer: tuple[np.ndarray, ...]
    best_variables: tuple[np.ndarray, ...] = ()
    epochs: tuple[Epoch, ...] = ()
    best: int = -1
    stale: int = 0
    rate_factor: float = 1.0
    steps_per_epoch: int = 0
    best_outputs: Mapping[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one candidate; without parts its model holds the weights of the best epoch.

    Attributes:
        epochs: every epoch trained, in order; those before a resumed state included.
        best: index into ``epochs`` of the best one, -1 when there is none.
        stopped: why it ended before its full length, or empty.
        facts: what the engine says of its work: ``engine`` (its name), ``compile_seconds`` (tracing and
            compiling), ``step_seconds`` (inside compiled calls), each its share where several were trained
            at once; ``program`` (``hit`` or ``miss``); ``gains_together``, whether others of the structure
            are trained at once with it.
        variables: values of the best epoch in the order of ``model.variables``; of a bag each with the
            parts as its first axis ``(k, ...)``. Empty when there is no best epoch.
        outputs: raw outputs of the best epoch for the validation part by name ``(n, ...)``; of a bag each
            row by the part that is scored on it, or the mean where several are. Empty when there is no
            best epoch, or when they take more than ``OUTPUT_BYTES``.
    """

    epochs: tuple[Epoch, ...]
    best: int
    stopped: StopReason = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    variables: tuple[np.ndarray, ...] = field(default=(), repr=False, compare=False)
    outputs: Mapping[str, np.ndarray] = field(default_factory=dict, repr=False, compare=False)


class Engine(Protocol):
    """Trains a group of candidates.

    What a group means, so that an engine may train its members at once (``vmap`` over weights and
    hyperparameters of one structure) or one after another, unseen by the caller: all members share the
    split and the deadline; outcome *i* is that of candidate *i* and the same, within float tolerance, as
    if it had been trained alone; an observer hears of its own candidate only, epoch by epoch in order,
    and ends only that one; between candidates epochs may come in any order. Members may differ in
    everything but the names of their inputs; an engine that fuses does so with those of one structure.
    """

    name: str

    def together(self, candidates: Sequence[Candidate], split: Split) -> Sequence[Sequence[int]]:
        """Return the places of the candidates that ``train`` trains at once, should all of them begin.

        Raises:
            ConfigError: as ``train`` does.
        """
        ...

    def train(
        self,
        candidates: Sequence[Candidate],
        split: Split,
        *,
        objective: Objective,
        observers: Sequence[Observer],
        deadline: float | None = None,
        states: Sequence[TrainingState | None] = (),
    ) -> Sequence[Outcome]:
        """Train each candidate to its full length or until it is stopped.

        Args:
            candidates: models with their options.
            split: the data.
            objective: decides which epoch is best (a cost counts as the task's first metric).
            observers: one per candidate.
            deadline: ``time.monotonic()`` at which training stops, in mid-epoch if need be; the
                validation part is still scored once.
            states: one per candidate to go on from, None to begin; empty begins all. A state is that of
                the same candidate (structure, options, epochs, seed) on the same split and engine;
                training goes on as if it had not stopped.

        Raises:
            ConfigError: a state does not fit its candidate.
        """
        ...
