"""Strategies: same losses on two devices as on one; what is not there is explained."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.training.devices import describe_devices
from automl.training.strategy import STRATEGIES

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="tf.distribute needs TensorFlow"
)

TWO_DEVICES = """
import json, sys
import keras, numpy as np, tensorflow as tf
from automl.core.specs import Objective
from automl.training.engine import Candidate, Split, TrainingOptions
from automl.training.strategies.single import single
from automl.training.strategies.tf_distribute import mirrored
from automl.training.streaming import FitEngine

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
x = np.random.default_rng(0).normal(size=(300, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)

def curve(strategy):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        inputs = keras.Input((4,), name="numeric")
        hidden = keras.layers.Dense(8, activation="tanh")(inputs)
        model = keras.Model({"numeric": inputs}, keras.layers.Dense(1)(hidden))
        candidate = Candidate(model=model, loss=keras.losses.MeanSquaredError(), epochs=3, seed=0,
            options=TrainingOptions(learning_rate=0.01, batch_size=32, weight_decay=0.01))
    split = Split(train={"numeric": x[:203]}, train_targets=y[:203], validation={"numeric": x[203:]},
        score=lambda outputs: {"rmse": float(np.sqrt(((outputs - y[203:]) ** 2).mean()))})
    (outcome,) = FitEngine(strategy).train([candidate], split,
        objective=Objective(name="rmse", direction="minimize"), observers=[lambda epoch: ""])
    return [[epoch.metrics["loss"], epoch.metrics["val_rmse"]] for epoch in outcome.epochs]

two = mirrored(["CPU:0", "CPU:1"])
print(json.dumps({"one": curve(single()), "two": curve(two), "replicas": two.replicas}))
"""


def test_two_devices_give_the_losses_of_one() -> None:
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3"}

    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TWO_DEVICES],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    curves = json.loads(run.stdout.splitlines()[-1])
    assert curves["replicas"] == 2
    np.testing.assert_allclose(curves["two"], curves["one"], rtol=1e-3)


def test_auto_takes_one_device_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TPU_NAME", "TPU_WORKER_ID", "TF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    if len(describe_devices()) > 2:
        pytest.skip("this machine has several accelerators")

    assert STRATEGIES["auto"]().name == "single"


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


def test_an_unknown_strategy_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'mirrored'"):
        STRATEGIES["miror"]()


def test_devices_are_described() -> None:
    assert any(line.startswith("CPU:0") for line in describe_devices())
