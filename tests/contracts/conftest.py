"""Which comparisons with Keras' own ``fit`` are made every day; the others are slow tests."""

from __future__ import annotations

import pytest

EVERYDAY = ("tabular/mlp", "tabular/realmlp", "image/residual_cnn", "series/rnn", "text/transformer")
"""Dense layers, images, loops and attention. Each comparison compiles a family once more."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the families' others as slow, before slow tests are left out."""
    for item in items:
        compared = "TestFamilies" in item.nodeid and "as_keras_fit_does" in item.name
        if compared and not any(f"[{name}]" in item.name for name in EVERYDAY):
            item.add_marker(pytest.mark.slow)
