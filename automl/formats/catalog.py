"""All formats that models can be exported to, by name."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.formats.format import Format

FORMATS: Catalog[Format] = Catalog(
    "format",
    {
        "keras": "automl.formats.keras_file:FORMAT",
        "savedmodel": "automl.formats.saved_model:FORMAT",
        "onnx": "automl.formats.onnx_file:FORMAT",
        "litert": "automl.formats.litert:FORMAT",
        "openvino": "automl.formats.openvino:FORMAT",
    },
)

LEFT_OUT = {
    "torch": "There is no export to PyTorch: Keras writes one only of what its PyTorch backend traces, and "
    "there layers that read texts, dates and wide numbers work in NumPy. Export to 'onnx', whose files run "
    "beside PyTorch."
}
"""Why there is no export to formats that are asked for."""
