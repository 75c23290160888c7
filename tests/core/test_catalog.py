"""Catalogs know names at once and import items when asked; every item of the package's own is there."""

from __future__ import annotations

import pytest

from automl.core.catalog import Catalog
from automl.core.errors import ConfigError, MissingDependencyError
from automl.core.optional import require
from automl.core.seeds import derive
from automl.data.catalog import MODALITIES
from automl.models.catalog import FAMILIES


def test_an_item_is_imported_when_asked_for():
    catalog: Catalog[object] = Catalog("thing", {"pi": "math:pi"})

    assert catalog["pi"] == 3.141592653589793
    assert "pi" in catalog


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(ConfigError, match=r"Unknown thing 'p'.*pi"):
        Catalog("thing", {"pi": "math:pi"})["p"]


@pytest.mark.parametrize("name", list(FAMILIES))
def test_every_family_says_its_own_name(name):
    family = FAMILIES[name]

    assert family.name == name
    assert name.endswith(f"/{family.short}")


@pytest.mark.parametrize("name", list(MODALITIES))
def test_every_modality_says_its_own_name(name):
    assert MODALITIES[name].name == name


def test_a_missing_optional_library_is_explained():
    with pytest.raises(MissingDependencyError, match=r"automl-keras\[gp\]"):
        require("no_such_library", extra="gp", purpose="for the sampler gp")


def test_seeds_repeat_and_differ_by_use():
    assert derive(0, "trial", 1) == derive(0, "trial", 1)
    assert len({derive(0, "trial", number) for number in range(100)}) == 100
    assert 0 <= derive(7) < 2**31
