"""What every family promises, for the one who writes a family.

class TestMine(FamilyContract):
    samples = (FamilySample(name="tabular/mine", tensors=TABLE, small={"width": 8}),)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
import pytest

import automl.layers  # noqa: F401  registers the layers that a saved network names
from automl.core.saved_classes import import_classes_of
from automl.core.targets import TARGET
from automl.jobs.matching import reaches
from automl.models.catalog import FAMILIES
from automl.models.ends import encode, necks_of, part_of
from automl.models.family import Features
from automl.models.layers.stacked import StackedModel
from automl.spaces.loading import load_space
from automl.testing.networks import entry, takes
from automl.testing.samples import FamilySample
from automl.testing.trained import EPOCHS, candidate_of, curve, paused, split_of, train
from automl.training.compiled import CompiledEngine
from automl.training.devices import configure
from automl.training.engine import Outcome
from automl.training.recipe import sketched
from automl.training.state import load_state, save_state
from automl.training.streaming import FitEngine

RANKS = {"vector": 2, "steps": 3, "frames": 3, "map": 4, "pyramid": 4, "channels": 3, "mask": 2}
"""Axes of the features whose names are common, examples first."""


class FamilyContract:
    """Subclass it and give ``samples``."""

    samples: ClassVar[Sequence[FamilySample]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run each test for each sample."""
        if "sample" in metafunc.fixturenames:
            metafunc.parametrize("sample", self.samples, ids=str)

    @pytest.fixture(scope="class", autouse=True)
    def deterministic(self) -> None:
        """The same numbers each time."""
        configure(deterministic=True)

    @pytest.fixture(scope="class")
    def engine(self) -> CompiledEngine:
        """Trains all samples of the class, so that their programs stand side by side: two for each,
        as other settings may make another structure.
        """
        return CompiledEngine(programs=max(2 * len(self.samples), 1))

    @pytest.fixture(scope="class")
    def uninterrupted(self, engine: CompiledEngine) -> Callable[[str], Outcome]:
        """From the name of a sample to its training, done once."""
        named = {sample.name: sample for sample in self.samples}

        @cache
        def trained(name: str) -> Outcome:
            return train(engine, candidate_of(named[name]), split_of(named[name]))

        return trained

    def test_it_bears_the_name_of_its_place_in_the_catalog(self, sample: FamilySample) -> None:
        assert FAMILIES[sample.name].name == sample.name

    def test_its_options_are_a_frozen_dataclass_with_defaults(self, sample: FamilySample) -> None:
        options = FAMILIES[sample.name].options

        assert is_dataclass(options)
        assert options.__dataclass_params__.frozen  # type: ignore[attr-defined]
        assert options() == options()

    def test_what_the_sample_sets_are_its_options_or_its_necks(self, sample: FamilySample) -> None:
        family = FAMILIES[sample.name]
        owners = (family.options, *(neck.options for neck, _ in necks_of(family, sample.needs)))

        known = {item.name for owner in owners for item in fields(owner)}

        assert {*sample.small, *sample.one, *sample.other} <= known
        assert reaches(family, sample.needs)

    def test_its_search_space_sets_options_of_its_own(self, sample: FamilySample) -> None:
        family, space = FAMILIES[sample.name], load_space(sample.name)

        for configuration in (space.default(), *space.starts()):
            assert isinstance(part_of(family.options, configuration), family.options)
        assert {item.name for item in space.parameters} & {item.name for item in fields(family.options)}

    def test_it_gives_features_that_it_declares_in_their_form(self, sample: FamilySample) -> None:
        features = _features(sample)

        assert set(features) <= {*FAMILIES[sample.name].gives, "mask"}
        for name, feature in features.items():
            for tensor in feature if isinstance(feature, tuple) else (feature,):
                assert len(tensor.shape) == RANKS.get(name, len(tensor.shape))

    def test_it_is_built_on_every_filling_of_its_slots(self, sample: FamilySample) -> None:
        family = FAMILIES[sample.name]
        specs = [spec for spec in sample.tensors if takes(family, spec)]
        spare = {slot.kind for slot in family.slots if slot.least == 0}

        for left_out in [spec for spec in specs if spec.kind in spare and len(specs) > 1]:
            inputs = entry(spec for spec in specs if spec is not left_out)
            assert encode(family, inputs, sample.small, sample.needs) is not None

    def test_a_saved_network_answers_the_same(self, sample: FamilySample, tmp_path: Path) -> None:
        model, data = candidate_of(sample).model, split_of(sample).validation
        inputs = {name: data[name] for name in model.input}

        model.save(tmp_path / "model.keras")
        import_classes_of(tmp_path / "model.keras")
        again = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)

        answers, wanted = again.predict(inputs)[TARGET], model.predict(inputs)[TARGET]
        np.testing.assert_allclose(answers, wanted, rtol=1e-5, atol=1e-6)

    def test_networks_in_one_layer_answer_as_each_by_itself(self, sample: FamilySample) -> None:
        core, data = candidate_of(sample).model, split_of(sample).validation
        inputs = {name: np.asarray(data[name]) for name in core.input}
        networks = [candidate_of(sample, seed=seed).model for seed in (2, 3)]
        values = [np.stack(pair) for pair in zip(*map(_values, networks), strict=True)]
        layer = StackedModel(core, len(networks))
        layer.fill(values)
        stacked = keras.Model(core.input, layer(core.input))

        answers = stacked.predict(inputs, verbose=0)[TARGET]

        wanted = np.concatenate([_answers(core, network, inputs) for network in networks])
        np.testing.assert_allclose(answers, wanted, rtol=1e-4, atol=1e-5)

    def test_first_values_of_another_seed_need_no_second_model(self, sample: FamilySample) -> None:
        _, recipe = sketched(lambda: candidate_of(sample, seed=0).model)

        drawn = [np.array(variable) for variable in candidate_of(sample, seed=7).model.variables]
        for value, expected in zip(recipe.values(7) if recipe else drawn, drawn, strict=True):
            np.testing.assert_array_equal(value, expected)

    def test_a_used_program_trains_another_trial_as_keras_fit_does(
        self,
        engine: CompiledEngine,
        uninterrupted: Callable[[str], Outcome],
        sample: FamilySample,
    ) -> None:
        uninterrupted(sample.name)
        trial: dict[str, Any] = {"seed": 2, "settings": sample.other, "learning_rate": 0.01}

        used = train(engine, candidate_of(sample, **trial, weight_decay=0.1), split_of(sample))

        streamed = train(FitEngine(), candidate_of(sample, **trial, weight_decay=0.1), split_of(sample))
        assert used.facts["program"] == "hit"
        assert curve(used) == pytest.approx(curve(streamed), rel=1e-4)

    def test_nothing_of_other_trials_is_left_in_a_program(
        self, engine: CompiledEngine, uninterrupted: Callable[[str], Outcome], sample: FamilySample
    ) -> None:
        first = uninterrupted(sample.name)
        train(engine, candidate_of(sample, seed=2, settings=sample.other), split_of(sample))

        again = train(engine, candidate_of(sample), split_of(sample))

        assert again.facts["program"] == "hit"
        assert curve(again) == curve(first)

    def test_a_paused_training_goes_on_bit_for_bit(
        self,
        engine: CompiledEngine,
        uninterrupted: Callable[[str], Outcome],
        sample: FamilySample,
        tmp_path: Path,
    ) -> None:
        whole = uninterrupted(sample.name)
        save_state(paused(engine, sample), tmp_path / "state.npz")
        state = load_state(tmp_path / "state.npz")

        resumed = train(engine, candidate_of(sample), split_of(sample), state)

        assert len(state.epochs) == 1
        assert len(resumed.epochs) == EPOCHS
        assert curve(resumed) == curve(whole)


def _values(model: keras.Model) -> list[np.ndarray]:
    return [np.asarray(variable) for variable in model.variables]


def _answers(core: keras.Model, network: keras.Model, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """What a network answers, by another one of its structure, so that only one is compiled."""
    for variable, value in zip(core.variables, _values(network), strict=True):
        variable.assign(value)
    return np.asarray(core.predict(inputs, verbose=0)[TARGET])


def _features(sample: FamilySample) -> Features:
    family = FAMILIES[sample.name]
    inputs = entry(spec for spec in sample.tensors if takes(family, spec))
    return family.build(inputs, part_of(family.options, sample.small))
