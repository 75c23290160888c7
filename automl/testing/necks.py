"""What every neck promises, for the one who writes a neck.

    class TestMine(NeckContract):
        samples = (NeckSample(name="mine", features={"map": (4, 4, 3)}),)

The package that declares the neck must be installed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest

import automl.layers  # noqa: F401  registers the layers that a saved network names
from automl.core.saved_classes import import_classes_of
from automl.data.raw_model import predict
from automl.models.necks.catalog import NECKS
from automl.testing.families import RANKS
from automl.testing.samples import NeckSample

ROWS = 6


class NeckContract:
    """Subclass it and give ``samples``."""

    samples: ClassVar[Sequence[NeckSample]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test for each sample."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.samples, ids=str)

    def test_it_bears_the_name_of_its_place_in_the_catalog(self, sample: NeckSample) -> None:
        assert NECKS[sample.name].name == sample.name

    def test_its_options_are_a_frozen_dataclass_with_defaults(self, sample: NeckSample) -> None:
        options = NECKS[sample.name].options

        assert is_dataclass(options)
        assert options.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert options() == options()

    def test_it_starts_from_what_it_takes_and_gives_what_it_says(self, sample: NeckSample) -> None:
        neck = NECKS[sample.name]
        _, made = _built(sample)

        assert neck.takes in sample.features
        for tensor in made if isinstance(made, tuple) else (made,):
            assert len(tensor.shape) == RANKS.get(neck.gives, len(tensor.shape))

    def test_a_saved_network_answers_the_same(self, sample: NeckSample, tmp_path: Path) -> None:
        inputs, made = _built(sample)
        outputs = list(made) if isinstance(made, tuple) else [made]
        model, data = (
            keras.Model(inputs, {f"output_{place}": tensor for place, tensor in enumerate(outputs)}),
            _values(inputs),
        )

        model.save(tmp_path / "model.keras")
        import_classes_of(tmp_path / "model.keras")
        again = predict(
            keras.models.load_model(tmp_path / "model.keras", safe_mode=True), data, batch_size=4
        )

        for name, wanted in predict(model, data, batch_size=4).items():
            assert np.isfinite(wanted).all()
            np.testing.assert_allclose(again[name], wanted, rtol=1e-5, atol=1e-6)


def _built(sample: NeckSample) -> tuple[dict[str, Any], Any]:
    """Symbolic inputs, and what the neck makes of them with its default options."""
    neck = NECKS[sample.name]
    features: dict[str, Any] = {}
    inputs: dict[str, Any] = {}
    for name, form in sample.features.items():
        shapes = form if isinstance(form[0], tuple) else (form,)
        dtype = "bool" if name == "mask" else "float32"
        tensors = tuple(
            keras.Input(shape, dtype=dtype, name=f"{name}_{place}") for place, shape in enumerate(shapes)
        )
        inputs |= {tensor.name: tensor for tensor in tensors}
        features[name] = tensors if isinstance(form[0], tuple) else tensors[0]
    return inputs, neck.build(features, neck.options())


def _values(inputs: dict[str, Any]) -> dict[str, np.ndarray]:
    """Random values; of a mask the first half is true."""
    random, values = np.random.default_rng(0), {}
    for name, tensor in inputs.items():
        values[name] = random.normal(size=(ROWS, *tensor.shape[1:])).astype(np.float32)
        if tensor.dtype == "bool":
            values[name] = np.zeros((ROWS, *tensor.shape[1:]), bool)
            values[name][:, : tensor.shape[1] // 2] = True
    return values
