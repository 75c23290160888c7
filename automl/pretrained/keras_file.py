"""A network from a Keras model file of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from automl.core.errors import ConfigError, suggest

if TYPE_CHECKING:
    import keras

    from automl.pretrained.network import Network

RANGES = {"raw": (0.0, 1.0), "unit": (0.0, 255.0), "signed": (127.5, 127.5), "normalised": None}
"""What pixel values a file may take: ``(pixel - mean) / deviation`` of pixels from 0 to 255; None for the
job's own normalisation."""

SUFFIX = ".keras"


def check_values(values: str) -> None:
    """Refuse pixel values of an unknown range."""
    if values not in RANGES:
        raise ConfigError(f"Unknown pixel_values {values!r}. {suggest(values, RANGES)}")


def check_file(path: Path) -> None:
    """Refuse a path that is no file.

    Raises:
        ConfigError: with what was expected.
    """
    if not path.is_file():
        raise ConfigError(
            f"pretrained: expected a Keras model file ({SUFFIX}), and there is no file {path}."
        )


def load_file(path: Path, values: str) -> Network:
    """Read a file.

    Args:
        path: of a Keras model.
        values: a name of ``RANGES``.

    Raises:
        ConfigError: it is no Keras model, or none from one image to one output.
    """
    from automl.pretrained.network import Values, network_from

    check_values(values)
    check_file(path)
    model = _loaded(path)
    shapes = [tuple(item.shape) for item in getattr(model, "inputs", None) or ()]
    if len(shapes) != 1 or len(shapes[0]) != 4 or len(model.outputs) != 1:
        raise ConfigError(
            f"pretrained: expected a model from one image (height, width, channels) to one output, "
            f"{path} takes {shapes}."
        )
    span = RANGES[values]
    return network_from(
        model, name=str(path), values=None if span is None else Values(mean=span[0], deviation=span[1])
    )


def _loaded(path: Path) -> keras.Model:
    import keras

    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except (ValueError, TypeError, OSError, KeyError, ImportError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ConfigError(f"pretrained: {path} cannot be loaded as a Keras model: {reason}") from error
