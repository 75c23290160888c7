"""Import this to load an exported model with plain Keras: it registers this package's own layers.

import automl.layers
model = keras.models.load_model("model.keras")      # safe_mode stays on
"""

from __future__ import annotations

import importlib
import pkgutil

import automl.data.preprocessing
import automl.models.layers


def register() -> None:
    """Import every module that defines a layer; Keras registers them by their decorators."""
    for package in (automl.data.preprocessing, automl.models.layers):
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    importlib.import_module("automl.tasks.calibration")
    importlib.import_module("automl.tasks.language_layers")
    importlib.import_module("automl.tasks.box_decoding")
    importlib.import_module("automl.tasks.ctc")
    importlib.import_module("automl.tasks.known_words")
    importlib.import_module("automl.tasks.layers")
    importlib.import_module("automl.tasks.losses")
    importlib.import_module("automl.tasks.margins")
    importlib.import_module("automl.tasks.pixels")
    importlib.import_module("automl.tasks.rare_losses")
    importlib.import_module("automl.tasks.surprise")
    importlib.import_module("automl.tasks.ranking_layers")
    importlib.import_module("automl.tasks.unit_length")
    importlib.import_module("automl.data.raw_model")


register()
