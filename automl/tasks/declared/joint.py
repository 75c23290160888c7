"""Declaration of joint tasks: several targets of different kinds, answered by one model."""

from __future__ import annotations

from automl.metrics.metric import SKILL
from automl.tasks.declaration import BY_CLASS, SEVERAL, TaskDeclaration

JOINT = TaskDeclaration(
    name="joint",
    words="joint task over several targets",
    module="automl.tasks.kinds.joint",
    metrics=(SKILL,),
    targets=SEVERAL,
    split=BY_CLASS,
    evidence="automl.tasks.evidence.joint:evidence",
    # weight of the first target's loss; Kendall et al., 2018, found that it matters
    parameters="balance: {type: float, low: 0.2, high: 0.8, default: 0.5}",
)
