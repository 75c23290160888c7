"""All methods of explanation, by name; those that suit a model are tried in this order."""

from __future__ import annotations

from automl.core.catalog import Catalog
from automl.core.extensions import EXPLANATION_GROUP
from automl.explanations.method import Method

_PLACE = "automl.explanations.methods"

METHODS: Catalog[Method] = Catalog(
    "method",
    {
        "importance": f"{_PLACE}.importance:IMPORTANCE",
        "dependence": f"{_PLACE}.dependence:DEPENDENCE",
        "gradients": f"{_PLACE}.gradients:GRADIENTS",
        "maps": f"{_PLACE}.maps:MAPS",
        "attention": f"{_PLACE}.attention:ATTENTION",
        "occlusion": f"{_PLACE}.occlusion:OCCLUSION",
        "counterfactuals": f"{_PLACE}.counterfactuals:COUNTERFACTUALS",
    },
    group=EXPLANATION_GROUP,
    expected=Method,
)
