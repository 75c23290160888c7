"""Members that JAX trains as one come out as members that take turns."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest

from automl.training.batches.deal import deal, stacked
from automl.training.engine import Candidate, TrainingOptions
from automl.training.program import GroupProgram, Placed
from tests.training.programs.test_on_jax import IMAGES, ROWS, SIZE, STEPS, TARGETS, blueprint, net, noisy

pytestmark = pytest.mark.skipif(
    keras.backend.backend() != "jax",
    reason="needs KERAS_BACKEND=jax: contracts/test_backends.py runs it so",
)

SEEDS = (0, 1, 2)
RATES = np.linspace(0.01, 0.03, 3, dtype=np.float32)


def groups(
    *layers: keras.layers.Layer, parts: int = 1, devices: int = 1, at_once: bool = True
) -> list[GroupProgram]:
    """The same members as one and in turn; weights and learning rates differ."""
    import jax

    from automl.training.programs.in_turn import InTurn
    from automl.training.programs.on_jax import COMPILER, JaxProgram
    from automl.training.programs.on_jax_group import JaxGroup

    keras.utils.set_random_seed(0)
    plan = blueprint(net(*layers), parts)
    own = [np.array(item.value) for item in plan.model.variables]
    begun = [np.stack([value + seed * (value.dtype.kind == "u") for seed in SEEDS]) for value in own]
    made = [
        JaxGroup(plan, 3, devices=jax.devices()[:devices], at_once=at_once),
        InTurn(JaxProgram(plan, loops=True), 3, COMPILER.place),
    ]
    for group in made:
        group.load(begun, None, np.zeros((3, 0)))
    return made


def placed() -> Placed:
    from automl.training.programs.on_jax import COMPILER

    inputs = {"image": COMPILER.place(IMAGES)}
    return Placed(inputs=inputs, targets={"target": COMPILER.place(TARGETS)}, rows=ROWS, lengths={})


def epoch(group: GroupProgram, *ends: int) -> np.ndarray:
    options = TrainingOptions(batch_size=SIZE)
    batches = stacked(
        [
            deal(Candidate(model=None, loss=None, options=options, epochs=1, seed=seed), ROWS, 0)  # type: ignore[arg-type]
            for seed in SEEDS
        ]
    )
    totals, first = np.zeros(3, np.float32), 0
    for last in (*ends, STEPS):
        totals = group.train(placed(), batches, np.tile(RATES[:, None], STEPS), first, last, totals)
        first = last
    return totals


def outputs(group: GroupProgram, chosen: Any) -> list[np.ndarray]:
    found: list[list[np.ndarray]] = [[], [], []]
    for member, _, values in group.outputs(placed(), chosen):
        found[member].append(values["target"])
    return [np.concatenate(values) for values in found]


@pytest.mark.parametrize(
    ("parts", "devices", "at_once"),
    [(1, 1, True), (5, 1, True), (5, 2, True), (1, 2, False)],
    ids=["plain", "accumulated", "two devices", "two devices in turn"],
)
def test_members_as_one_are_those_in_turn(parts: int, devices: int, at_once: bool) -> None:
    # three members on two devices: one has a copy, which nobody sees
    together, apart = groups(*noisy(), parts=parts, devices=devices, at_once=at_once)

    np.testing.assert_allclose(epoch(together), epoch(apart), rtol=1e-4)
    for one, other in zip(together.variables(), apart.variables(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)
    for one, other in zip(together.optimizer(), apart.optimizer(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("devices", [1, 2])
@pytest.mark.parametrize("chosen", [[None] * 3, [np.arange(5), np.arange(4, 50), np.arange(69, 70)]])
def test_each_member_gives_outputs_for_its_rows(chosen: list[np.ndarray | None], devices: int) -> None:
    together, apart = groups(*noisy(), devices=devices, at_once=devices == 1)
    epoch(together)
    epoch(apart)

    for one, other, rows in zip(outputs(together, chosen), outputs(apart, chosen), chosen, strict=True):
        assert len(one) == (ROWS if rows is None else len(rows))
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4)


def test_where_an_epoch_is_divided_changes_no_bit() -> None:
    whole, divided = groups(*noisy())[0], groups(*noisy())[0]

    np.testing.assert_array_equal(epoch(whole), epoch(divided, 1, 5))


@pytest.mark.parametrize(("width", "small"), [(8, True), (100_000, False)])
def test_small_steps_gain_from_being_one(width: int, small: bool) -> None:
    import jax

    from automl.training.programs.on_jax import gains_together

    plan = blueprint(net(keras.layers.Flatten(), keras.layers.Dense(width)))

    assert gains_together(plan.model, plan.sizes) == (small or jax.default_backend() != "cpu")


def test_data_on_several_devices_is_let_go_with_what_it_was_copied_from() -> None:
    import jax
    from jax.sharding import Mesh

    from automl.training.programs.on_jax_group import _Everywhere

    copies, mesh = _Everywhere(), Mesh(np.array(jax.devices()[:2]), ("members",))
    array = jax.numpy.arange(8.0)

    assert len(copies.get(array, mesh).addressable_shards) == 2
    assert copies.get(array, mesh) is copies.get(array, mesh)
    del array
    assert not copies._known
