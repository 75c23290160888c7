"""Strategies: same losses on two devices as on one; what is not there is explained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from automl.cli.app import run
from automl.core.errors import ConfigError
from automl.training.devices import describe_devices
from automl.training.strategy import STRATEGIES

on_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.distribute needs TensorFlow"
)

ENVIRONMENT = {
    **os.environ,
    "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
    "CUDA_VISIBLE_DEVICES": "-1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # programs of a few steps take longer to optimise than to run
    "JAX_DISABLE_MOST_OPTIMIZATIONS": "1",
}

CURVES = """
import json, sys
import keras, numpy as np
from automl.core.specs import Objective
from automl.tasks.losses import JoinedLoss
from automl.training.engine import Candidate, Split, TrainingOptions
from automl.training.scoring import Collected
from automl.training.strategies.single import single
from automl.training.streaming import FitEngine

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    from automl.training.strategies.tf_distribute import mirrored
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    two = mirrored(["CPU:0", "CPU:1"])
else:
    from automl.training.strategies.data_parallel import data_parallel
    two = data_parallel()

x = np.random.default_rng(0).normal(size=(300, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)

def rmse(outputs):
    return {"rmse": float(np.sqrt(((outputs["target"] - y[203:]) ** 2).mean()))}

def curve(strategy, batch_size, accumulation):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        # statistics are those of the whole batch on JAX, and of each replica's share on TensorFlow
        on_jax = keras.backend.backend() == "jax"
        normal = keras.layers.BatchNormalization() if on_jax else keras.layers.LayerNormalization()
        inputs = keras.Input((4,), name="numeric")
        hidden = normal(keras.layers.Dense(8, activation="tanh")(inputs))
        model = keras.Model({"numeric": inputs}, {"target": keras.layers.Dense(1)(hidden)})
    loss = JoinedLoss({"target": keras.losses.MeanSquaredError()})
    candidate = Candidate(model=model, loss=loss, epochs=3, seed=0,
        options=TrainingOptions(learning_rate=0.01, batch_size=batch_size, weight_decay=0.01,
            accumulation=accumulation))
    split = Split(train={"numeric": x[:203]}, train_targets={"target": y[:203]},
        validation={"numeric": x[203:]}, scorer=lambda: Collected(97, rmse))
    (outcome,) = FitEngine(strategy).train([candidate], split,
        objective=Objective(name="rmse", direction="minimize"), observers=[lambda epoch: ""])
    steps = int(np.array(model.optimizer.iterations))
    losses = [[epoch.metrics["loss"], epoch.metrics["val_rmse"]] for epoch in outcome.epochs]
    return {"losses": losses, "steps": steps}

def laid(strategy):
    with strategy.training():
        return [str(strategy.distribution.get_data_layout((n, 4)).axes) for n in (32, 33)]

for size, parts in json.loads(sys.argv[1]):
    print(json.dumps({"one": curve(single(), size, parts), "two": curve(two, size, parts),
        "replicas": two.replicas, "laid": laid(two) if hasattr(two, "distribution") else []}))
"""


def curves(backend: str, *batches: tuple[int, int]) -> list[dict[str, Any]]:
    """Trainings on one device and on two, for batches of a size and in parts, in a process of its own."""
    outcome = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CURVES, json.dumps(batches)],
        env={**ENVIRONMENT, "KERAS_BACKEND": backend},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert outcome.returncode == 0, outcome.stderr[-2000:]
    return [json.loads(line) for line in outcome.stdout.splitlines()[-len(batches) :]]


def check(curve: dict[str, Any], tolerance: float = 1e-3) -> None:
    assert curve["replicas"] == 2
    # the batch size is that of both together: as many steps as one device makes
    assert curve["two"]["steps"] == curve["one"]["steps"]
    np.testing.assert_allclose(curve["two"]["losses"], curve["one"]["losses"], rtol=tolerance)


def test_two_devices_of_tensorflow_give_the_losses_of_one_and_fill_up_odd_batches() -> None:
    even, filled = curves("tensorflow", (32, 1), (33, 1))

    check(even)
    # one example of each batch counts twice
    check(filled, tolerance=0.05)


def test_two_devices_of_jax_give_the_losses_of_one_whatever_the_batch_size() -> None:
    for curve in curves("jax", (32, 1), (33, 1), (32, 2), (1000, 1)):
        check(curve)
        assert curve["laid"] == ["('batch', None)", "(None, None)"]


def test_a_search_on_two_devices_ends_with_a_model_for_one(tmp_path: Path) -> None:
    job, table = tmp_path / "job", tmp_path / "predictions.csv"
    devices = ("--backend", "jax", "--strategy", "data-parallel", "--folds", "2")
    short = ("--family", "linear", "--trials", "2", "--epochs", "2", "--no-tracking", "--json")
    search = subprocess.run(
        [sys.executable, "-m", "automl", "search", "sklearn:wine", *devices, *short, "--out", str(job)],
        env={**ENVIRONMENT, "KERAS_BACKEND": "jax"},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert search.returncode == 0, search.stderr[-2000:]
    summary = json.loads(search.stdout)

    # this process has one device, and another backend
    assert run(["predict", str(job), "sklearn:wine", "--output", str(table)]) == 0

    assert (summary["state"], summary["failed"]) == ("complete", 0)
    assert len(table.read_text().splitlines()) == 179


def test_auto_takes_one_device_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TPU_NAME", "TPU_WORKER_ID", "TF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    if len(describe_devices()) > 2:
        pytest.skip("this machine has several accelerators")

    assert STRATEGIES["auto"]().name == "single"


@on_tensorflow
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mirrored", "TensorFlow sees none"),
        ("multi-worker", "TF_CONFIG.*got nothing"),
        ("tpu", "found no TPU named 'nowhere'.*Set TPU_NAME"),
    ],
)
def test_devices_that_are_not_there_are_explained(
    name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tensorflow as tf

    def no_tpu(tpu: str) -> None:
        raise ValueError(f"could not resolve {tpu}")

    monkeypatch.delenv("TF_CONFIG", raising=False)
    monkeypatch.setenv("TPU_NAME", "nowhere")
    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", no_tpu)
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: [])

    with pytest.raises(ConfigError, match=said):
        STRATEGIES[name]()


@on_tensorflow
def test_a_tpu_is_resolved_connected_and_initialised(monkeypatch: pytest.MonkeyPatch) -> None:
    import tensorflow as tf

    calls: list[str] = []

    class Pod:
        num_replicas_in_sync = 8

    def resolver(tpu: str) -> str:
        return f"resolver of {tpu}"

    def strategy(found: str) -> Pod:
        calls.append(f"strategy on {found}")
        return Pod()

    monkeypatch.setenv("TPU_NAME", "pod")
    monkeypatch.setattr(tf.distribute.cluster_resolver, "TPUClusterResolver", resolver)
    monkeypatch.setattr(
        tf.config, "experimental_connect_to_cluster", lambda found: calls.append(f"connect {found}")
    )
    monkeypatch.setattr(
        tf.tpu.experimental, "initialize_tpu_system", lambda found: calls.append(f"start {found}")
    )
    monkeypatch.setattr(tf.distribute, "TPUStrategy", strategy)

    found = STRATEGIES["tpu"]()

    assert (found.name, found.replicas) == ("tpu", 8)
    assert calls == ["connect resolver of pod", "start resolver of pod", "strategy on resolver of pod"]


def test_data_parallel_is_refused_on_another_backend() -> None:
    if keras.backend.backend() == "jax":
        pytest.skip("the backend is JAX")
    with pytest.raises(ConfigError, match=r"needs Keras on JAX.*--strategy mirrored"):
        STRATEGIES["data-parallel"]()


def on_jax_with(monkeypatch: pytest.MonkeyPatch, *devices: str) -> None:
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: list(devices))


def test_data_parallel_is_refused_on_one_device(monkeypatch: pytest.MonkeyPatch) -> None:
    on_jax_with(monkeypatch, "gpu:0")

    with pytest.raises(ConfigError, match=r"JAX sees only gpu:0.*--strategy single"):
        STRATEGIES["data-parallel"]()


@pytest.mark.parametrize(
    ("devices", "name"),
    [
        (("cpu:0",), "single"),
        (("cpu:0", "cpu:1"), "single"),
        (("gpu:0",), "single"),
        (("gpu:0", "gpu:1"), "data-parallel"),
    ],
)
def test_auto_deals_out_to_several_accelerators_of_jax(
    devices: tuple[str, ...], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_jax_with(monkeypatch, *devices)

    assert STRATEGIES["auto"]().name == name


def test_an_unknown_strategy_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'mirrored'"):
        STRATEGIES["miror"]()


def test_devices_are_described() -> None:
    assert any(line.startswith("CPU:0") for line in describe_devices())
