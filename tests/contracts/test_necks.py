"""The necks of this package keep their contract; each has a sample in ``samples/necks``."""

from __future__ import annotations

from automl.models.necks.catalog import NECKS
from automl.testing.necks import NeckContract
from automl.testing.samples import discovered

SAMPLES = discovered("tests.contracts.samples.necks")


class TestNecks(NeckContract):
    samples = SAMPLES


def test_every_neck_has_a_sample():
    assert {sample.name for sample in SAMPLES} == {name for name in NECKS if NECKS.origin(name) is None}
