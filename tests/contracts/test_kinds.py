"""The kinds of columns of this package keep their contract; each has a sample in ``samples/kinds``."""

from __future__ import annotations

from automl.data.catalog import KINDS
from automl.testing.kinds import KindContract
from automl.testing.samples import discovered

SAMPLES = discovered("tests.contracts.samples.kinds")


class TestKinds(KindContract):
    samples = SAMPLES


def test_every_kind_has_a_sample():
    assert {sample.name for sample in SAMPLES} == {name for name in KINDS if KINDS.origin(name) is None}
