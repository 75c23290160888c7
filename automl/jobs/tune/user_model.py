"""The model of a search over a user's own function, saved so that it can be loaded again."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from automl.core.errors import ConfigError, DiskFullError
from automl.core.files import whole
from automl.jobs.folder import JobFolder, read_json, write_json

if TYPE_CHECKING:
    import keras

SHAPES = "build_config.json"
"""Shapes that a subclassed model is built for before its weights are loaded."""


def keep_user_model(model: keras.Model, folder: JobFolder) -> None:
    """Write weights and, where Keras can write it whole, ``model.keras``."""
    shapes = model.get_build_config()
    write_json(folder.path / SHAPES, shapes if isinstance(shapes, dict) else {})
    with whole(folder.weights) as draft:
        model.save_weights(draft)
    try:
        with _quiet(), whole(folder.model) as draft:
            model.save(draft)
    except DiskFullError:
        raise
    except Exception:  # a class without get_config: each layer of the user's fails in its own way
        folder.model.unlink(missing_ok=True)


def load_user_model(
    folder: JobFolder, build: Callable[[Any], keras.Model] | None, parameters: Mapping[str, Any]
) -> keras.Model:
    """Make the model again: from its file, else by the user's function and the weights.

    Args:
        folder: of the job.
        build: the function that was searched over, or None when it is not at hand.
        parameters: of the best trial.

    Raises:
        ConfigError: the file names classes or functions that are not known here, and there is no function.
    """
    import keras

    if build is not None:
        return _built_again(folder, build, parameters)
    reason = "Keras could not write it whole"
    if folder.model.exists():
        try:
            with _quiet():
                return keras.models.load_model(folder.model, safe_mode=True)
        except Exception as error:  # Keras wraps whatever the user's classes raise
            reason = " ".join(str(error).split())[:160]
    raise ConfigError(
        f"The model of {folder.path} uses code of your own, which a file cannot hold ({reason}). Pass the "
        "function that builds it: automl.load(folder, build=build). Or first import its classes, each "
        "registered with @keras.saving.register_keras_serializable()."
    )


def loads_elsewhere(folder: JobFolder) -> bool:
    """Whether ``model.keras`` loads by itself."""
    try:
        load_user_model(folder, None, {})
    except ConfigError:
        return False
    return True


def _built_again(
    folder: JobFolder, build: Callable[[Any], keras.Model], parameters: Mapping[str, Any]
) -> keras.Model:
    from automl.study.opening import fixed_trial

    if not folder.weights.exists():
        raise ConfigError(f"{folder.path} has no {folder.weights.name}: the search has not got that far.")
    try:
        model = build(fixed_trial(parameters))
        shapes = read_json(folder.path / SHAPES)
        if not model.built and shapes:
            model.build_from_config(shapes)
            # Keras makes the variables by a trial run and leaves this as it was
            model.built = bool(model.variables)
        with _quiet():
            model.load_weights(folder.weights)
    except Exception as error:  # the user's function
        raise ConfigError(
            f"build does not reproduce the model of {folder.path} with {dict(parameters)}: "
            f"{' '.join(str(error).split())[:200]}"
        ) from error
    return model


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep from the terminal what Keras says of lambdas and optimizers: what matters is told here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
