"""Steps: what comes next in a series. They are cut from the series itself; its windows are told of."""

from __future__ import annotations

from automl.data.target_kinds.kind import Elsewhere

KIND = Elsewhere()
