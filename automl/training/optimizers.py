"""From training options to a Keras optimizer with its learning-rate schedule."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from automl.core.errors import ConfigError, suggest
from automl.tasks.catalog import head_names
from automl.training.engine import TrainingOptions
from automl.training.rates import with_rate_shares
from automl.training.schedules import PLATEAU, SHAPES, Schedule

_NOT_DECAYED = {"bias", "gamma", "beta", "scale"}

OPTIMIZERS: Mapping[str, Callable[..., keras.optimizers.Optimizer]] = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
    "lion": keras.optimizers.Lion,
    "adafactor": keras.optimizers.Adafactor,
    "muon": keras.optimizers.Muon,
}
"""Optimizers by name. ``muon`` turns the steps of matrices but the head's, the rest go by AdamW."""


def build_optimizer(
    options: TrainingOptions,
    total_steps: int,
    variables: Sequence[Any] = (),
    *,
    scaled: bool = False,
    parts: int = 1,
) -> keras.optimizers.Optimizer:
    """Build the optimizer that the options ask for.

    Weight decay is decoupled for every optimizer, ``w -= rate * decay * w`` at each step (Loshchilov
    and Hutter, 2019), and leaves out biases, the scales and shifts of normalisations, and variables whose
    layer set ``decayed`` of them to False. Variables with a ``rate_share`` learn at that share of the rate.

    Args:
        options: names and numbers.
        total_steps: steps of the full length, over which the schedule is laid.
        variables: the model's trainable variables, so that those not to be decayed are known.
        scaled: whether the loss is scaled, by a factor that adapts, so that gradients in float16 do not
            vanish (Micikevicius et al., 2018); see ``precision.needs_loss_scaling``.
        parts: calls of the optimizer whose gradients it sums before it makes a step.

    Raises:
        ConfigError: unknown optimizer or schedule, or a learning rate that is not positive.
    """
    _check(options)
    optimizer = OPTIMIZERS[options.optimizer](
        learning_rate=learning_rate(options, total_steps, parts),
        gradient_accumulation_steps=parts if parts > 1 else None,
        weight_decay=options.weight_decay,
        global_clipnorm=options.gradient_clip or None,
        **_own_arguments(options),
    )
    kept = [item for item in variables if not _decayed(item)]
    if not options.weight_decay:
        # AdamW refuses None, yet with 0 it would still multiply every weight at every step
        optimizer.weight_decay = None
    elif kept:
        optimizer.exclude_from_weight_decay(var_list=kept)
    with_rate_shares(optimizer, variables)
    return ScaledOptimizer(optimizer) if scaled else optimizer


def _decayed(variable: Any) -> bool:
    """Whether weight decay takes from a variable."""
    if len(variable.shape) < 2 or variable.name in _NOT_DECAYED:
        return False
    return getattr(variable, "decayed", True)


@keras.saving.register_keras_serializable(package="automl")
class ScaledOptimizer(keras.optimizers.LossScaleOptimizer):  # type: ignore[misc]
    """Keras' loss scaling, which lets no infinite gradient through.

    Of an embedding's gradients Keras (3.15 on TensorFlow) looks at the last one of each row only: an
    infinite one before it counts as finite, and the row's weights are lost.
    """

    def check_finite(self, grads: Sequence[Any]) -> Any:
        """Whether all gradients are finite, a bool tensor; None stands for no gradient."""
        found = [getattr(item, "values", item) for item in grads if item is not None]
        return super().check_finite(found)


def learning_rate(options: TrainingOptions, total_steps: int, parts: int = 1) -> Schedule | float:
    """Return the schedule over ``total_steps``, or the bare rate where it does not depend on the step."""
    if options.schedule == PLATEAU or (options.schedule == "constant" and not options.warmup):
        return options.learning_rate
    return Schedule(options.schedule, options.learning_rate, max(1, total_steps), options.warmup, parts)


def dial_values(options: TrainingOptions) -> dict[str, float]:
    """What the options say of the attributes of optimizers that change no shape, by attribute."""
    return {
        "weight_decay": options.weight_decay,
        "adam_weight_decay": options.weight_decay,
        "momentum": options.momentum,
        "rho": options.momentum,
    }


def _check(options: TrainingOptions) -> None:
    if options.optimizer not in OPTIMIZERS:
        raise ConfigError(
            f"Unknown optimizer {options.optimizer!r}. {suggest(options.optimizer, OPTIMIZERS)}"
        )
    schedules = (*SHAPES, PLATEAU)
    if options.schedule not in schedules:
        raise ConfigError(f"Unknown schedule {options.schedule!r}. {suggest(options.schedule, schedules)}")
    if not options.learning_rate > 0:
        raise ConfigError(f"The learning rate must be larger than 0, got {options.learning_rate}.")


def _own_arguments(options: TrainingOptions) -> dict[str, Any]:
    own: dict[str, dict[str, Any]] = {
        "adam": {"beta_2": options.beta_2},
        "adamw": {"beta_2": options.beta_2},
        "sgd": {"momentum": options.momentum, "nesterov": True},
        "rmsprop": {"rho": options.momentum},
        # a relative step would overrule the learning rate that is searched
        "adafactor": {"relative_step": False},
        "muon": {"adam_weight_decay": options.weight_decay, "exclude_layers": head_names()},
    }
    return own.get(options.optimizer, {})
