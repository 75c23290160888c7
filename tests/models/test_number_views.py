"""Families see the columns of a table or the directions they vary in, and say so when asked for another."""

from __future__ import annotations

import numpy as np
import pytest

from automl.core.errors import ConfigError
from automl.models.catalog import FAMILIES
from automl.testing.networks import network
from automl.testing.tensors import codes, numbers

NAMES = [name for name in FAMILIES if hasattr(FAMILIES[name].options(), "numbers")]
SPECS = (numbers("numeric", 30), numbers("ranks", 30), numbers("components", 4), codes(3, 5))


def test_all_families_of_rows_of_numbers_have_the_choice() -> None:
    assert {"tabular/realmlp", "tabular/mlp", "tabular/linear", "tabular/residual_mlp"} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_network_sees_one_view(name: str) -> None:
    assert set(network(name, SPECS).input) == {"numeric", "ranks", "categorical"}

    made = network(name, SPECS, numbers="components")

    assert set(made.input) == {"components", "categorical"}
    data = {"components": np.ones((5, 4), "float32"), "categorical": np.ones((5, 2), "int32")}
    assert np.isfinite(np.asarray(made(data))).all()


@pytest.mark.parametrize("name", NAMES)
def test_where_there_are_none_the_columns_stay(name: str) -> None:
    others = [spec for spec in SPECS if spec.kind != "components"]

    assert set(network(name, others, numbers="components").input) == {"numeric", "ranks", "categorical"}


def test_an_unknown_view_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"Unknown numbers 'component'. Did you mean 'components'"):
        network("tabular/mlp", SPECS, numbers="component")
