"""Declaration of joint tasks: several targets of different kinds, answered by one model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

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
    over="automl.tasks.declared.joint:over",
)


def over(parts: Sequence[TaskDeclaration]) -> TaskDeclaration:
    """Return what is known of a joint task over targets with these tasks; of columns nothing more.

    Where predictions of one target cannot be blended, whole models cannot; where some are files, or lists,
    so is a part of the answer.
    """
    first, *further = dict.fromkeys(part.needs for part in parts)
    own = replace(
        JOINT,
        needs=first,
        further_needs=tuple(further),
        blend=JOINT.blend if all(part.blend for part in parts) else "",
        writes="automl.tasks.part_files:write_parts" if any(part.writes for part in parts) else "",
        lists=next((part.lists for part in parts if part.lists), ()),
    )
    return JOINT if own == JOINT else own
