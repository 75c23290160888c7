"""Tensors that columns of several kinds make together."""

from __future__ import annotations

from automl.core.tensors import Promised

NUMBERS = (Promised(kind="numeric", source="numbers"), Promised(kind="ranks", source="numbers"))
"""Amounts, scaled and as ranks: two views of the same."""

CODES = (Promised(kind="categorical", source="categories"),)
"""Codes of categories."""

INNER_FOLD = "inner_fold"
"""Kind of the tensor that says which rows means of targets by category are to leave out."""

MEANS = (Promised(kind=INNER_FOLD, source="categories"),)
"""What means of targets by category need beside the codes."""

COMPONENTS = "components"
"""Kind of the tensor of directions in which collinear numbers vary; a third view of them."""
