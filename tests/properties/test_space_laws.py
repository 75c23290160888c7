"""Laws that hold for every search space."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl.spaces.loading import dump_space
from automl.spaces.parsing import parse_space
from automl.spaces.space import join
from automl.study.proposals.grid import grid_points
from tests.properties.space_strategies import spaces

laws = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


@laws
@given(space=spaces(), seed=st.integers(0, 1000))
def test_every_sample_validates(space, seed):
    space.validate(space.sample(random.Random(seed)))
    space.validate(space.default())


@laws
@given(space=spaces(), seed=st.integers(0, 1000))
def test_a_parameter_is_present_exactly_when_its_conditions_hold(space, seed):
    sample = space.sample(random.Random(seed))
    for parameter in space.parameters:
        assert (parameter.name in sample) == all(condition.holds(sample) for condition in parameter.when)


@laws
@given(space=spaces(), seed=st.integers(0, 1000))
def test_the_same_seed_gives_the_same_samples(space, seed):
    one, other = random.Random(seed), random.Random(seed)
    assert [space.sample(one) for _ in range(3)] == [space.sample(other) for _ in range(3)]


@laws
@given(space=spaces())
def test_a_space_written_as_yaml_reads_back_equal(space):
    assert parse_space(dump_space(space), source="dumped.yaml", name="") == space


@laws
@given(one=spaces(), other=spaces(), seed=st.integers(0, 1000))
def test_a_joint_sample_splits_into_a_family_and_a_point_of_its_space(one, other, seed):
    families = {"one": one, "other": other}
    joint = join(families)
    sample = joint.sample(random.Random(seed))
    joint.validate(sample)
    family, flat = joint.split(sample)
    families[family].validate(flat)


@laws
@given(one=spaces(), other=spaces())
def test_a_joint_space_reads_back_equal_and_keeps_all_starts(one, other):
    joint = join({"one": one, "other": other})
    assert parse_space(dump_space(joint), source="dumped.yaml", name="") == joint
    assert len(joint.starts()) == len(one.starts()) + len(other.starts())


@laws
@given(space=spaces(), kind=st.sampled_from(["binary", "regression"]))
def test_a_space_for_a_task_holds_no_parameter_of_another(space, kind):
    kept = space.for_task(kind)
    assert all(not parameter.tasks or kind in parameter.tasks for parameter in kept.parameters)
    kept.validate(kept.default())


@laws
@given(space=spaces(), seed=st.integers(0, 1000))
def test_a_fixed_parameter_never_moves(space, seed):
    name = space.parameters[0].name
    fixed = space.fix(name, space.parameters[0].default)
    sample = fixed.sample(random.Random(seed))
    space.validate(sample)
    assert sample.get(name, space.parameters[0].default) == space.parameters[0].default


@settings(laws, max_examples=20)
@given(space=spaces())
def test_grid_points_are_valid_and_differ(space):
    points = [point for point, _ in zip(grid_points(space, seed=0), range(200), strict=False)]
    for point in points:
        space.validate(point)
    assert len({repr(sorted(point.items(), key=repr)) for point in points}) == len(points)
