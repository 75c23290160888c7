"""The compiled engine keeps the contract of groups; the streaming one trains candidates in turn."""

from __future__ import annotations

import pytest

from automl.testing.groups import GroupContract
from automl.training.compiled import CompiledEngine
from automl.training.engine import Engine


class TestGroups(GroupContract):
    @pytest.fixture(scope="class")
    def engine(self) -> Engine:
        return CompiledEngine(programs=64)
