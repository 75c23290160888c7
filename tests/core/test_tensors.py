"""Specs of tensors: kinds apart from names, facts that survive a file, inputs found by kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from automl.core.extensions import FACTS_GROUP
from automl.core.tensors import Bound, Inputs, TensorSpec, Vocabulary, spec_from_plain, spec_to_plain
from automl.testing import tensors

SPECS = [
    tensors.numbers("numeric", 3),
    tensors.codes(3, 40),
    tensors.ids("tokens", 12, 30),
    tensors.pictures(8, 8, 3),
    tensors.series(16, 2, targets=1, masked=True),
    TensorSpec(name="shape_unknown", kind="image", shape=(None, None, 3), source="photo"),
]


@pytest.mark.parametrize("spec", SPECS)
def test_a_spec_comes_back_from_json(spec: TensorSpec) -> None:
    assert spec_from_plain(json.loads(json.dumps(spec_to_plain(spec)))) == spec


def test_facts_that_no_file_could_name_are_refused() -> None:
    @dataclass(frozen=True, kw_only=True)
    class Notes:
        pitch: int

    with pytest.raises(ValueError, match="Notes is no known record"):
        spec_to_plain(TensorSpec(name="sound", kind="sound", shape=(4,), facts=Notes(pitch=1)))


RECORD = """
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Pitch:
    lowest: float
    bands: tuple[int, ...] = ()
"""


def test_facts_of_another_package_come_back_from_json(install: Callable[..., Path]) -> None:
    entries = {"absent": "toy_pitch:Absent", "pitch": "toy_pitch:Pitch"}
    install("automl-toy", {FACTS_GROUP: entries}, {"toy_pitch.py": RECORD})
    record = import_module("toy_pitch").Pitch
    spec = TensorSpec(name="sound", kind="sound", shape=(8,), facts=record(lowest=50.0, bands=(3, 4)))

    assert spec_from_plain(json.loads(json.dumps(spec_to_plain(spec)))) == spec


def two_texts() -> Inputs:
    facts = Vocabulary(size=9)
    specs = [
        TensorSpec(name=name, kind="tokens", shape=(4,), facts=facts, source=name)
        for name in ("title", "review")
    ]
    return Inputs(bound=tuple(Bound(tensor=spec.name.upper(), spec=spec) for spec in specs))


def test_tensors_of_one_kind_are_told_apart_by_name() -> None:
    inputs = two_texts()

    assert [item.tensor for item in inputs.all("tokens")] == ["TITLE", "REVIEW"]
    assert inputs.by_name() == {"title": "TITLE", "review": "REVIEW"}


def test_a_kind_that_is_absent_is_none_or_refused() -> None:
    inputs = two_texts()

    assert inputs.get("image") is None
    assert inputs.all("image") == ()
    with pytest.raises(LookupError, match="kind 'image'"):
        inputs.one("image")


def test_one_tensor_can_be_replaced() -> None:
    inputs = two_texts()

    changed = inputs.with_tensor(inputs.all("tokens")[1], "other")

    assert changed.by_name() == {"title": "TITLE", "review": "other"}
    assert inputs.by_name()["review"] == "REVIEW"
