"""``--set``: parameters of search spaces, and training options that no space has."""

from __future__ import annotations

import pytest

from automl.core.errors import SpaceError
from automl.jobs.config import JobConfig
from automl.jobs.intake.settings import check_settings, with_setting
from automl.models.catalog import FAMILIES
from automl.spaces.loading import load_space
from automl.spaces.space import join


@pytest.mark.parametrize("name", list(FAMILIES))
def test_accumulation_can_be_set_for_every_family(name: str) -> None:
    space = with_setting(join({"own": load_space(name)}), "accumulation=4")

    assert space.default()["accumulation"] == 4


def test_a_training_option_holds_for_all_families_of_a_joint_space() -> None:
    spaces = {name: load_space(f"text/{name}") for name in ("cnn", "rnn")}
    space = with_setting(join(spaces), "accumulation=2")

    for family in spaces:
        _, parameters = space.split(space.complete({"family": family}))
        assert parameters["accumulation"] == 2


def test_the_portfolio_keeps_its_entries() -> None:
    plain = join({"mlp": load_space("tabular/mlp")})

    assert len(with_setting(plain, "accumulation=2").starts()) == len(plain.starts())


def test_a_whole_number_is_taken_where_a_real_one_is_expected() -> None:
    assert with_setting(join({"mlp": load_space("tabular/mlp")}), "mixup=1").default()["mixup"] == 1.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accumulation=many", "expected a value of type int of at least 0, got 'many'"),
        ("accumulation=1.5", "expected a value of type int"),
        ("accumulation=-1", "at least 0"),
        ("accumulation=true", "expected a value of type int"),
        ("accumulation=[1,2]", "takes one value"),
        ("mlp.accumulation=2", "write accumulation=VALUE"),
        ("acumulation=2", "Did you mean 'accumulation'"),
    ],
)
def test_wrong_settings_are_refused_at_once(text: str, said: str) -> None:
    with pytest.raises(SpaceError, match=said):
        check_settings(JobConfig(modality="tabular", set=(text,)))
