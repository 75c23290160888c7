"""Several networks of one structure in one layer: the structure once, all weights with a leading axis.

Joined as models of their own, five folds of four trials were twenty copies of a structure to load and to
name; here they are four layers.

Symbols: k networks, n examples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, ops

from automl.private_keras import in_abstract


class _Hidden:
    """Holds a model that a layer must not count as its own: its variables would be saved as well."""

    def __init__(self, core: keras.Model) -> None:
        self.core = core


@keras.saving.register_keras_serializable(package="automl")
class StackedModel(keras.layers.Layer):
    """The outputs of k networks of one structure, one after another along the first axis.

    It maps tensors by name ``(n, ...)`` to outputs by name ``(k * n, ...)``, which ``Unstacked`` parts.

    Args:
        core: the structure; its own values of variables do not count.
        networks: k.
    """

    def __init__(self, core: keras.Model, networks: int, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self._hidden = _Hidden(core)
        self.networks = networks
        self._stacked = [
            self.add_weight(
                name=f"stacked_{place}",
                shape=(networks, *variable.shape),
                dtype=variable.dtype,
                initializer="zeros",
                trainable=variable.trainable,
            )
            for place, variable in enumerate(core.weights)
        ]
        self.built = True

    def structure(self) -> keras.Model:
        """Return the structure of each network; Keras would save the values of an attribute."""
        return self._hidden.core

    def parted(self) -> list[keras.Model]:
        """Return the networks as models of their own, with copies of their values."""
        made = []
        for network in range(self.networks):
            core = keras.models.clone_model(self.structure())
            core.set_weights([ops.convert_to_numpy(stacked.value)[network] for stacked in self._stacked])
            made.append(core)
        return made

    def fill(self, values: Sequence[np.ndarray]) -> None:
        """Take values.

        Args:
            values: one array ``(k, ...)`` per variable of the structure, in the order of
                ``core.variables``; those of random layers are left out.
        """
        places = {id(variable): place for place, variable in enumerate(self.structure().variables)}
        for stacked, variable in zip(self._stacked, self.structure().weights, strict=True):
            stacked.assign(values[places[id(variable)]])

    def call(self, inputs: Mapping[str, KerasTensor]) -> dict[str, KerasTensor]:
        """Predict with all networks at once: a row took a third of the time that they took in turn."""
        each = ops.vectorized_map(
            lambda values: self._predict(values, inputs), [stacked.value for stacked in self._stacked]
        )
        return {name: ops.reshape(values, (-1, *values.shape[2:])) for name, values in each.items()}

    def _predict(
        self, weights: Sequence[KerasTensor], inputs: Mapping[str, KerasTensor]
    ) -> Mapping[str, KerasTensor]:
        """Predict with one network."""
        core = self.structure()
        values = {id(item): value for item, value in zip(core.weights, weights, strict=True)}
        trainable = [values[id(variable)] for variable in core.trainable_variables]
        # seeds of random layers are no weights, and here nothing is drawn
        others = [values.get(id(variable), variable.value) for variable in core.non_trainable_variables]
        outputs: Mapping[str, KerasTensor]
        outputs, _ = core.stateless_call(trainable, others, dict(inputs), training=False)
        return outputs

    def compute_output_spec(self, inputs: Mapping[str, KerasTensor]) -> dict[str, KerasTensor]:
        """The outputs of the structure, with k times as many examples."""
        return {
            name: KerasTensor((None, *output.shape[1:]), dtype=output.dtype)
            for name, output in self.structure().output.items()
        }

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        core = keras.saving.serialize_keras_object(self.structure())
        return {**super().get_config(), "core": core, "networks": self.networks}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> StackedModel:
        """Make the layer from what ``get_config`` gave.

        Nobody needs values of the structure's own: on JAX, drawing them took three quarters of the time in
        which a model of 15 networks was loaded.
        """
        core = in_abstract(lambda: keras.saving.deserialize_keras_object(config["core"]))
        return cls(**{**config, "core": core})


@keras.saving.register_keras_serializable(package="automl")
class Unstacked(keras.layers.Layer):
    """From ``(k * n, ...)`` to a list of k tensors ``(n, ...)``; arrays of NumPy stay such.

    Args:
        networks: k.
    """

    def __init__(self, networks: int, **kwargs: Any) -> None:
        super().__init__(**{"autocast": False, **kwargs})
        self._convert_input_args = False
        self._allow_non_tensor_positional_args = True
        self.networks = networks

    def call(self, inputs: KerasTensor) -> list[KerasTensor]:
        """Part the examples of the networks."""
        shape = (self.networks, -1, *inputs.shape[1:])
        if isinstance(inputs, np.ndarray):
            return list(inputs.reshape(shape))
        parted = ops.reshape(inputs, shape)
        return [parted[network] for network in range(self.networks)]

    def compute_output_spec(self, inputs: KerasTensor) -> list[KerasTensor]:
        """The shape and the type unchanged, k times."""
        shape = (None, *inputs.shape[1:])
        return [KerasTensor(shape, dtype=inputs.dtype) for _ in range(self.networks)]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments."""
        return {**super().get_config(), "networks": self.networks}
