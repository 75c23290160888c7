"""Which families and tasks are trained in all ways every day; the others are slow tests."""

from __future__ import annotations

import pytest

EVERYDAY = ("tabular/mlp", "tabular/realmlp", "image/residual_cnn", "series/rnn", "text/transformer")
"""Dense layers, images, loops and attention. Each of these tests compiles a family once more."""

TRAINED = ("as_keras_fit_does", "nothing_of_other_trials", "networks_in_one_layer")
SELDOM = (
    "every_engine_trains_it_alike[joint-joint of boxes and masks]",
    "saved_network_answers_the_same[speech/crnn]",  # 42 s of compiling; `separable` stays
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the others as slow, before slow tests are left out."""
    for item in items:
        trained = "TestFamilies" in item.nodeid and any(name in item.name for name in TRAINED)
        everyday = any(f"[{name}]" in item.name for name in EVERYDAY)
        if (trained and not everyday) or any(name in item.name for name in SELDOM):
            item.add_marker(pytest.mark.slow)
