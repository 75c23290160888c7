"""Members from outside keep the contracts of their kinds."""

from __future__ import annotations

from automl.testing.families import FamilyContract
from automl.testing.kinds import KindContract
from automl.testing.necks import NeckContract
from automl.testing.tasks import TaskContract
from tests.contracts.extensions.samples import glyph, level_summary, sale, spots, tower


class TestKind(KindContract):
    samples = (glyph.SAMPLE,)


class TestPyramid(FamilyContract):
    samples = (tower.FAMILY,)


class TestNeck(NeckContract):
    samples = (level_summary.SAMPLE,)


class TestPyramidBehindANeck(FamilyContract):
    samples = (tower.WITH_NECK,)


class TestRaggedTargets(TaskContract):
    samples = (spots.SAMPLE,)


class TestJointTask(TaskContract):
    samples = (sale.SAMPLE,)
