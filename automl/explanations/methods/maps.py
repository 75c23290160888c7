"""Maps on pictures, sounds and videos, by the best way that a model allows.

On pictures Grad-CAM where networks end in a convolutional map; else, and on videos, integrated gradients
of pixels; where networks read features that mix all of it, and for sounds, occlusion: samples of a sound
are no places in time and frequency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import keras

from automl.core.targets import named
from automl.data.raw_model import batch_size, predict
from automl.explanations.attribution import Attribution
from automl.explanations.by_gradients import explained_by_gradients
from automl.explanations.drawn import drawn_maps
from automl.explanations.grad_cam import grad_cam
from automl.explanations.map_pictures import takes_maps
from automl.explanations.method import Found, Method, NotExplainedError, Subject
from automl.explanations.occluding import occluded
from automl.explanations.pieces import Pieces, Pixels, Sound, pieces_beside
from automl.explanations.sanity import checked

Way: TypeAlias = Callable[[Subject, Mapping[str, Pieces], str, keras.Model], Sequence[Attribution] | None]
"""From a subject, its pieces, the name of the input and a model to attributions, None where it cannot."""


def explain(subject: Subject) -> Found:
    """Draw maps on the pictures, sounds or videos of a subject's rows.

    Raises:
        NotExplainedError: the model reads none, or its answers are not single numbers.
    """
    pieces = pieces_beside(subject)
    mapped = [name for name, item in pieces.items() if takes_maps(item)]
    if not mapped:
        raise NotExplainedError(
            "Maps lie on pictures, sounds and videos, and this model reads none: choose another method."
        )
    model = subject.model()
    name, found = _first(subject, pieces, mapped[0], model)
    told, way = WAYS[name]

    def again(other: keras.Model) -> Sequence[Attribution]:
        asked = _asking(subject, other) if way is _by_occlusion else subject
        return way(asked, pieces, mapped[0], other) or ()

    sanity = checked(subject, pieces, found, again)
    shown = drawn_maps(subject, pieces, found, name="map")
    return Found(
        text=f"{told} {sanity.told}",
        figures=(*shown.figures, *sanity.figures),
        values={"how": name, "rows": [item.plain() for item in found], "sanity": sanity.plain()},
        pictures=shown.pictures,
    )


def _asking(subject: Subject, model: keras.Model) -> Subject:
    """The same, with a model that answers: that of the subject may be another one in memory."""
    size = batch_size(model)
    return replace(subject, predict=lambda inputs, of=None: named(predict(model, inputs, batch_size=size)))


def _first(
    subject: Subject, pieces: Mapping[str, Pieces], name: str, model: keras.Model
) -> tuple[str, Sequence[Attribution]]:
    """The best way that the model allows, and what it finds."""
    for key, (_, way) in WAYS.items():
        found = way(subject, pieces, name, model)
        if found is not None:
            return key, found
    raise NotExplainedError("No map can be drawn of this model: choose another method.")


def _by_cam(
    subject: Subject, pieces: Mapping[str, Pieces], name: str, model: keras.Model
) -> Sequence[Attribution] | None:
    """Of several pictures of a row, maps could not be told apart."""
    alone = isinstance(pieces[name], Pixels) and sum(map(takes_maps, pieces.values())) == 1
    return grad_cam(subject, name, pieces, model) if alone else None


def _by_gradients(
    subject: Subject, pieces: Mapping[str, Pieces], name: str, model: keras.Model
) -> Sequence[Attribution] | None:
    if isinstance(pieces[name], Sound):
        return None
    found = explained_by_gradients(subject, model).attributions
    inputs = subject.examples.inputs[name]
    placed = all(item.parts[name].shape == pieces[name].shape(inputs[item.row]) for item in found)
    return found if placed else None


def _by_occlusion(
    subject: Subject, pieces: Mapping[str, Pieces], name: str, model: keras.Model
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
        "convolutional map of one picture alone.",
        _by_gradients,
    ),
    "occlusion": (
        "Occlusion (Zeiler and Fergus, 2014): by how much the answer falls without one place at a time, "
        "which the mean colour or silence takes.",
        _by_occlusion,
    ),
}
"""From the best to the one that always can: what users are told, and what does it."""

MAPS = Method(name="maps", title="Where the model looks", explain=explain)
