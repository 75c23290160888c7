"""Families for speech: steps that are fine enough, a clip alone as among others, a text that is learned."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from automl.core.tensors import Bound, Inputs, TensorSpec
from automl.models.catalog import FAMILIES
from automl.models.ends import part_of
from automl.testing.tensors import sounds

NAMES = [name for name in FAMILIES if "frames" in FAMILIES[name].gives]
SMALL: dict[str, Any] = {
    "filters": 4,
    "width": 8,
    "units": 4,
    "blocks": 1,
    "kernel_size": 3,
    "mel_bands": 12,
}


def network(name: str, spec: TensorSpec, **options: Any) -> keras.Model:
    family = FAMILIES[name]
    known = {item: value for item, value in SMALL.items() if item in family.options.__dataclass_fields__}
    sound = keras.Input(spec.shape, name="sound")
    inputs = Inputs(bound=(Bound(tensor=sound, spec=spec),))
    features = family.build(inputs, part_of(family.options, {**known, **options}))
    return keras.Model(sound, features["frames"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("step_ms", "steps"), [(0.0, 13), (45.0, 13), (39.0, 26), (15.0, 51)])
def test_steps_are_fine_enough_to_write_at(name: str, step_ms: float, steps: int) -> None:
    spec = sounds(1_000, 2_000)
    spec = replace(spec, facts=replace(spec.facts, step_ms=step_ms))

    assert network(name, spec, time_stride=4).output.shape[1] == steps


@pytest.mark.parametrize("name", NAMES)
def test_a_clip_is_heard_alike_alone_and_beside_others(name: str) -> None:
    model = network(name, sounds(600, 2_000))
    clips = np.random.default_rng(0).normal(size=(4, 600)).astype(np.float32)
    clips[:2, 400:] = np.nan

    together = model.predict(clips, verbose=0)

    alone = np.concatenate([model.predict(clips[row : row + 1], verbose=0) for row in range(4)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
