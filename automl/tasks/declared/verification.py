"""Declaration of verification: whether two examples show the same person, animal or thing."""

from __future__ import annotations

from dataclasses import replace

from automl.metrics.metric import EER, OVERLAP, RANK1, ROC_AUC, TAR1, TAR10
from automl.tasks.declaration import BY_IDENTITY, IDENTITY, TaskDeclaration

# of the pairs of a few individuals it is soon 1, and then the overlap decides
_OF_PAIRS = replace(ROC_AUC, stepped=True)

VERIFICATION = TaskDeclaration(
    name="verification",
    words="verification of identities",
    module="automl.tasks.kinds.verification",
    metrics=(_OF_PAIRS, TAR10, TAR1, EER, RANK1, OVERLAP),
    targets=IDENTITY,
    split=BY_IDENTITY,
    blend="automl.tasks.margins:side_by_side",
    evidence="automl.tasks.evidence.verification:evidence",
    # sources of ranges and defaults: docs/verification.md
    parameters=(
        "margin_kind: {type: choice, values: [arcface, cosface, softmax], default: cosface}\n"
        "margin:"
        " {type: float, low: 0.05, high: 0.5, default: 0.2, when: {margin_kind: [arcface, cosface]}}\n"
        "logit_scale: {type: float, low: 8.0, high: 64.0, log: true, default: 16.0}\n"
        "embedding_width: {type: choice, values: [64, 128, 256, 512], default: 128}"
    ),
    heads=("embedding", "cosines"),
    compares=True,
    training_outputs=("cosines",),
    operating="automl.metrics.verification:operating_points",
    made_for="automl enroll {folder} PEOPLE",
)
