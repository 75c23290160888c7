"""Integrated gradients as figures; see ``automl.explanations.integrated``."""

from __future__ import annotations

from automl.core.figures import rounded
from automl.explanations.by_gradients import explained_by_gradients
from automl.explanations.drawn import NO_PARTS, drawn
from automl.explanations.integrated import TOLERANCE
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.explanations.pieces import Sound, Whole, pieces_beside
from automl.explanations.sanity import checked


def explain(subject: Subject) -> Found:
    """Explain rows by integrated gradients.

    Raises:
        NotExplainedError: see ``explained_by_gradients``.
    """
    pieces = pieces_beside(subject)
    if all(isinstance(item, Whole | Sound) for item in pieces.values()) and len(pieces) == 1:
        raise NotExplainedError(NO_PARTS)  # known before gradients are taken, which may be long
    explained = explained_by_gradients(subject)
    found = explained.attributions
    sanity = checked(
        subject, pieces, found, lambda model: explained_by_gradients(subject, model).attributions
    )
    shown = drawn(subject, pieces, found, name="gradients")
    worst = max((item.gap or 0.0 for item in found), default=0.0)
    exact = f"within {TOLERANCE:.0%}" if worst <= TOLERANCE else f"within {rounded(100 * worst, 2)} % only"
    text = (
        "Integrated gradients (Sundararajan et al., 2017): what each input adds to the answer, from usual "
        f"values to those of the row. With up to {explained.points} steps they add up to the difference "
        f"{exact}. They say what the model does, not what causes what."
    )
    return Found(
        text=f"{text} {sanity.told}",
        figures=(*shown.figures, *sanity.figures),
        values={
            "rows": [item.plain() for item in found],
            "completeness_gap": rounded(worst, 4),
            "sanity": sanity.plain(),
        },
        pictures=shown.pictures,
    )


GRADIENTS = Method(name="gradients", title="What single answers rest on", explain=explain)
