"""Maps on pictures, by the best way that a model allows.

Grad-CAM where networks end in a convolutional map; else integrated gradients of pixels; where networks read
features that mix all of a picture, occlusion.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import keras

from automl.explanations.attribution import Attribution
from automl.explanations.by_gradients import explained_by_gradients
from automl.explanations.drawn import drawn_maps
from automl.explanations.grad_cam import grad_cam
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.explanations.occluding import occluded
from automl.explanations.pieces import Pieces, Pixels, pieces_beside
from automl.explanations.sanity import checked

Way: TypeAlias = Callable[[Subject, Mapping[str, Pieces], str, keras.Model], Sequence[Attribution] | None]
"""From a subject, its pieces, the name of the picture and a model to attributions, None where it cannot."""


def explain(subject: Subject) -> Found:
    """Draw maps on the pictures of a subject's rows.

    Raises:
        NotExplainedError: the model reads no pictures, or its answers are not single numbers.
    """
    pieces = pieces_beside(subject.examples, subject.labels)
    pictures = [name for name, item in pieces.items() if isinstance(item, Pixels)]
    if not pictures:
        raise NotExplainedError("Maps lie on pictures, and this model reads none: choose another method.")
    model = subject.model()
    name, found = _first(subject, pieces, pictures[0], model)
    told, way = WAYS[name]

    def again(other: keras.Model) -> Sequence[Attribution]:
        return way(subject, pieces, pictures[0], other) or ()

    sanity = checked(subject, pieces, found, again)
    shown = drawn_maps(subject, pieces, found, name="map")
    return Found(
        text=f"{told} {sanity.told}",
        figures=(*shown.figures, *sanity.figures),
        values={"how": name, "rows": [item.plain() for item in found], "sanity": sanity.plain()},
        pictures=shown.pictures,
    )


def _first(
    subject: Subject, pieces: Mapping[str, Pieces], picture: str, model: keras.Model
) -> tuple[str, Sequence[Attribution]]:
    """The best way that the model allows, and what it finds."""
    for name, (_, way) in WAYS.items():
        found = way(subject, pieces, picture, model)
        if found is not None:
            return name, found
    raise NotExplainedError("No map can be drawn of this model: choose another method.")


def _by_cam(
    subject: Subject, pieces: Mapping[str, Pieces], picture: str, model: keras.Model
) -> Sequence[Attribution] | None:
    """Of several pictures of a row, maps could not be told apart."""
    several = sum(isinstance(item, Pixels) for item in pieces.values()) > 1
    return None if several else grad_cam(subject, picture, pieces, model)


def _by_gradients(
    subject: Subject, pieces: Mapping[str, Pieces], picture: str, model: keras.Model
) -> Sequence[Attribution] | None:
    found = explained_by_gradients(subject, model).attributions
    return found if all(item.parts[picture].ndim == 2 for item in found) else None


def _by_occlusion(
    subject: Subject, pieces: Mapping[str, Pieces], picture: str, model: keras.Model
) -> Sequence[Attribution] | None:
    return occluded(subject, pieces)


WAYS: Mapping[str, tuple[str, Way]] = {
    "Grad-CAM": (
        "Grad-CAM (Selvaraju et al., 2017): where the last map of the network holds what speaks for the "
        "answer. It is as coarse as that map.",
        _by_cam,
    ),
    "integrated gradients": (
        "Integrated gradients (Sundararajan et al., 2017) of pixels, as these networks do not end in a "
        "convolutional map of the picture alone.",
        _by_gradients,
    ),
    "occlusion": (
        "Occlusion (Zeiler and Fergus, 2014): by how much the answer falls where the mean colour covers "
        "the picture, as these networks read features that mix all of it.",
        _by_occlusion,
    ),
}
"""From the best to the one that always can: what users are told, and what does it."""

MAPS = Method(name="maps", title="Where the model looks", explain=explain)
