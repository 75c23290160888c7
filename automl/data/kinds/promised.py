"""Tensors that columns of several kinds make together."""

from __future__ import annotations

from automl.core.tensors import Promised

NUMBERS = (Promised(kind="numeric", source="numbers"), Promised(kind="ranks", source="numbers"))
"""Amounts, scaled and as ranks: two views of the same."""

CODES = (Promised(kind="categorical", source="categories"),)
"""Codes of categories."""
