"""The suites of engines and families on JAX, in a process of their own: a process has one Keras backend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

ROOT = Path(__file__).parents[2]
SUITES = [
    "tests/contracts/test_engine.py",
    "tests/contracts/test_bags.py",
    "tests/contracts/test_groups.py",
    "tests/contracts/test_families.py",
    "tests/contracts/test_necks.py",
    "tests/contracts/test_outputs.py",
    "tests/contracts/test_task.py",
    "tests/contracts/extensions",
    "tests/contracts/test_transforms.py",
    "tests/data/test_raw_model.py",
    "tests/training/test_compiled.py",
    "tests/training/test_compile_cache.py",
    "tests/training/programs/test_on_jax.py",
    "tests/training/test_gradients.py",
    "tests/training/programs/test_on_jax_group.py",
    "tests/training/test_masks.py",
    "tests/test_private_keras.py",
]


TWO_CORES = {"XLA_FLAGS": "--xla_force_host_platform_device_count=2"}
"""Folds are divided among cores, however many this machine has."""

TRAINED = "answers_the_same or of_other_trials or goes_on_bit or first_values"
LEFT_OUT = " or ".join(
    (
        "another_process",
        "same_batches or (TestBags and streaming)",
        "(TestFamilies and (one_layer or gives_features or every_filling))",
        f"(TestFamilies and ({TRAINED}) and not (tabular or image/residual_cnn or series/rnn))",
        "(TestFamilies and keras_fit_does and not tabular)",
        "(TestTasks and every_engine)",
        "(TestEngines and streaming)",
    )
)
"""What differs least between backends: how a family is built (and stacked, only ever on TensorFlow), and
the values and the training of families that ``auto`` trains on TensorFlow, but for one with a loop and one
with moving averages.
"""


@pytest.mark.timeout(1500)
@pytest.mark.skipif(keras.backend.backend() == "jax", reason="this process is the one on JAX")
@pytest.mark.parametrize(
    "chosen", [f"not ({LEFT_OUT})", pytest.param(LEFT_OUT, marks=pytest.mark.slow)], ids=["most", "rest"]
)
def test_the_suites_pass_on_jax(chosen: str) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        "-k",
        chosen,
        *(["-m", ""] if chosen == LEFT_OUT else []),
        *SUITES,
    ]
    # the suites run each function a few times only, so optimising them would take most of the time
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_DISABLE_MOST_OPTIMIZATIONS": "1", **TWO_CORES}

    outcome = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=1480
    )

    assert outcome.returncode == 0, outcome.stdout[-4000:]
    assert " passed" in outcome.stdout
