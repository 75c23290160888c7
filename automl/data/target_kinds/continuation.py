"""Continuation: what follows at each place of a text. It stands in the text itself, which is told of."""

from __future__ import annotations

from automl.data.target_kinds.kind import Elsewhere

KIND = Elsewhere()
