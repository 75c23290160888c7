"""What trainings take of memory, beside what was estimated before: `python -m benchmarks.memory`.

Each training runs in a process of its own on the CPU; what it takes is the highest resident memory of its
process above that of the same training of a tiny network. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BACKENDS = ("tensorflow", "jax")
STEPS = 3


@dataclass(frozen=True, kw_only=True)
class Network:
    """A network to be trained.

    Attributes:
        family: its name in the catalog of families.
        shape: of one example.
        categories: of whole numbers, 0 for real ones.
        large: its options.
        tiny: what of them is replaced for a network that takes next to nothing.
        batch: examples per step.
    """

    family: str
    shape: tuple[int, ...]
    categories: int = 0
    large: Mapping[str, Any]
    tiny: Mapping[str, Any]
    batch: int


NETWORKS = {
    "dense, weights": Network(
        family="tabular/mlp", shape=(64,), large={"width": 4096, "depth": 4}, tiny={"width": 8}, batch=64
    ),
    "dense, activations": Network(
        family="tabular/mlp", shape=(64,), large={"width": 1024, "depth": 6}, tiny={"width": 8}, batch=16384
    ),
    "convolutions": Network(
        family="image/cnn",
        shape=(64, 64, 3),
        large={"filters": 32, "blocks": 3, "convolutions": 2},
        tiny={"filters": 1, "blocks": 1},
        batch=128,
    ),
    "residual convolutions": Network(
        family="image/residual_cnn",
        shape=(64, 64, 3),
        large={"depth": 2},
        tiny={"width": 1, "stages": 1},
        batch=64,
    ),
    "attention": Network(
        family="text/transformer",
        shape=(256,),
        categories=1000,
        large={"embedding_size": 128, "depth": 3, "heads": 4},
        tiny={"embedding_size": 4, "depth": 1, "heads": 1},
        batch=64,
    ),
    "recurrent": Network(
        family="text/rnn",
        shape=(128,),
        categories=1000,
        large={"embedding_size": 128, "units": 256},
        tiny={"embedding_size": 4, "units": 1},
        batch=256,
    ),
}


def main() -> None:
    """Measure and print."""
    options = _options()
    if options.one:
        print(json.dumps(train(NETWORKS[options.one], tiny=options.tiny)))
        return
    print(
        "| backend | network | batch | estimated, MB | taken, MB | estimated / taken |\n"
        + "| --- " * 6
        + "|"
    )
    for backend in options.backends.split(","):
        for name in options.networks.split(";"):
            large, tiny = (_in_process(backend, name, *flags) for flags in ((), ("--tiny",)))
            taken, estimated = large["peak"] - tiny["peak"], large["estimate"] - tiny["estimate"]
            sizes = f"{estimated / 1e6:.0f} | {taken / 1e6:.0f} | {estimated / taken:.2f}"
            print(f"| {backend} | {name} | {NETWORKS[name].batch} | {sizes} |", flush=True)


def train(network: Network, *, tiny: bool) -> dict[str, int]:
    """Train a network for one epoch of a few steps; returns ``peak`` and ``estimate`` in bytes."""
    from automl.core.specs import Objective
    from automl.training.compiled import CompiledEngine
    from automl.training.footprint import footprint

    candidate, split = _candidate(network, tiny=tiny)
    needed = footprint(candidate.model, candidate.options).total(network.batch)
    CompiledEngine().train(
        [candidate],
        split,
        objective=Objective(name="log_loss", direction="minimize"),
        observers=[lambda epoch: ""],
    )
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, "estimate": needed}


def _candidate(network: Network, *, tiny: bool) -> tuple[Any, Any]:
    import keras
    import numpy as np

    from automl.core.targets import TARGET
    from automl.core.tensors import Bound, Inputs
    from automl.models.catalog import FAMILIES
    from automl.models.ends import encode
    from automl.tasks.losses import JoinedLoss
    from automl.training.engine import Candidate, Split, TrainingOptions
    from automl.training.scoring import Collected

    spec = _spec(network)
    inputs = Inputs(bound=(Bound(tensor=keras.Input(spec.shape, dtype=spec.dtype), spec=spec),))
    chosen = {**network.large, **(network.tiny if tiny else {})}
    features = encode(FAMILIES[network.family], inputs, chosen)
    rows = STEPS * network.batch
    values = np.random.default_rng(0).integers(1, network.categories or 2, (rows, *network.shape))
    targets = np.eye(2, dtype="float32")[np.arange(rows) % 2]
    data = values.astype(spec.dtype)
    candidate = Candidate(
        model=keras.Model(inputs.by_name(), {TARGET: keras.layers.Dense(2, name="logits")(features)}),
        loss=JoinedLoss({TARGET: keras.losses.CategoricalCrossentropy(from_logits=True)}),
        options=TrainingOptions(batch_size=network.batch),
        epochs=1,
        seed=0,
    )
    split = Split(
        train={spec.name: data},
        train_targets={TARGET: targets},
        validation={spec.name: data[:32]},
        scorer=lambda: Collected(32, lambda outputs: {"log_loss": float(np.mean(outputs[TARGET]))}),
    )
    return candidate, split


def _spec(network: Network) -> Any:
    from automl.core.tensors import Pixels, TensorSpec, Vocabulary
    from automl.models.catalog import FAMILIES

    kind = FAMILIES[network.family].slots[0].kind
    facts: Any = Vocabulary(size=network.categories) if network.categories else None
    if kind == "image":
        facts = Pixels(mean=(0.5,) * 3, deviation=(0.2,) * 3)
    dtype = "int32" if network.categories else "float32"
    return TensorSpec(name=kind, kind=kind, shape=network.shape, dtype=dtype, facts=facts)


def _in_process(backend: str, name: str, *flags: str) -> dict[str, int]:
    environment = {
        **os.environ,
        "KERAS_BACKEND": backend,
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # freed memory goes back to the system, so that the peak is what was in use
        "MALLOC_TRIM_THRESHOLD_": "0",
    }
    command = [sys.executable, "-m", "benchmarks.memory", "--one", name, *flags]
    run = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, int] = json.loads(run.stdout.splitlines()[-1])
    return answer


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--backends", default=",".join(BACKENDS), help="separated by commas")
    parser.add_argument("--networks", default=";".join(NETWORKS), help="separated by semicolons")
    parser.add_argument("--one", help="train this one in this process")
    parser.add_argument("--tiny", action="store_true", help="with --one: its tiny counterpart")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
