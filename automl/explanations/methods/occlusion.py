"""Occlusion as figures; see ``automl.explanations.occluding``."""

from __future__ import annotations

from automl.core.figures import rounded
from automl.explanations.deletion import deletion_of
from automl.explanations.drawn import drawn
from automl.explanations.method import Found, Method, Subject
from automl.explanations.occluding import occluded
from automl.explanations.pieces import pieces_beside

TEXT = (
    "Occlusion (Zeiler and Fergus, 2014): by how much the answer falls without one part of the input, "
    "which usual values take the place of. Of parts that say the same, each alone seems to matter little."
)


def explain(subject: Subject) -> Found:
    """Take parts of a subject's rows away, one at a time.

    Raises:
        NotExplainedError: answers are not single numbers, or the input has no parts.
    """
    pieces = pieces_beside(subject)
    found = occluded(subject, pieces)
    shown = drawn(subject, pieces, found, name="occlusion")
    gain = deletion_of(subject, pieces, found).gain
    return Found(
        text=TEXT,
        figures=shown.figures,
        values={"rows": [item.plain() for item in found], "deletion_gain": rounded(gain, 4)},
        pictures=shown.pictures,
    )


OCCLUSION = Method(
    name="occlusion",
    title="What answers lose without it",
    explain=explain,
    instead_of=("gradients", "maps"),
)
