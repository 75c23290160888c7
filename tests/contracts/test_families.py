"""The families of this package keep their contract; each has a sample in ``samples/families``."""

from __future__ import annotations

from automl.models.catalog import FAMILIES
from automl.testing.families import FamilyContract
from automl.testing.samples import discovered

SAMPLES = discovered("tests.contracts.samples.families")


class TestFamilies(FamilyContract):
    samples = SAMPLES


def test_every_family_has_a_sample():
    own = {name for name in FAMILIES if FAMILIES.origin(name) is None}

    assert {sample.name for sample in SAMPLES} == own
