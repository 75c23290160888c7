"""Spaces of image models that programs of KerasTuner ask for by name; each is loaded when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl.kerastuner.applications.augment import HyperImageAugment
    from automl.kerastuner.applications.efficientnet import HyperEfficientNet
    from automl.kerastuner.applications.resnet import HyperResNet
    from automl.kerastuner.applications.xception import HyperXception

_MODULES = {
    "HyperEfficientNet": "efficientnet",
    "HyperImageAugment": "augment",
    "HyperResNet": "resnet",
    "HyperXception": "xception",
}

__all__ = ["HyperEfficientNet", "HyperImageAugment", "HyperResNet", "HyperXception"]


if not TYPE_CHECKING:  # type checkers would take any name for one that is there

    def __getattr__(name: str) -> Any:
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        globals()[name] = value
        return value
